// What the forms of registration share: notes at fields, what an ID number itself says, steps, and sending so that
// whatever is refused, nothing typed is lost. Without JavaScript the parts stand one below the other and the server says
// the same.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

// --- Texts -----------------------------------------------------------------------------------------------------------
/** As people really type: full-width made half-width, blanks stripped, capitals. */
export const plain = (text) => text.normalize("NFKC").replace(/\s/g, "").toUpperCase();

/** The birth date in a number as it stands there, empty for one that is none. */
export function birthDate(number) {
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)];
  const date = new Date(Date.UTC(year, month - 1, day));
  const stands = date.getUTCFullYear() === Number(year) && date.getUTCMonth() === month - 1;
  return stands && date.getUTCDate() === Number(day) ? `${year}-${month}-${day}` : "";
}

/** What is wrong with an ID number in the words of `say`, never whether it is known. */
export function faultOfNumber(idType, text, say) {
  const number = plain(text);
  if (!number) return say.required;
  if (idType !== "resident") return "";
  if (/^\d{15}$/.test(number)) return say.oldNumber;
  if (!/^\d{17}[\dX]$/.test(number)) return say.shortNumber;
  if (!birthDate(number)) return say.wrongDate;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17] ? "" : say.wrongDigit;
}

// --- Fields ----------------------------------------------------------------------------------------------------------
/** What one sees and focuses of a field: a picker's select has its face instead. */
export function faceOf(control) {
  return control.closest(".xs-picker")?.querySelector("[data-face] input") ?? control;
}

function boxOf(control) {
  const boxes = [".xs-picker", ".input-group", "[data-options]", ".xs-option", ".d-flex:has(.xs-captcha)"];
  return boxes.map((box) => control.closest(box)).find(Boolean) ?? control;
}

function labelOf(control) {
  return control.closest("fieldset")?.querySelector("legend").textContent
    ?? document.querySelector(`label[for="${faceOf(control).id}"]`)?.firstChild.textContent
    ?? control.closest("label").textContent.trim();
}

