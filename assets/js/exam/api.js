// The part of the REST API that a paper needs. A refusal has a code; what couldn't be reached may be tried again.

const BASE = "/api/v1/exam-attempts";
const TIMEOUT_MS = 10_000;

/** The server said no. `wait`: seconds after which asking again makes sense, or null. */
export class Refused extends Error {
  constructor(status, { code, detail }, wait) {
    super(detail);
    Object.assign(this, { status, code, detail, wait });
  }
}

/** No answer, or one that only says the server is in trouble: trying again is right. */
export class Unreachable extends Error {
  constructor(message, wait = null) {
    super(message);
    this.wait = wait;
  }
}

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

async function send(method, path, body) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") {
    headers["X-CSRFToken"] = csrfToken();
    headers["Content-Type"] = "application/json";
  }
  const asked = performance.now();
  try {
    const response = await fetch(BASE + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      keepalive: method !== "GET", // an answer under way arrives also when the page goes away
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const wait = Number(response.headers.get("Retry-After")) || null;
    if (response.status >= 500 || response.status === 429) throw new Unreachable(`${response.status}`, wait);
    const answer = await response.json();
    // When the server looked at its clock lies between asking and hearing.
    if (response.ok) return { ...answer, at: (asked + performance.now()) / 2 };
    throw new Refused(response.status, answer.errors?.[0] ?? { code: "unknown", detail: "" }, wait);
  } catch (fault) {
    if (fault instanceof Refused || fault instanceof Unreachable) throw fault;
    throw new Unreachable(fault.message);
  }
}

export const read = (attempt) => send("GET", `/${attempt}`);

/** `answers`: question → chosen options. */
export const save = (attempt, answers) => send("PATCH", `/${attempt}/answers`, { answers });

export const handIn = (attempt) => send("POST", `/${attempt}/submit`, {});
