// Handing in: asked first; what waits is sent before. Nothing is lost where the server can't be reached.

import * as api from "./api.js";
import { primary } from "./paper.js";
import { inWords, words } from "./words.js";

const AGAIN_MS = 5_000;

export class HandIn {
  /** `sitting`: the page's whole (main.js). */
  constructor(sitting, dialog, drawer) {
    Object.assign(this, { sitting, dialog, drawer });
    this.now = dialog.querySelector("[data-hand-in-now]");
    this.stay = dialog.querySelector("[data-bs-dismiss]");
    this.trouble = dialog.querySelector("[data-ask-trouble]");
    this.now.addEventListener("click", () => this.#handIn());
    dialog.addEventListener("shown.bs.modal", () => this.stay.focus());
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
    bootstrap.Modal.getOrCreateInstance(this.dialog).show();
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

  /** The time is over: the server hands in by itself; here it is only said, and waited for. */
  async timeIsUp() {
    const { paper, saving, say } = this.sitting;
    paper.close();
    saving.stop();
    say("time_up");
    for (;;) {
      try {
        // An answer given in the last moment may still be in time; the server decides.
        await saving.flush().catch((fault) => {
          if (!(fault instanceof api.Refused)) throw fault;
        });
        await api.handIn(this.sitting.attempt);
        break;
      } catch (fault) {
        if (fault instanceof api.Refused) {
          this.sitting.refused(fault);
          return;
        }
        say("time_up_network");
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    this.sitting.end();
  }
}
