// One watch: opened once, told where the player is, ended once. Knows nothing of the page.
//
// Beats: at once when asked, else every `heartbeat_seconds` while playing, every second while `urgent`. One is in flight
// at a time; the state is read when a beat leaves, so the newest wins. A beat that found no server is tried again.
//
// Events: "answer" {sent, answer} · "moved" (frontier or next stop) · "unreachable" · "reachable" · "refused" (a Refused;
// the watch is over)

import * as api from "./api.js";
import * as lastWord from "./last_word.js";

const TICK_MS = 250;
const URGENT_MS = 1_000;
const LONGEST_RETRY_MS = 8_000;
const STAY_MS = 10 * 60_000; // beats read no session, so a long lesson would outlast it
const UNCONFIRMED = 0.5; // seconds; less isn't worth a beat of its own

export class Session extends EventTarget {
  /** `state()` tells `{position, playing, rate}` now. */
  constructor(lesson, state) {
    super();
    Object.assign(this, { lesson, state, urgent: false, closed: true, reachable: true });
    Object.assign(this, { due: false, inFlight: false, failures: 0, retryAt: 0, sentAt: 0 });
  }

  /** Start the watch; whatever else this person was watching ends. Throws Refused, Unreachable. */
  async open() {
    await lastWord.deliver();
    const opened = await api.openWatch(this.lesson);
    this.id = opened.id;
    this.frontier = this.furthest = opened.frontier;
    this.nextStop = opened.next_stop;
    this.done = opened.done;
    this.beatMs = opened.heartbeat_seconds * 1000;
    this.lookAhead = opened.look_ahead_seconds;
    this.closed = false;
    this.sentAt = performance.now();
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    this.stayTimer = setInterval(() => this.state().playing && api.stay().catch(() => {}), STAY_MS);
    return opened;
  }

  /** The player has really played to here: known before the server knows it, and told it before any jump away. */
  note(position) {
    this.furthest = Math.max(this.furthest, position);
  }

  /** Where one may go by hand: what is watched, never past an unanswered quiz. */
  get reachableTo() {
    return this.done ? Infinity : Math.min(Math.max(this.frontier, this.furthest), this.nextStop ?? Infinity);
  }

  beat() {
    this.due = true;
    this.retryAt = 0;
    this.#pump();
  }

  /** The tab is hidden and may be frozen: say it in a way that needs no answer. */
  hidden() {
    if (!this.closed) api.beacon(this.id, "heartbeat", this.state());
  }

  /** Leaving: the last word, sent even when the page is thrown away. */
  leave() {
    if (this.closed) return;
    const state = this.state();
    const ahead = this.#ahead(state);
    lastWord.keep(this.id, { ...state, playing: false, position: ahead ? this.furthest : state.position });
    if (ahead) api.beacon(this.id, "heartbeat", { ...state, position: this.furthest });
    api.beacon(this.id, "end", { ...state, playing: false });
    this.close();
  }

  /** Leaving for another lesson of the same page: what can't be said now, the next watch's start says. */
  async end() {
    const { id } = this;
    const state = { ...this.state(), playing: false };
    this.close();
    await api.endWatch(id, state).catch(() => {});
  }

  /** Stop talking; the server isn't told. */
  close() {
    this.closed = true;
    clearInterval(this.timer);
    clearInterval(this.stayTimer);
  }

  /** Answer a quiz. Throws Refused, Unreachable. */
  async answer(quiz, answers) {
    const result = await api.answerQuiz(this.id, quiz, answers);
    if (result.correct) {
      this.nextStop = result.next_stop;
      this.#tell("moved");
    }
    return result;
  }

  /** The lesson is done: nothing is locked in it any more. */
  finish() {
    this.done = true;
    this.urgent = false;
    this.#tell("moved");
  }

  #ahead(state) {
    return !this.done && this.furthest > this.frontier + UNCONFIRMED && this.furthest > state.position + UNCONFIRMED;
  }

  #tick() {
    const quiet = performance.now() - this.sentAt;
    const every = this.urgent ? URGENT_MS : this.state().playing ? this.beatMs : Infinity;
    if (quiet >= every) this.due = true;
    this.#pump();
  }

  async #pump() {
    if (this.closed || this.inFlight || !this.due || performance.now() < this.retryAt) return;
    this.inFlight = true;
    this.due = false;
    this.sentAt = performance.now();
    const now = this.state();
    // Seconds watched before a jump back are told first, or they would be lost.
    const behind = this.#ahead(now);
    const sent = behind ? { ...now, position: this.furthest } : now;
    try {
      this.#received(sent, await api.beat(this.id, sent));
      if (behind) this.due = true;
    } catch (fault) {
      this.#failed(fault);
    } finally {
      this.inFlight = false;
    }
    this.#pump();
  }

  #received(sent, answer) {
    if (this.closed) return;
    this.failures = 0;
    this.frontier = answer.frontier;
    this.nextStop = answer.next_stop;
    if (!this.reachable) {
      this.reachable = true;
      this.#tell("reachable");
    }
    if (sent.position > answer.frontier) this.furthest = answer.frontier;
    this.#tell("moved");
    this.#tell("answer", { sent, answer });
  }

  #failed(fault) {
    if (this.closed) return;
    if (fault instanceof api.Refused && fault.status !== 429) {
      this.close();
      this.#tell("refused", fault);
      return;
    }
    this.due = true;
    this.retryAt = performance.now() + Math.min(LONGEST_RETRY_MS, 1000 * 2 ** this.failures++);
    this.reachable = false;
    this.#tell("unreachable");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
