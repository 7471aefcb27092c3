// What this browser keeps of an attempt until the server has it: answers not sent yet, and the learner's marks. Only ids
// that say nothing outside this attempt.

const PREFIX = "xueshi-exam-";

export const same = (one, other) => one.length === other.length && one.every((option) => other.includes(option));

export class Store {
  #memory = {}; // a browser that keeps nothing has this page at least

  /** `deadline`, `now`: milliseconds of the server's clock; what belongs to attempts that are over is dropped. */
  constructor(attempt, deadline, now) {
    this.key = PREFIX + attempt;
    this.deadline = deadline;
    this.#dropOld(now);
  }

  /** question → {chosen, bases}; `bases`: what the server may have of ours, from before this choice or sent since. */
  get waiting() {
    return this.#read().waiting ?? {};
  }

  get isEmpty() {
    return Object.keys(this.waiting).length === 0;
  }

  get flags() {
    return this.#read().flags ?? [];
  }

  put(question, chosen, base) {
    const known = this.waiting[question];
    this.#write({ waiting: { ...this.waiting, [question]: { chosen, bases: known?.bases ?? [base] } } });
  }

  /** This answer is under way: it may arrive though nobody hears that it did. */
  sending(question, chosen) {
    const waiting = this.waiting;
    const entry = waiting[question];
    if (!entry || entry.bases.some((base) => same(base, chosen))) return;
    entry.bases.push(chosen);
    this.#write({ waiting });
  }

  /** Whether what the server has is what this browser knows of, and not another device's later answer. */
  isOurs(question, chosen) {
    return this.waiting[question]?.bases.some((base) => same(base, chosen)) ?? true;
  }

  /** The server has this answer. A newer one, chosen meanwhile here or in another tab, goes on waiting. */
  settle(question, chosen) {
    const waiting = this.waiting;
    if (!waiting[question]) return;
    if (same(waiting[question].chosen, chosen)) delete waiting[question];
    else waiting[question].bases = [chosen];
    this.#write({ waiting });
  }

  drop(question) {
    const waiting = this.waiting;
    delete waiting[question];
    this.#write({ waiting });
  }

  toggleFlag(question) {
    const others = this.flags.filter((flag) => flag !== question);
    this.#write({ flags: others.length === this.flags.length ? [...others, question] : others });
  }

  forget() {
    this.#memory = {};
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? this.#memory;
    } catch {
      return this.#memory;
    }
  }

  #write(part) {
    const state = { ...this.#read(), deadline: this.deadline, ...part };
    this.#memory = state;
    try {
      localStorage.setItem(this.key, JSON.stringify(state));
    } catch {
      // full or forbidden: this page still has it
    }
  }

  #dropOld(now) {
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && name !== this.key)) {
        if (!(JSON.parse(localStorage.getItem(key))?.deadline > now)) localStorage.removeItem(key);
      }
    } catch {
      // nothing is kept
    }
  }
}
