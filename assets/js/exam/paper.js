// The paper on the page: one question at a time, the answer sheet, marks. Knows nothing of the server.

import { words } from "./words.js";

export class Paper {
  /** `form`: the paper; `sheet`: where the numbers stand; `tell`: `answered(question, chosen)`, `flagged(question)`, `handIn()`. */
  constructor(form, sheet, tell) {
    Object.assign(this, { form, sheet, tell });
    this.sections = [...form.querySelectorAll("section[data-question]")];
    this.total = this.sections.length;
    this.numbers = new Map([...sheet.querySelectorAll("a[data-of]")].map((link) => [link.dataset.of, link]));
    this.flags = new Set();
    this.#listen();
  }

  /** Show question `number` (from 1); `focus` puts the keyboard there. */
  show(number, { focus = true } = {}) {
    this.at = Math.min(Math.max(number, 1), this.total);
    this.sections.forEach((section, place) => (section.hidden = place !== this.at - 1));
    for (const link of this.numbers.values()) {
      if (Number(link.dataset.number) === this.at) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.form.dataset.ready = "";
    this.#buttons();
    history.replaceState(history.state, "", `#${this.at}`); // no element's id: the browser has nothing to scroll to
    if (focus) {
      this.sections[this.at - 1].querySelector(".xs-where").focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
  }

  /** Where to begin: at the question in the address, else at the first one without an answer. */
  get start() {
    const asked = Number(location.hash.match(/^#q?(\d+)$/)?.[1]);
    if (asked >= 1 && asked <= this.total) return asked;
    return this.sections.findIndex((section) => !this.#chosen(section).length) + 1 || 1;
  }

  get unanswered() {
    return this.sections.filter((section) => !this.#chosen(section).length).length;
  }

  /** Put an answer on the page that was chosen elsewhere or before. */
  choose(question, chosen) {
    const section = this.#section(question);
    if (!section) return;
    for (const input of section.querySelectorAll("input")) input.checked = chosen.includes(input.value);
    this.#mark(section);
  }

  flag(question, isFlagged) {
    const section = this.#section(question);
    if (!section) return;
    const button = section.querySelector("[data-flag-it]");
    button.setAttribute("aria-pressed", String(isFlagged));
    button.querySelector(".bi").className = `bi bi-bookmark${isFlagged ? "-fill" : ""}`;
    button.querySelector("span").textContent = words(isFlagged ? "flagged" : "flag");
    if (isFlagged) this.flags.add(question);
    else this.flags.delete(question);
    this.#mark(section);
  }

  /** Nothing can be changed any more, or again. */
  close(isClosed) {
    for (const fieldset of this.form.querySelectorAll("fieldset")) fieldset.disabled = isClosed;
  }

  #section(question) {
    return this.sections.find((section) => section.dataset.question === question);
  }

  #chosen(section) {
    return [...section.querySelectorAll("input:checked")].map((input) => input.value);
  }

  #listen() {
    this.form.addEventListener("change", ({ target }) => {
      const section = target.closest("section[data-question]");
      this.#mark(section);
      this.tell.answered(section.dataset.question, this.#chosen(section));
    });
    // Enter on an option would send the form; here it goes on.
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go(1);
    });
    this.form.addEventListener("click", ({ target }) => {
      const step = target.closest("[data-go]");
      if (step) this.#go(Number(step.dataset.go));
      const flag = target.closest("[data-flag-it]");
      if (flag) this.tell.flagged(flag.closest("section").dataset.question);
    });
  }

  #go(step) {
    if (step > 0 && this.at === this.total) this.tell.handIn();
    else this.show(this.at + step);
  }

  #mark(section) {
    const link = this.numbers.get(section.dataset.question);
    const done = this.#chosen(section).length > 0;
    const flagged = this.flags.has(section.dataset.question);
    link.toggleAttribute("data-done", done);
    link.toggleAttribute("data-flag", flagged);
    const said = words(done ? "question_done" : "question_left", { number: link.dataset.number });
    link.setAttribute("aria-label", flagged ? words("question_flag", { words: said }) : said);
    for (const count of document.querySelectorAll("[data-answered]")) count.textContent = this.total - this.unanswered;
    this.#buttons();
  }

  /** 交卷 is an outline until everything is answered; at the last question it takes the place of 下一题. */
  #buttons() {
    const isDone = this.unanswered === 0;
    for (const button of document.querySelectorAll("[data-hand-in]")) primary(button, isDone);
    const [back, on] = [-1, 1].map((step) => this.form.querySelector(`[data-go="${step}"]`));
    const isLast = this.at === this.total;
    back.disabled = this.at === 1;
    on.textContent = words(isLast ? "hand_in" : "next");
    primary(on, !isLast || isDone);
  }
}

export function primary(button, isPrimary) {
  button.classList.toggle("btn-primary", isPrimary);
  button.classList.toggle("btn-outline-primary", !isPrimary);
}
