// The last word of a watch, kept in this tab until the server has it. On a reload the beacon may arrive when the next
// watch has begun already, and would be too late: so the page that comes next says it again before it begins one.

import * as api from "./api.js";

const KEY = "xueshi-last-word";

export function keep(watch, state) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ watch, state }));
  } catch {
    // a browser that keeps nothing has the beacon
  }
}

/** Throws Unreachable; then it is still kept. */
export async function deliver() {
  const word = kept();
  if (!word) return;
  try {
    await api.endWatch(word.watch, word.state);
  } catch (fault) {
    if (!(fault instanceof api.Refused)) throw fault;
  }
  sessionStorage.removeItem(KEY);
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
