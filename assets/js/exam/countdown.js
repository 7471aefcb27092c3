// The time left, by the server's clock alone: what this machine believes the time to be doesn't matter. Between two words
// of the server a clock that only counts (performance.now) goes on.

import { inWords, words } from "./words.js";

const SHORT = 600;
const LAST = 120;
const MILESTONES = [1800, 600, 300, 120, 60]; // spoken, and nothing between them
const STEP_MS = 250;
const SLEPT_MS = 5_000;

export class Countdown {
  #left = Infinity;
  #wall = Date.now();

  /** `tell`: `over()` at the end, `slept()` when this machine stood still meanwhile. */
  constructor(clocks, spoken, tell) {
    Object.assign(this, { clocks, spoken, tell });
  }

  /** The server's clock said `now` at this machine's `at` (performance.now), and the paper is due at `deadline`. */
  set({ server_time: now, deadline }, at) {
    this.end = at + Date.parse(deadline) - Date.parse(now);
    if (!this.timer) this.timer = setInterval(() => this.#tick(), STEP_MS);
    this.#tick();
  }

  get left() {
    return Math.max(0, (this.end - performance.now()) / 1000);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  #tick() {
    const left = this.left;
    for (const clock of this.clocks) {
      clock.textContent = digits(left);
      if (left > SHORT) delete clock.dataset.left;
      else clock.dataset.left = left > LAST ? "short" : "last";
    }
    const passed = MILESTONES.filter((milestone) => this.#left > milestone && left <= milestone);
    const said = Math.min(...passed);
    if (passed.length && this.#left !== Infinity) this.spoken.textContent = words("left", { left: inWords(said) });
    this.#left = left;
    this.#noticeSleep();
    if (left <= 0) {
      this.stop();
      this.tell.over();
    }
  }

  /** The counting clock may stand still in sleep, the wall clock doesn't: when they part, the server is asked. */
  #noticeSleep() {
    const apart = Date.now() - this.#wall;
    this.#wall = Date.now();
    if (Math.abs(apart) > SLEPT_MS) this.tell.slept();
  }
}

/** 3569.2 → 59:30, 5400 → 1:30:00; the last second is 00:01. */
function digits(seconds) {
  const whole = Math.ceil(seconds);
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}
