// The first three minutes of a preview lesson, for anybody; then a card that says how it goes on.

import * as api from "./api.js";
import { Gate } from "./gate.js";
import { Stage } from "./stage.js";
import { clock } from "./clock.js";
import { words } from "./words.js";

const TRY_AGAIN_MS = 3_000;

class Preview extends Stage {
  async open() {
    this.cover.waiting(true);
    const opened = await this.#opened();
    if (!opened) return;
    await this.put({
      playlist: opened.playlist,
      gate: new Gate(null, 0),
      duration: Math.min(opened.seconds, opened.duration),
      captions: opened.captions,
      poster: opened.poster,
    });
    this.cover.waiting(false);
    this.offerToBegin();
  }

  get busy() { return false; }

  standingWords() {
    return words("preview", { length: clock(this.duration) });
  }

  goTo(seconds) {
    this.#dismiss();
    super.goTo(seconds);
  }

  toggle() {
    if (this.cover.isShown) this.goTo(0);
    super.toggle();
  }

  ended() {
    const { enrol, login } = this.root.dataset;
    this.playback.hold("card");
    this.playback.want(false);
    const acts = [{ label: words("preview_enrol"), href: enrol }];
    if (login) acts.push({ label: words("preview_login"), href: login });
    this.cover.show({ title: words("preview_end_title"), text: words("preview_end"), acts });
    this.controls.allow(true);
  }

  trouble() {
    if (this.starved) this.cover.tell(words("network_start"));
  }

  flowing() {
    this.cover.tell("");
  }

  #dismiss() {
    this.cover.hide();
    this.playback.release("card");
  }

  async #opened() {
    for (;;) {
      try {
        return await api.preview(this.root.dataset.lesson);
      } catch (fault) {
        if (fault instanceof api.Refused) {
          this.cover.show({ title: words("refused_title"), text: fault.detail });
          return null;
        }
        this.cover.tell(words("network_start"));
        await new Promise((again) => setTimeout(again, TRY_AGAIN_MS));
      }
    }
  }
}

new Preview(document.querySelector(".xs-player")).open();
