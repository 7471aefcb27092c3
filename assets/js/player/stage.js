// Video, bar, buttons and covers as one thing; the lesson and the preview are built on it.

import { Cover } from "./card.js";
import { clock } from "./clock.js";
import { Controls } from "./controls.js";
import { make } from "./dom.js";
import { Playback } from "./playback.js";
import { attach } from "./stream.js";
import { Track } from "./track.js";
import { words } from "./words.js";

const SENTENCE_MS = 5_000;
const SLACK = 0.5; // seconds by which a wish may pass the frontier before it is called one

export class Stage {
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.playback = new Playback(this.video, { changed: () => this.changed(), refused: () => this.offerToBegin() });
    this.track = new Track(root.querySelector(".xs-track"), { seek: (to) => this.goTo(to), refused: () => this.sayLocked() });
    this.cover = new Cover(root, { begin: () => this.playback.want(true) });
    this.controls = new Controls(root, this.video, {
      toggle: () => this.toggle(),
      skip: (seconds) => this.goTo(this.position + seconds),
      jump: (seconds) => this.goTo(seconds),
      rate: (factor) => this.setRate(factor),
    }, () => this.busy);
    this.#listen();
  }

  // What the lesson and the preview answer for themselves.
  get reachableTo() { return this.duration; }
  get busy() { return this.cover.isShown; }
  moved() {}
  passed() {}
  ended() {}
  trouble() {}
  flowing() {}
  lost() {}

  /** Put a video on: what `attach` needs, and its duration, quiz points, captions, poster, greatest speed. */
  async put({ duration, points = [], captions, poster, startAt = 0, mostRate = 1, anyRate = false, ...source }) {
    this.stream?.destroy();
    Object.assign(this, { duration, startAt, settled: startAt === 0, atEnd: false });
    if (poster) this.video.poster = poster;
    this.#putCaptions(captions);
    this.track.setUp({ duration, points });
    this.mostRate = this.controls.offerRates(mostRate, anyRate);
    this.draw();
    this.stream = await attach(this.video, {
      ...source,
      startAt,
      duration,
      library: this.root.dataset.library,
      on: {
        short: () => {
          this.starved = true;
          this.moved();
          this.passed();
        },
        again: (second) => Object.assign(this, { startAt: second, settled: false }),
        trouble: () => this.trouble(),
        flowing: () => this.flowing(),
        lost: () => this.lost(),
        broken: () => this.cover.show({ title: words("broken_title"), text: words("broken") }),
      },
    });
  }

  /** Second the player is at; before the picture is there, where it will begin. */
  get position() {
    if (this.atEnd) return this.duration;
    return this.settled ? Math.min(this.video.currentTime, this.duration) : this.startAt;
  }

  toggle() {
    if (!this.playback.needsAnswer) this.playback.want(!this.playback.wanted);
  }

  /** Go there, or as far as one may. */
  goTo(seconds) {
    if (this.busy || !this.stream) return;
    const to = Math.max(0, Math.min(seconds, this.reachableTo, this.duration));
    if (seconds > to + SLACK && to < this.duration) this.sayLocked();
    this.settled = true;
    this.atEnd = false;
    this.stream.seekTo(to);
    this.draw();
  }

  setRate(factor) {
    this.video.defaultPlaybackRate = factor;
    this.video.playbackRate = factor;
  }

  sayLocked() {
    this.say(words("not_yet"));
  }

  /** A sentence for a while; then the bar's own words stand there again. */
  say(sentence) {
    this.saidAt = performance.now();
    this.controls.tell(sentence);
    setTimeout(() => this.draw(), SENTENCE_MS);
  }

  offerToBegin() {
    this.cover.offerToBegin(this.startAt > 1 ? words("begin_at", { at: clock(this.startAt) }) : words("begin"));
  }

  changed() {
    const { wanted, needsAnswer } = this.playback;
    this.controls.playing(wanted && !needsAnswer);
    this.controls.allow(!needsAnswer);
    if (wanted) this.cover.offerToBegin(null);
    if (!wanted || needsAnswer) this.cover.waiting(false);
    this.draw();
  }

  draw() {
    if (!this.duration) return;
    const { position } = this;
    const frontier = Math.min(this.reachableTo, this.duration);
    this.track.draw({ position, frontier, now: this.waitingQuiz ?? null });
    this.controls.showTime(position, this.duration);
    if (performance.now() - (this.saidAt ?? -SENTENCE_MS) < SENTENCE_MS) return;
    this.controls.tell(this.standingWords(Math.max(frontier, position)), { quietly: true });
  }

  standingWords(frontier) {
    return words("seen", { at: clock(frontier) });
  }

  #putCaptions(address) {
    for (const track of this.video.querySelectorAll("track")) track.remove();
    if (address) {
      if (new URL(address, location.href).origin !== location.origin) this.video.crossOrigin = "anonymous";
      this.video.append(make("track", { kind: "captions", srclang: "zh", label: words("captions"), src: address }));
    }
    this.controls.offerCaptions(Boolean(address));
  }

  #listen() {
    const on = (name, act) => this.video.addEventListener(name, act);
    for (const name of ["timeupdate", "seeked", "canplay"]) on(name, () => this.#tick());
    on("seeking", () => this.#holdBack());
    for (const name of ["play", "pause", "seeked"]) on(name, () => this.moved());
    on("ratechange", () => this.#rateChanged());
    on("waiting", () => {
      this.starved = true;
      if (this.playback.wanted) this.cover.waiting(true);
      this.passed();
    });
    for (const name of ["playing", "seeked", "canplay"]) {
      on(name, () => {
        this.starved = false;
        this.cover.waiting(false);
      });
    }
    on("ended", () => {
      this.atEnd = true;
      this.draw();
      this.ended();
    });
  }

  #tick() {
    if (!this.settled && this.video.currentTime >= this.startAt - 1) this.settled = true;
    if (!this.settled) return;
    this.passed();
    this.draw();
  }

  /** Somebody else moved the video (media keys, the small window): the same rule. */
  #holdBack() {
    if (!this.settled || this.video.currentTime <= this.reachableTo + SLACK) return;
    this.stream.seekTo(this.reachableTo);
    this.sayLocked();
  }

  #rateChanged() {
    if (this.video.playbackRate > this.mostRate) this.setRate(this.mostRate);
    this.moved();
  }
}
