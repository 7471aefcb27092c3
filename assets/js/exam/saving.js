// Answers on their way to the server: one request at a time, the latest state of each question, again until it arrives.

import * as api from "./api.js";
import { same } from "./store.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;

export class Saving {
  #run = null;
  #failures = 0;
  #timer = null;

  /**
   * `known`: question → options as the server has them. `tell`: what the page does on `saved(answer)`, `trouble()`,
   * `refused(fault)`, `state(answer)` (the attempt as the server has it) and `changed(question, chosen)` (chosen on
   * another device).
   */
  constructor(attempt, store, known, tell) {
    Object.assign(this, { attempt, store, known, tell });
  }

  change(question, chosen) {
    this.store.put(question, chosen, this.known[question] ?? []);
    this.send();
  }

  /** Send what waits, now. Resolves when this is tried; only one try is under way at a time. */
  send() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#run ??= this.#sendAll().finally(() => {
      this.#run = null;
    });
    return this.#run;
  }

  /** Everything that waits is with the server, or Unreachable or Refused is thrown. */
  async flush() {
    await this.#run;
    while (!this.store.isEmpty) await this.#sendBatch();
  }

  /** Read the attempt anew: its deadline, whether it is still open, and what was answered on another device. */
  async refresh() {
    const state = await api.read(this.attempt);
    this.tell.state(state);
    for (const [question, chosen] of Object.entries(state.answers ?? {})) this.#learn(question, chosen);
    return state;
  }

  stop() {
    clearTimeout(this.#timer);
    this.stopped = true;
  }

  async #sendAll() {
    try {
      while (!this.store.isEmpty && !this.stopped) await this.#sendBatch();
    } catch (fault) {
      if (fault instanceof api.Refused) this.tell.refused(fault);
      else this.#tryAgain(fault.wait);
    }
  }

  async #sendBatch() {
    if (this.#failures) await this.refresh(); // after an outage: has another device gone on meanwhile?
    const waiting = Object.entries(this.store.waiting).map(([question, { chosen }]) => [question, chosen]);
    if (!waiting.length) return;
    const answer = await api.save(this.attempt, Object.fromEntries(waiting));
    for (const [question, chosen] of waiting) {
      this.known[question] = chosen;
      this.store.settle(question, chosen);
    }
    this.#failures = 0;
    this.tell.saved(answer);
  }

  #tryAgain(wait) {
    if (this.stopped) return;
    this.#failures += 1;
    this.tell.trouble();
    const pause = wait ? wait * 1_000 : Math.min(FIRST_WAIT_MS * 2 ** (this.#failures - 1), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => this.send(), pause);
  }

  /** What waits here was chosen on top of what the server had then; if that has changed since, the other device's is later. */
  #learn(question, chosen) {
    const waiting = this.store.waiting[question];
    const isNews = !same(this.known[question] ?? [], chosen);
    this.known[question] = chosen;
    if (waiting && (same(waiting.base, chosen) || !isNews)) return;
    if (waiting) this.store.drop(question);
    if (isNews) this.tell.changed(question, chosen);
  }
}
