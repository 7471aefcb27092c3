// Adding an administrator step by step: one form, of which one step and one way is seen at a time. Without JavaScript
// all of it stands below one another, and searching sends the form.

const WAIT_MS = 250;
const form = document.querySelector("[data-wizard]");

class Wizard {
  constructor() {
    this.steps = [...form.querySelectorAll("[data-step]")];
    this.marks = [...document.querySelectorAll("[data-steps] li")];
    this.ways = [...form.querySelectorAll("[data-way]")];
    for (const hidden of form.querySelectorAll("[data-wizard-bar], [data-go]")) hidden.hidden = false;
    form.addEventListener("change", (event) => { if (event.target.name === "way") this.showWay(); });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-go]");
      if (button) this.go(Number(button.dataset.go));
    });
    // Enter in a field of the first step goes on; it doesn't send.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=checkbox])")) return;
      if (!event.target.closest("[data-step='1']")) return;
      event.preventDefault();
      if (event.target.matches("[data-finds]")) form.querySelector("[name=find]").click();
      else this.go(2);
    });
    this.showWay();
    this.show(Number(form.dataset.start));
  }

  get way() { return form.elements.way.value; }

  showWay() {
    for (const part of this.ways) {
      part.hidden = part.dataset.way !== this.way;
      part.disabled = part.hidden;
    }
  }

  /** What the chosen way still lacks is said before one goes on; the server has the last word. */
  isFilled() {
    const part = this.ways.find((one) => one.dataset.way === this.way);
    if (this.way === "colleague") return this.isPicked(part);
    const empty = [...part.querySelectorAll("input")].find((field) => !field.value.trim());
    if (!empty) return true;
    empty.required = true;
    empty.reportValidity();
    empty.required = false;
    return false;
  }

  isPicked(part) {
    if (part.querySelector("input[name=person]:checked")) return true;
    const people = part.querySelector("#people");
    people.querySelector("[role=status]").textContent = people.dataset.nobody;
    part.querySelector("[data-finds]").focus();
    return false;
  }

  go(step) {
    if (step === 2 && !this.isFilled()) return;
    this.show(step);
    window.scrollTo(0, 0);
  }

  show(step) {
    for (const one of this.steps) one.hidden = one.dataset.step !== String(step);
    this.marks.forEach((mark, place) => {
      mark.toggleAttribute("data-done", place + 1 < step);
      if (place + 1 === step) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
    });
    const legend = form.querySelector("[data-for-whom]");
    const name = this.name();
    if (name) legend.textContent = legend.dataset.forWhom.replace("{name}", name);
  }

  name() {
    if (this.way === "new") return form.elements.name.value.trim();
    if (this.way === "colleague") return form.querySelector("input[name=person]:checked")?.dataset.name;
    return "";
  }
}

/** People are looked for while one types; the field is sent in the body, so an ID number stands in no address. */
class Search {
  constructor(field) {
    this.field = field;
    this.place = document.getElementById(field.dataset.finds);
    field.addEventListener("input", () => {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.find(), WAIT_MS);
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name !== "find") return;
      event.preventDefault();
      this.find();
    });
  }

  async find() {
    clearTimeout(this.later);
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("find", "people");
    body.set("q", this.field.value);
    body.set("person", form.querySelector("input[name=person]:checked")?.value ?? "");
    try {
      const answer = await fetch(window.location.href, { method: "POST", body, signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(this.place.id);
      if (answer.ok && found) this.place.replaceChildren(...found.childNodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }
}

if (form) {
  new Wizard();
  for (const field of form.querySelectorAll("[data-finds]")) new Search(field);
}
