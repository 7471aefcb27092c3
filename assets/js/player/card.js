// Cards over the picture (another device, the end, a refusal), the notice on top, the button to begin.

import { make } from "./dom.js";
import { words } from "./words.js";

const WAIT_SHOWN_AFTER_MS = 300;

export class Cover {
  /** `root`: the player. `on.begin()`: the big button. */
  constructor(root, on) {
    this.card = root.querySelector("[data-card]");
    this.notice = root.querySelector("[data-notice]");
    this.begin = root.querySelector("[data-begin]");
    this.waits = root.querySelector("[data-waits]");
    this.begin.addEventListener("click", () => on.begin());
  }

  /**
   * Show a card: `title`, `text`, and `acts`: [{label, href} or {label, act}], the first one primary.
   * Focus goes to its title, so that it is read out.
   */
  show({ title, text, acts = [] }) {
    const heading = make("h2", { tabindex: "-1", id: "player-card-title" }, title);
    const buttons = acts.map(({ label, href, act, name }, index) => {
      const look = `btn ${index ? "btn-outline-light" : "btn-primary"}`;
      return href
        ? make("a", { class: look, href, "data-act": name }, label)
        : make("button", { class: look, type: "button", click: act, "data-act": name }, label);
    });
    this.card.replaceChildren(make("div", {}, heading, text ? make("p", {}, text) : null,
      make("div", { class: "acts" }, ...buttons)));
    this.card.hidden = false;
    heading.focus({ preventScroll: true });
    return this.card;
  }

  hide() {
    this.card.hidden = true;
    this.card.replaceChildren();
  }

  get isShown() {
    return !this.card.hidden;
  }

  /** A sentence on top of the picture that stays until it is taken away with an empty one. */
  tell(sentence) {
    this.notice.hidden = !sentence;
    this.notice.querySelector("[data-text]").textContent = sentence ?? "";
  }

  offerToBegin(label) {
    this.begin.hidden = !label;
    if (label) this.begin.querySelector("[data-text]").textContent = label;
  }

  /** A turning ring when data is late; not for a blink. */
  waiting(yes) {
    clearTimeout(this.timer);
    if (yes) this.timer = setTimeout(() => { this.waits.hidden = false; }, WAIT_SHOWN_AFTER_MS);
    else this.waits.hidden = true;
  }
}

/** Count down on a card's sentence; `done()` at nought. Gives a function that stops it. */
export function countDown(element, name, seconds, values, done) {
  let left = seconds;
  const show = () => { element.textContent = words(name, { ...values, seconds: left }); };
  show();
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return show();
    clearInterval(timer);
    done();
  }, 1000);
  return () => clearInterval(timer);
}
