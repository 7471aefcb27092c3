// A quiz or presence check over the picture: no close, focus stays inside, right goes on.

import { Refused } from "./api.js";
import { make } from "./dom.js";
import { words } from "./words.js";

export class Quiz {
  /** `others`: what can't be reached while it is open. */
  constructor(root, others) {
    Object.assign(this, { root, others, open: false });
    root.addEventListener("keydown", (event) => this.#keepFocus(event));
  }

  /**
   * Ask, until the answer is right or the person wants to look back.
   * `send(answers)` answers the server; gives {result} or, for looking back, {back: true}; or {gone: fault} where the
   * server doesn't want an answer any more.
   */
  ask(quiz, send) {
    this.quiz = quiz;
    return new Promise((resolve) => {
      this.finish = (outcome) => {
        this.#hide();
        resolve(outcome);
      };
      this.#show(send);
    });
  }

  /** Close without an answer: the watch is over. */
  cancel() {
    if (this.open) this.finish({ gone: null });
  }

  #show(send) {
    const { kind, questions } = this.quiz;
    const single = questions.length === 1;
    const title = single ? questions[0].stem : words("quiz_many", { count: questions.length });
    this.say = make("span", { class: "small text-secondary", role: "status" }, words(`${kind}_hint`) ?? "");
    this.send = make("button", { class: "btn btn-primary", type: "submit" }, words(`${kind}_send`));
    this.back = make("button", { class: "btn btn-outline-primary", type: "button", hidden: true,
      click: () => this.finish({ back: true }) }, words("quiz_back"));
    this.heading = make("h2", { class: "h3 mb-3", id: "quiz-title", tabindex: "-1" }, title);
    this.fields = questions.map((question) => this.#question(question, single));
    this.form = make("form", { novalidate: true },
      make("p", { class: "small text-secondary mb-1" }, words(`${kind}_lead`)),
      this.heading, ...this.fields, make("div", { class: "acts" }, this.send, this.back, this.say));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(send);
    });
    this.root.replaceChildren(this.form);
    this.root.hidden = false;
    this.open = true;
    for (const other of this.others) other.inert = true;
    this.heading.focus();
    if (!document.fullscreenElement) this.root.scrollIntoView({ block: "nearest" });
  }

  #question(question, single) {
    const type = question.kind === "multiple" ? "checkbox" : "radio";
    const several = type === "checkbox" ? make("small", { class: "text-secondary fw-normal" }, words("quiz_multiple")) : null;
    const legend = single ? several : make("legend", {}, question.stem, " ", several);
    const options = question.options.map((option) =>
      make("label", { class: "xs-option" },
        make("input", { class: "form-check-input", type, name: `q${question.id}`, value: option.id,
          change: () => this.#forgive(question.id) }),
        make("span", {}, option.text)));
    const named = single ? { "aria-labelledby": "quiz-title" } : {};
    return make("fieldset", { "data-question": question.id, ...named }, legend, ...options);
  }

  #forgive(id) {
    const field = this.#field(id);
    field.removeAttribute("data-wrong");
    for (const option of field.querySelectorAll("[data-result]")) option.removeAttribute("data-result");
  }

  #field(id) {
    return this.fields.find((field) => field.dataset.question === String(id));
  }

  #answers() {
    return Object.fromEntries(this.fields.map((field) => [
      field.dataset.question, [...field.querySelectorAll(":checked")].map((input) => input.value)]));
  }

  async #submit(send) {
    const answers = this.#answers();
    const empty = Object.keys(answers).find((id) => !answers[id].length);
    if (empty !== undefined) {
      this.say.textContent = words(this.fields.length > 1 ? "quiz_all" : "quiz_choose");
      this.#field(empty).querySelector("input").focus();
      return;
    }
    this.send.disabled = true;
    this.say.textContent = "";
    try {
      this.#answered(await send(answers));
    } catch (fault) {
      this.#refused(fault);
    }
  }

  #answered(result) {
    if (result.correct) {
      this.result = result;
      if (this.quiz.kind === "presence") this.finish({ result });
      else this.#right(result);
      return;
    }
    this.send.disabled = false;
    this.back.hidden = this.quiz.kind === "presence";
    this.say.textContent = words(this.fields.length > 1 ? "quiz_wrong_some" : "quiz_wrong", { count: result.wrong.length });
    for (const id of result.wrong) {
      const field = this.#field(id);
      field.dataset.wrong = "";
      for (const picked of field.querySelectorAll(":checked")) picked.closest(".xs-option").dataset.result = "bad";
    }
    this.#field(result.wrong[0])?.querySelector(":checked")?.focus();
  }

  #right(result) {
    const go = make("button", { class: "btn btn-primary", type: "submit" }, words("quiz_continue"));
    this.heading.textContent = words("quiz_right");
    this.heading.id = "quiz-title";
    const done = make("form", {}, this.heading,
      result.explanation ? make("p", { class: "explains" }, result.explanation) : null,
      make("div", { class: "acts" }, go));
    done.addEventListener("submit", (event) => {
      event.preventDefault();
      this.finish({ result });
    });
    this.form.replaceWith(done);
    go.focus();
  }

  #refused(fault) {
    const refused = fault instanceof Refused;
    if (refused && fault.code !== "too_many_tries" && fault.status !== 400) {
      this.finish({ gone: fault });
      return;
    }
    this.say.textContent = refused ? words(fault.code) ?? fault.detail : words("quiz_unreachable");
    this.back.hidden = this.quiz.kind === "presence" || fault.code !== "too_many_tries";
    if (fault.wait) this.#wait(fault.wait);
    else this.send.disabled = false;
  }

  /** Guessing has a price: the button counts down. */
  #wait(seconds) {
    const label = words(`${this.quiz.kind}_send`);
    const until = performance.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((until - performance.now()) / 1000);
      this.send.textContent = left > 0 ? words("quiz_wait", { label, seconds: left }) : label;
      if (left > 0 && this.open) return;
      clearInterval(timer);
      this.send.disabled = false;
      this.say.textContent = "";
    }, 250);
  }

  #keepFocus(event) {
    if (event.key !== "Tab") return;
    const stops = [...this.root.querySelectorAll("button, input")].filter((stop) => !stop.disabled && !stop.closest("[hidden]"));
    const [first, last] = [stops[0], stops.at(-1)];
    const at = document.activeElement;
    const outside = !stops.includes(at);
    if (event.shiftKey && (at === first || outside)) last.focus();
    else if (!event.shiftKey && at === last) first.focus();
    else return;
    event.preventDefault();
  }

  #hide() {
    this.root.hidden = true;
    this.root.replaceChildren();
    this.open = false;
    for (const other of this.others) other.inert = false;
  }
}
