// What a person wants and what holds the video back, apart: the video plays when he wants it and nothing holds.

export class Playback {
  /** `on.changed()`: wish or holds changed; `on.refused()`: the browser doesn't let it start by itself. */
  constructor(video, on) {
    Object.assign(this, { video, on, wanted: false, holds: new Set() });
    video.addEventListener("play", () => this.#startedElsewhere());
    video.addEventListener("pause", () => this.#stoppedElsewhere());
    video.addEventListener("loadeddata", () => this.#apply()); // a new source forgets that it was playing
  }

  want(yes) {
    this.wanted = yes;
    this.#apply();
  }

  hold(reason) {
    if (this.holds.has(reason)) return;
    this.holds.add(reason);
    this.#apply();
  }

  release(reason) {
    if (this.holds.delete(reason)) this.#apply();
  }

  get blocked() {
    return this.holds.size > 0;
  }

  /** Held back by something the person must deal with first; a late network isn't. */
  get needsAnswer() {
    return [...this.holds].some((reason) => reason !== "network");
  }

  #apply() {
    const plays = this.wanted && !this.blocked;
    if (plays && this.video.paused) this.video.play().catch((fault) => this.#refused(fault));
    if (!plays && !this.video.paused) this.video.pause();
    this.on.changed();
  }

  #refused(fault) {
    if (fault.name !== "NotAllowedError") return; // an interruption by our own pause or a new source
    this.wanted = false;
    this.on.changed();
    this.on.refused();
  }

  /** A media key, a headphone, the small window's own button. */
  #startedElsewhere() {
    if (this.blocked) this.video.pause();
    else this.wanted = true;
    this.on.changed();
  }

  #stoppedElsewhere() {
    if (this.video.paused && !this.video.ended && !this.blocked) this.wanted = false;
    this.on.changed();
  }
}
