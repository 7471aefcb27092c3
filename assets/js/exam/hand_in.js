// Handing in: asked first; what waits is sent before. Nothing is lost where the server can't be reached.

import * as api from "./api.js";
import { primary } from "./paper.js";
import { inWords, words } from "./words.js";

const AGAIN_MS = 5_000;
const SOON_MS = 100;
const GIVEN_MS = 2_000; // more than that is no difference between two clocks

export class HandIn {
  /** `sitting`: the page's whole (main.js). */
  constructor(sitting, dialog, drawer) {
    Object.assign(this, { sitting, dialog, drawer });
    this.now = dialog.querySelector("[data-hand-in-now]");
    this.stay = dialog.querySelector("[data-bs-dismiss]");
    this.trouble = dialog.querySelector("[data-ask-trouble]");
    this.now.addEventListener("click", () => this.#handIn());
    dialog.addEventListener("shown.bs.modal", () => this.stay.focus());
    dialog.addEventListener("hidden.bs.modal", () => this.#back());
    for (const button of document.querySelectorAll("[data-hand-in]")) button.addEventListener("click", () => this.ask());
  }

  ask() {
    const drawer = bootstrap.Offcanvas.getInstance(this.drawer);
    if (this.drawer.classList.contains("show") && drawer) {
      // Two layers would fight for the keyboard.
      this.drawer.addEventListener("hidden.bs.offcanvas", () => this.#ask(), { once: true });
      drawer.hide();
    } else this.#ask();
  }

  #ask() {
    const { paper, countdown } = this.sitting;
    const count = paper.unanswered;
    const say = (name, text) => (this.dialog.querySelector(`[data-ask${name}]`).textContent = text);
    say("", count ? words("ask_left", { count }) : words("ask_done", { count: paper.total }));
    say("-flags", paper.flags.size ? words("ask_flags", { count: paper.flags.size }) : "");
    say("-left", words("ask_left_time", { left: inWords(countdown.left) }));
    this.trouble.hidden = true;
    primary(this.now, count === 0);
    primary(this.stay, count > 0);
    this.askedFrom = document.activeElement;
    bootstrap.Modal.getOrCreateInstance(this.dialog).show();
  }

  /** Where the keyboard was before it was asked; after the phone's drawer, which is gone, at its button. */
  #back() {
    const opener = document.querySelector(`[data-bs-target="#${this.drawer.id}"]`);
    const places = [this.askedFrom, opener].filter((place) => place !== document.body);
    places.find((place) => place.getClientRects().length)?.focus();
  }

  async #handIn() {
    if (this.now.disabled) return;
    this.#busy(true);
    try {
      await this.#send();
    } catch (fault) {
      this.#busy(false);
      if (fault instanceof api.Refused) {
        bootstrap.Modal.getInstance(this.dialog).hide();
        this.sitting.refused(fault);
        return;
      }
      this.trouble.textContent = words("not_handed_in");
      this.trouble.hidden = false;
    }
  }

  #busy(isBusy) {
    this.now.disabled = isBusy;
    this.now.textContent = words(isBusy ? "handing_in" : "hand_in");
  }

  async #send() {
    const { saving, attempt } = this.sitting;
    await saving.flush();
    await api.handIn(attempt);
    this.sitting.end();
  }

  /**
   * The time is over as far as this machine can tell. The server hands in by itself, and it alone says when: a moment
   * later, or much later where more time was given meanwhile.
   */
  async timeIsUp() {
    const { paper, say } = this.sitting;
    paper.close(true);
    say("time_up");
    for (;;) {
      const left = await this.#leftBy();
      if (this.sitting.ended) return;
      if (left > GIVEN_MS) break;
      if (left === null) say("time_up_network");
      await new Promise((resolve) => setTimeout(resolve, left === null ? AGAIN_MS : left + SOON_MS));
    }
    paper.close(false);
    this.sitting.hush();
  }

  /** Milliseconds that the server still gives; null where it can't be reached. The page leaves where it has closed. */
  async #leftBy() {
    const { saving } = this.sitting;
    try {
      // An answer given in the last moment may still be in time.
      await saving.flush();
      const { deadline, server_time: now } = await saving.refresh();
      return deadline ? Date.parse(deadline) - Date.parse(now) : 0;
    } catch (fault) {
      if (fault instanceof api.Refused) this.sitting.refused(fault);
      return null;
    }
  }
}
