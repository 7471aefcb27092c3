// The watching part of the REST API. A refusal has a code; what couldn't be reached may be tried again.

const BASE = "/api/v1";
const TIMEOUT_MS = 10_000;

/** The server said no. `wait`: seconds after which asking again makes sense, or null. */
export class Refused extends Error {
  constructor(status, { code, detail }, wait) {
    super(detail);
    Object.assign(this, { status, code, detail, wait });
  }
}

/** No answer, or one that only says the server is in trouble: trying again is right. */
export class Unreachable extends Error {}

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

async function send(method, path, body, options = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (body) headers["Content-Type"] = "application/json";
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(BASE + path, {
      method, headers, signal, body: body && JSON.stringify(body), credentials: "same-origin", ...options,
    });
    if (response.status >= 500) throw new Unreachable(`${response.status}`);
    const answer = response.status === 204 ? null : await response.json();
    if (response.ok) return answer;
    throw refusal(response, answer);
  } catch (fault) {
    if (fault instanceof Refused) throw fault;
    throw new Unreachable(fault.message);
  }
}

function refusal(response, answer) {
  const first = answer.errors?.[0] ?? { code: "unknown", detail: "" };
  return new Refused(response.status, first, Number(response.headers.get("Retry-After")) || null);
}

export const openWatch = (lesson) => send("POST", `/lessons/${lesson}/watch`);

/** `keepalive`: the beat is still sent when the page goes away in the same moment. */
export const beat = (watch, state) => send("POST", `/watches/${watch}/heartbeat`, state, { keepalive: true });

export const answerQuiz = (watch, quiz, answers) => send("POST", `/watches/${watch}/quizzes/${quiz}/answers`, { answers });

export const preview = (lesson) => send("GET", `/lessons/${lesson}/preview`);

export const classOutline = (slug) => send("GET", `/classes/${slug}`);

/** Somebody is there: the session is in use. */
export const stay = () => send("GET", "/me");

export const endWatch = (watch, state) => send("POST", `/watches/${watch}/end`, state);

/** Sent even when the browser throws the page away; nobody reads the answer. `act`: heartbeat or end. */
export function beacon(watch, act, state) {
  const body = new Blob([JSON.stringify(state)], { type: "application/json" });
  return navigator.sendBeacon(`${BASE}/watches/${watch}/${act}`, body);
}
