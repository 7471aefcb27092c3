// Buttons and keys. They only say what a person wants; the player decides.

import { clock } from "./clock.js";
import { remember, remembered } from "./settings.js";
import { words } from "./words.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const STEP = 5;
const LEAP = 10;

export class Controls {
  /** `on`: toggle(), skip(seconds), jump(seconds), rate(factor); `busy()`: keys are somebody else's now. */
  constructor(root, video, on, busy) {
    Object.assign(this, { root, video, on, busy });
    this.button = (name) => root.querySelector(`[data-control="${name}"]`);
    this.clock = root.querySelector("[data-clock]");
    this.total = root.querySelector("[data-total]");
    this.say = root.querySelector("[data-say]");
    this.rates = root.querySelector("[data-rates]");
    this.#wire();
    this.#restoreVolume();
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #wire() {
    const acts = {
      play: () => this.on.toggle(),
      back: () => this.on.skip(-LEAP),
      captions: () => this.#captions(),
      mute: () => this.#mute(),
      pip: () => this.#pip(),
      fullscreen: () => this.#fullscreen(),
    };
    for (const [name, act] of Object.entries(acts)) this.button(name).addEventListener("click", act);
    this.video.addEventListener("click", () => this.on.toggle());
    this.video.addEventListener("volumechange", () => this.#volumeChanged());
    document.addEventListener("fullscreenchange", () => this.#fullscreenChanged());
    this.rates.addEventListener("change", () => this.on.rate(Number(this.rates.value)));
    this.button("pip").hidden = !document.pictureInPictureEnabled;
    const canFill = document.fullscreenEnabled || this.video.webkitSupportsFullscreen || this.video.webkitEnterFullscreen;
    this.button("fullscreen").hidden = !canFill;
  }

  /** Speeds on offer: up to the class's, all once the lesson is done; no choice, no menu. */
  offerRates(most, done) {
    const speeds = done ? SPEEDS : most > 1 ? SPEEDS.filter((speed) => speed <= most) : [1];
    const chosen = speeds.includes(this.video.playbackRate) ? this.video.playbackRate : 1;
    this.rates.replaceChildren(...speeds.map((speed) => new Option(words("speed", { speed }), speed, false, speed === chosen)));
    this.rates.hidden = speeds.length === 1;
    return speeds.at(-1);
  }

  offerCaptions(there) {
    this.button("captions").hidden = !there;
    if (there) this.#showCaptions(remembered("captions", false));
  }

  playing(yes) {
    this.#icon("play", yes ? "pause-fill" : "play-fill", words(yes ? "pause" : "play"));
  }

  /** May a person press play now? */
  allow(yes) {
    this.button("play").disabled = !yes;
  }

  showTime(position, duration) {
    this.clock.textContent = clock(position);
    this.total.textContent = clock(duration);
  }

  /** A sentence beside the buttons, read out; `quietly` changes what stands there without being read out. */
  tell(sentence, { quietly = false } = {}) {
    if (this.say.textContent === sentence) return;
    this.say.setAttribute("aria-live", quietly ? "off" : "polite");
    this.say.textContent = sentence;
  }

  leaveSmallWindow() {
    if (document.pictureInPictureElement) document.exitPictureInPicture().catch(() => {});
    if (this.video.webkitDisplayingFullscreen) this.video.webkitExitFullscreen();
  }

  #icon(name, icon, label) {
    const button = this.button(name);
    button.querySelector(".bi").className = `bi bi-${icon}`;
    if (label) button.setAttribute("aria-label", label);
  }

  #captions() {
    this.#showCaptions(this.button("captions").getAttribute("aria-pressed") !== "true");
  }

  #showCaptions(yes) {
    for (const track of this.video.textTracks) track.mode = yes ? "showing" : "disabled";
    this.button("captions").setAttribute("aria-pressed", String(yes));
    this.#icon("captions", yes ? "badge-cc-fill" : "badge-cc");
    remember("captions", yes);
  }

  #restoreVolume() {
    this.video.volume = Math.min(1, Math.max(0, Number(remembered("volume", 1)) || 0));
    this.video.muted = remembered("muted", false) === true;
    this.#volumeChanged();
  }

  #mute() {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
    remember("muted", this.video.muted);
  }

  #louder(by) {
    this.video.volume = Math.min(1, Math.max(0, Math.round((this.video.volume + by) * 20) / 20));
    this.video.muted = false;
    remember("volume", this.video.volume);
    remember("muted", false);
    this.tell(words("volume", { percent: Math.round(this.video.volume * 100) }));
  }

  #volumeChanged() {
    const silent = this.video.muted || this.video.volume === 0;
    const icon = silent ? "volume-mute" : this.video.volume < 0.5 ? "volume-down" : "volume-up";
    this.#icon("mute", icon, words(silent ? "unmute" : "mute"));
  }

  #pip() {
    if (document.pictureInPictureElement) document.exitPictureInPicture().catch(() => {});
    else this.video.requestPictureInPicture().catch(() => this.tell(words("pip_refused")));
  }

  #fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.fullscreenEnabled) this.root.requestFullscreen().catch(() => {});
    else this.video.webkitEnterFullscreen();
  }

  #fullscreenChanged() {
    const full = Boolean(document.fullscreenElement);
    this.#icon("fullscreen", full ? "fullscreen-exit" : "fullscreen", words(full ? "small" : "full"));
  }

  #key(event) {
    if (this.busy() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { target, key } = event;
    const ownKeys = target.closest("select, textarea, input:not([type=range]), [contenteditable]");
    if (ownKeys || (key === " " && target.closest("button, a[href], summary"))) return;
    const act = this.#act(key.length === 1 ? key.toLowerCase() : key, event.shiftKey);
    if (!act) return;
    event.preventDefault();
    act();
  }

  #act(key, shift) {
    const far = shift ? LEAP : STEP;
    return {
      " ": () => this.on.toggle(),
      k: () => this.on.toggle(),
      ArrowLeft: () => this.on.skip(-far),
      ArrowRight: () => this.on.skip(far),
      j: () => this.on.skip(-LEAP),
      l: () => this.on.skip(LEAP),
      Home: () => this.on.jump(0),
      End: () => this.on.jump(Infinity),
      ArrowUp: () => this.#louder(0.05),
      ArrowDown: () => this.#louder(-0.05),
      m: () => this.#mute(),
      c: this.button("captions").hidden ? null : () => this.#captions(),
      f: this.button("fullscreen").hidden ? null : () => this.#fullscreen(),
    }[key];
  }
}
