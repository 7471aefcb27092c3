// Sitting an exam: the paper, its answers on their way to the server, the server's time, and handing in.

import { Countdown } from "./countdown.js";
import { HandIn } from "./hand_in.js";
import { Paper } from "./paper.js";
import { Saving } from "./saving.js";
import { Store } from "./store.js";
import { words } from "./words.js";

const LOGIN = "/login/";
const ASK_AGAIN_MS = 180_000;
const BACK_SHOWN_MS = 5_000;

class Sitting {
  #troubled = false;

  constructor(form) {
    const { exam, now, deadline, savedAt } = form.dataset;
    Object.assign(this, { form, attempt: exam, savedAt });
    this.banner = document.querySelector("[data-network]");
    this.sheet = document.getElementById("sheet");
    this.store = new Store(exam, Date.parse(deadline), Date.parse(now));
    this.paper = new Paper(form, this.sheet, {
      answered: (question, chosen) => this.saving.change(question, chosen),
      flagged: (question) => this.#flag(question),
      handIn: () => this.handIn.ask(),
    });
    this.saving = new Saving(exam, this.store, this.#known(), {
      saved: (answer) => this.#saved(answer),
      trouble: () => this.#trouble(),
      refused: (fault) => this.refused(fault),
      state: (answer) => this.#state(answer),
      changed: (question, chosen) => this.paper.choose(question, chosen),
    });
    const clocks = document.querySelectorAll("[data-clock]");
    this.countdown = new Countdown(clocks, document.querySelector("[data-spoken]"), {
      over: () => this.handIn.timeIsUp(),
      slept: () => this.#ask(),
    });
    this.handIn = new HandIn(this, document.getElementById("hand-in"), this.sheet);
  }

  begin() {
    const { now, deadline } = this.form.dataset;
    const arrived = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
    this.#recall();
    for (const question of this.store.flags) this.paper.flag(question, true);
    this.paper.show(this.paper.start, { focus: false });
    this.countdown.set({ server_time: now, deadline }, arrived);
    this.saving.send();
    this.#listen();
  }

  /** What the server has, as the page came with it. */
  #known() {
    const known = {};
    for (const section of this.paper.sections) {
      const chosen = [...section.querySelectorAll("input")].filter((input) => input.defaultChecked);
      known[section.dataset.question] = chosen.map((input) => input.value);
    }
    return known;
  }

  /** What waited here when the page was closed, unless another device has answered since. */
  #recall() {
    for (const [question, { chosen }] of Object.entries(this.store.waiting)) {
      if (this.store.isOurs(question, this.saving.known[question] ?? [])) this.paper.choose(question, chosen);
      else this.store.drop(question);
    }
  }

  #listen() {
    this.sheet.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-number]");
      if (!link) return;
      event.preventDefault();
      this.#jump(Number(link.dataset.number));
    });
    window.addEventListener("online", () => this.saving.send());
    window.addEventListener("pagehide", () => this.saving.leave());
    window.addEventListener("pageshow", (event) => event.persisted && this.#ask());
    document.addEventListener("visibilitychange", () => document.hidden || this.#ask());
    this.asking = setInterval(() => this.#ask(), ASK_AGAIN_MS);
  }

  #jump(number) {
    const drawer = bootstrap.Offcanvas.getInstance(this.sheet);
    if (!drawer || !this.sheet.classList.contains("show")) {
      this.paper.show(number);
      return;
    }
    this.sheet.addEventListener("hidden.bs.offcanvas", () => setTimeout(() => this.paper.show(number)), { once: true });
    drawer.hide();
  }

  #flag(question) {
    this.store.toggleFlag(question);
    this.paper.flag(question, this.store.flags.includes(question));
  }

  /** How does the server see this attempt? What can't be reached is asked another time. */
  async #ask() {
    if (this.ended) return;
    try {
      await this.saving.refresh();
    } catch (fault) {
      if (fault.status) this.refused(fault);
    }
  }

  #state(answer) {
    if (!answer.deadline) this.end();
    else this.#time(answer);
  }

  #time(answer) {
    this.countdown.set(answer, answer.at);
    document.querySelector("[data-until]").textContent = words("deadline", { at: this.#clock(answer.deadline) });
  }

  #saved(answer) {
    this.savedAt = this.#clock(answer.saved_at);
    document.querySelector("[data-saved]").textContent = words("saved", { at: this.savedAt });
    this.#time(answer);
    if (!this.#troubled) return;
    this.#troubled = false;
    this.say("network_back", "wifi");
    setTimeout(() => this.#troubled || this.hush(), BACK_SHOWN_MS);
  }

  /** Nothing is to be said above the paper. */
  hush() {
    this.banner.hidden = true;
  }

  #trouble() {
    this.#troubled = true;
    this.say(this.savedAt ? "network" : "network_start");
  }

  /** A sentence above the paper. */
  say = (name, icon = "wifi-off") => {
    this.banner.querySelector(".bi").className = `bi bi-${icon}`;
    const text = words(name, { at: this.savedAt });
    if (this.banner.hidden || this.banner.lastElementChild.textContent !== text) {
      this.banner.hidden = false;
      this.banner.lastElementChild.textContent = text;
    }
  };

  /** The server said no: closed leads to the result, a lost session to the login; the rest to what the exam is about. */
  refused(fault) {
    if (fault.status === 401 || fault.code === "not_authenticated") this.#askToLogIn();
    else if (fault.code === "closed") this.end();
    else if (fault.status === 400) {
      this.store.forget();
      location.reload();
    } else location.replace(this.form.dataset.home);
  }

  #askToLogIn() {
    this.say("login", "person-lock");
    const link = document.createElement("a");
    link.href = `${LOGIN}?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = words("login_again");
    this.banner.lastElementChild.append(" ", link);
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.asking);
    this.countdown.stop();
    this.saving.stop();
    this.store.forget();
    location.replace(this.form.dataset.result);
  }

  /** An instant of the server as the time of day here, wherever this machine believes to be. */
  #clock(instant) {
    const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.form.dataset.zone };
    return new Intl.DateTimeFormat("zh-CN", style).format(new Date(instant));
  }
}

new Sitting(document.querySelector("form[data-exam]")).begin();