export function setError(control, message) {
  const face = faceOf(control);
  const id = `${control.type === "radio" ? face.id.replace(/_0$/, "") : face.id}_error`;
  let note = document.getElementById(id);
  if (!message) {
    note?.remove();
    face.classList.remove("is-invalid");
    face.removeAttribute("aria-invalid");
    return;
  }
  if (!note) {
    note = document.createElement("div");
    note.id = id;
    note.className = "invalid-feedback d-block";
    boxOf(control).after(note);
  }
  const icon = Object.assign(document.createElement("i"), { className: "bi bi-exclamation-circle-fill" });
  icon.setAttribute("aria-hidden", "true");
  note.replaceChildren(icon, ` ${message}`);
  face.classList.add("is-invalid");
  face.setAttribute("aria-invalid", "true");
  const described = new Set((face.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  face.setAttribute("aria-describedby", [...described.add(id)].join(" "));
}

// --- The form in steps -----------------------------------------------------------------------------------------------
/**
 * Leads through the steps of a form. `faultOf(control)` says what is wrong with what stands in a control, beyond that it
 * is required; `onShow(place)` is called when a step is shown.
 */
export class Guide {
  constructor(form, { faultOf = () => "", onShow = () => {} }) {
    this.form = form;
    this.say = form.dataset;
    this.faultIn = faultOf;
    this.onShow = onShow;
    this.steps = [...form.querySelectorAll("[data-step]")];
    this.marks = [...document.querySelectorAll("[data-steps] li")];
    this.summary = document.querySelector("[data-summary]");
    this.at = 0;
  }

  /** The control of this name; of radios the first. */
  named(name) {
    const found = this.form.elements[name];
    return found instanceof RadioNodeList ? found[0] : found;
  }

  start() {
    this.form.noValidate = true;
    document.querySelector("[data-steps]").hidden = false;
    for (const hidden of this.form.querySelectorAll("[data-acts], [data-back], [data-review]")) hidden.hidden = false;
    this.listen();
    const refused = Math.max(this.steps.findIndex((step) => step.querySelector(".invalid-feedback")), 0);
    window.history.replaceState({ step: refused }, "");
    this.show(refused, false);
  }

  listen() {
    this.form.addEventListener("click", ({ target }) => {
      if (target.closest("[data-next]")) this.next();
      if (target.closest("[data-back]")) this.goTo(this.at - 1);
    });
    window.addEventListener("popstate", ({ state }) => this.show(state?.step ?? 0));
    this.form.addEventListener("change", ({ target }) => {
      if (!target.name || target.name === "captcha") return;
      this.setError(target.name, target.value ? this.faultOf(this.named(target.name)) : "");
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || this.at === this.steps.length - 1) return;
      if (event.target.matches("input:not([type=checkbox])")) {
        event.preventDefault();
        this.next();
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const place = this.steps.findIndex((step) => this.firstFaulty(step));
      if (place === -1) {
        this.send(this.form.querySelector("[data-busy]"));
        return;
      }
      if (place !== this.at) this.goTo(place);
      faceOf(this.firstFaulty(this.steps[place])).focus();
    });
  }

  // --- Checks
  setError(name, message) { setError(this.named(name), message); }

  faultOf(control) {
    const isRequired = control.required || faceOf(control).hasAttribute("data-required");
    if (control.type === "checkbox") return isRequired && !control.checked ? this.say.tick : "";
    const value = control.type === "radio" ? this.form.elements[control.name].value : control.value.trim();
    if (isRequired && !value) return control.matches(".xs-picker select, [type=radio]") ? this.say.choose : this.say.required;
    return this.faultIn(control);
  }

  /** What may be faulty in a step: not what is hidden in it, but for selects that show as pickers. */
  controlsOf(step) {
    const isShown = (element) => {
      const hidden = element.closest("[hidden]");
      return hidden === null || hidden === step;
    };
    return [...step.querySelectorAll("input[name], select[name]")].filter((control) => {
      const seen = control.closest(".xs-picker") ?? control;
      return control.type !== "hidden" && this.named(control.name) === control && isShown(seen);
    });
  }

  /** Shows what is wrong in a step; the first control that is, if any. */
  firstFaulty(step) {
    let first = null;
    for (const control of this.controlsOf(step)) {
      const fault = this.faultOf(control);
      setError(control, fault);
      if (fault) first ??= control;
    }
    return first;
  }

  // --- Steps
  show(place, focus = true) {
    this.at = place;
    this.steps.forEach((step, number) => { step.hidden = number !== place; });
    this.marks.forEach((mark, number) => {
      mark.toggleAttribute("data-done", number < place);
      if (number === place) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
    });
    this.onShow(place);
    if (!focus) return;
    window.scrollTo(0, 0);
    this.steps[place].querySelector("h2").focus({ preventScroll: true });
  }

  goTo(place) {
    window.history.pushState({ step: place }, "");
    this.show(place);
  }

  next() {
    const faulty = this.firstFaulty(this.steps[this.at]);
    if (faulty) faceOf(faulty).focus();
    else this.goTo(this.at + 1);
  }

  placeOf(name) { return this.steps.findIndex((step) => step.contains(this.named(name))); }

  // --- Sending
  tell(errors) {
    const fields = Object.entries(errors).filter(([name]) => name !== "__all__");
    const list = document.createElement("ul");
    list.className = "mb-0 ps-3";
    for (const [name, message] of fields) {
      this.setError(name, message);
      list.append(this.pointTo(name, message));
    }
    const head = document.createElement(fields.length ? "strong" : "span");
    head.textContent = errors.__all__ ?? this.summary.dataset.several;
    head.className = "d-block";
    this.summary.replaceChildren(head, list);
    this.summary.hidden = false;
    const place = fields.length ? Math.min(...fields.map(([name]) => this.placeOf(name))) : this.at;
    if (place !== this.at) this.goTo(place);
    this.summary.focus();
  }

  pointTo(name, message) {
    const control = this.named(name);
    const link = document.createElement("a");
    link.href = `#${faceOf(control).id}`;
    link.textContent = labelOf(control);
    link.className = "alert-link text-decoration-underline";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.goTo(this.placeOf(name));
      faceOf(control).focus();
    });
    const item = document.createElement("li");
    item.append(link, `：${message}`);
    return item;
  }

  renewCaptcha({ key, image }) {
    this.named("captcha_key").value = key;
    this.named("captcha").value = "";
    this.form.querySelector("[data-renews] img").src = image;
  }

  async send(button) {
    const idle = button.textContent;
    button.disabled = true;
    button.textContent = button.dataset.busy;
    this.summary.hidden = true;
    try {
      const answer = await fetch(this.form.action, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
      });
      const { location, errors, captcha } = await answer.json();
      if (location) {
        window.location.assign(location);
        return;
      }
      this.renewCaptcha(captcha);
      this.tell(errors);
    } catch {
      this.tell({ __all__: this.summary.dataset.offline });
    }
    button.disabled = false;
    button.textContent = idle;
  }
}
