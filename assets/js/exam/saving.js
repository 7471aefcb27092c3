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
    if (!this.#run) {
      this.#drain((fault) => {
        if (fault instanceof api.Refused) this.tell.refused(fault);
        else this.#tryAgain(fault.wait);
      });
    }
    return this.#run;
  }

  /** Everything that waits is with the server, or Unreachable or Refused is thrown. */
  async flush() {
    while (this.#run) await this.#run;
    let failed = null;
    await this.#drain((fault) => {
      failed = fault;
    });
    if (failed) throw failed;
  }

  /** The page goes: what still waits is sent along, whoever hears the answer. */
  leave() {
    if (!this.stopped && !this.store.isEmpty) api.save(this.attempt, this.#batch()).catch(() => {});
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

  /** The one run that sends until nothing waits; `failed` hears why it ended before. */
  #drain(failed) {
    this.#run = this.#sendAll()
      .catch(failed)
      .finally(() => {
        this.#run = null;
      });
    return this.#run;
  }

  async #sendAll() {
    while (!this.store.isEmpty && !this.stopped) await this.#sendBatch();
  }

  #batch() {
    const batch = {};
    for (const [question, { chosen }] of Object.entries(this.store.waiting)) {
      batch[question] = chosen;
      this.store.sending(question, chosen);
    }
    return batch;
  }

  async #sendBatch() {
    if (this.#failures) await this.refresh(); // after an outage: has another device gone on meanwhile?
    const batch = this.#batch();
    if (!Object.keys(batch).length) return;
    const answer = await api.save(this.attempt, batch);
    for (const [question, chosen] of Object.entries(batch)) {
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

  /** What waits here was chosen on top of what the server had; where that has changed since, another device's is later. */
  #learn(question, chosen) {
    const isNews = !same(this.known[question] ?? [], chosen);
    const waits = question in this.store.waiting;
    this.known[question] = chosen;
    if (!isNews || (waits && this.store.isOurs(question, chosen))) return;
    this.store.drop(question);
    this.tell.changed(question, chosen);
  }
}
