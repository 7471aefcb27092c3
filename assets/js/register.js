// The technician's registration, step by step: checks at the field what the number itself says (never whether it is
// known), shows all for a last look, and sends the form so that whatever is refused, nothing typed is lost. Without
// JavaScript the four parts stand one below the other and the server says the same.

const form = document.querySelector("[data-register]");
const say = form.dataset;
const steps = [...form.querySelectorAll("[data-step]")];
const marks = [...document.querySelectorAll("[data-steps] li")];
const summary = document.querySelector("[data-summary]");
const { elements } = form;
const named = (name) => elements[name];
const NONE = "0";

// --- Fields ----------------------------------------------------------------------------------------------------------
/** What one sees and focuses of a field: a picker's select has its face instead. */
function faceOf(control) {
  return control.closest(".xs-picker")?.querySelector("[data-face] input") ?? control;
}

function boxOf(control) {
  return control.closest(".xs-picker") ?? control.closest(".input-group") ?? control.closest(".xs-option") ?? control;
}

function labelOf(control) {
  return document.querySelector(`label[for="${faceOf(control).id}"]`)?.firstChild.textContent
    ?? control.closest("label").textContent.trim();
}

function setError(name, message) {
  const control = named(name);
  const face = faceOf(control);
  const id = `${face.id}_error`;
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
    (boxOf(control).closest(".d-flex:has(.xs-captcha)") ?? boxOf(control)).after(note);
  }
  const icon = Object.assign(document.createElement("i"), { className: "bi bi-exclamation-circle-fill" });
  icon.setAttribute("aria-hidden", "true");
  note.replaceChildren(icon, ` ${message}`);
  face.classList.add("is-invalid");
  face.setAttribute("aria-invalid", "true");
  const described = new Set((face.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  face.setAttribute("aria-describedby", [...described.add(id)].join(" "));
}

// --- What an ID number says ------------------------------------------------------------------------------------------
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const isResident = () => named("id_type").value === "resident";
const plainNumber = () => named("id_number").value.normalize("NFKC").replace(/\s/g, "").toUpperCase();

/** The birth date in a number as it stands there, empty for one that is none. */
function birthDate(number) {
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)];
  const date = new Date(Date.UTC(year, month - 1, day));
  const stands = date.getUTCFullYear() === Number(year) && date.getUTCMonth() === month - 1;
  return stands && date.getUTCDate() === Number(day) ? `${year}-${month}-${day}` : "";
}

function faultOfNumber() {
  const number = plainNumber();
  if (!number) return say.required;
  if (!isResident()) return "";
  if (/^\d{15}$/.test(number)) return say.oldNumber;
  if (!/^\d{17}[\dX]$/.test(number)) return say.shortNumber;
  if (!birthDate(number)) return say.wrongDate;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17] ? "" : say.wrongDigit;
}

/** Sex and birth date of a 身份证 stand in its number; of other IDs they are asked. */
function fillFromNumber() {
  const stands = isResident() && !faultOfNumber();
  const number = plainNumber();
  const said = { born_on: birthDate(number), sex: number[16] % 2 ? "M" : "F" };
  for (const [name, value] of Object.entries(said)) {
    const control = named(name);
    control.disabled = isResident();
    if (stands) control.value = value;
    const note = control.parentElement.querySelector("[data-from]");
    note.hidden = !isResident();
    if (stands) setError(name, "");
  }
}

function addNotes() {
  for (const name of ["born_on", "sex"]) {
    const note = Object.assign(document.createElement("div"), { className: "form-text", textContent: say.fromNumber });
    note.dataset.from = "";
    named(name).after(note);
  }
}

// --- Checks ----------------------------------------------------------------------------------------------------------
const REQUIRED_LATER = ["born_on", "sex"];

function isRequired(control) {
  return control.required || faceOf(control).hasAttribute("data-required")
    || (REQUIRED_LATER.includes(control.name) && !control.disabled);
}

function faultOfDate(control) {
  const { value, name } = control;
  const born = named("born_on").value;
  if (!value) return "";
  if (value > new Date().toLocaleDateString("sv")) return say.future;
  return name !== "born_on" && born && value <= born ? say.beforeBirth : "";
}

function faultOf(control) {
  if (control.type === "checkbox") return control.required && !control.checked ? say.tick : "";
  if (isRequired(control) && !control.value.trim()) return control.closest(".xs-picker") ? say.choose : say.required;
  if (control.name === "id_number") return faultOfNumber();
  if (control.name === "again" && control.value !== named("password").value) return say.otherPassword;
  return control.type === "date" ? faultOfDate(control) : "";
}

/** What may be faulty in a step: not what is hidden in it, but for selects that show as pickers. */
function controlsOf(step) {
  return [...step.querySelectorAll("input[name], select[name]")].filter((control) => {
    const hidden = control.closest("[hidden]");
    return control.type !== "hidden" && (hidden === null || hidden === step || control.matches(".xs-picker select"));
  });
}

/** Shows what is wrong in a step; the first control that is, if any. */
function firstFaulty(step) {
  let first = null;
  for (const control of controlsOf(step)) {
    const fault = faultOf(control);
    setError(control.name, fault);
    if (fault) first ??= control;
  }
  return first;
}

// --- Steps -----------------------------------------------------------------------------------------------------------
let at = 0;

function show(place, focus = true) {
  at = place;
  steps.forEach((step, number) => { step.hidden = number !== place; });
  marks.forEach((mark, number) => {
    mark.toggleAttribute("data-done", number < place);
    if (number === place) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  });
  if (place === steps.length - 1) review();
  if (!focus) return;
  window.scrollTo(0, 0);
  steps[place].querySelector("h2").focus({ preventScroll: true });
}

function goTo(place) {
  window.history.pushState({ step: place }, "");
  show(place);
}

function next() {
  const faulty = firstFaulty(steps[at]);
  if (faulty) faceOf(faulty).focus();
  else goTo(at + 1);
}

function textOf(name) {
  const control = named(name);
  if (control.matches(".xs-picker select")) return faceOf(control).value;
  return control.tagName === "SELECT" && control.value ? control.selectedOptions[0].text : control.value;
}

function masked(number) {
  const [head, tail] = number.length >= 15 ? [6, 4] : number.length >= 7 ? [2, 2] : [0, 0];
  return number.slice(0, head) + "*".repeat(number.length - head - tail) + number.slice(number.length - tail);
}

function review() {
  for (const place of form.querySelectorAll("[data-shows]")) {
    const texts = "masked" in place.dataset ? [masked(plainNumber())] : place.dataset.shows.split(" ").map(textOf);
    place.textContent = [...new Set(texts)].filter(Boolean).join(" · ");
  }
}

// --- Fields that set others ------------------------------------------------------------------------------------------
/** 无 of the series is 无 of level and qualification; likewise of the professional qualification. */
function spreadNone(name) {
  const select = named(name);
  if (select.value !== NONE) return;
  const label = select.selectedOptions[0].text;
  const followers = name === "title_series" ? ["title_level", "qualification"] : ["professional_level"];
  for (const follower of followers) {
    named(follower).dispatchEvent(new CustomEvent("picker:set", { detail: { value: NONE, label } }));
    setError(follower, "");
  }
}

/** Who has an account gives its password once; contact data he gave then may stay. */
function switchAccount() {
  const known = named("existing").checked;
  form.querySelector("[data-new-account]").hidden = known;
  named("again").required = !known;
  named("password").autocomplete = known ? "current-password" : "new-password";
  for (const name of ["mobile", "email"]) {
    named(name).required = !known;
    const word = named(name).closest("[data-contact]").querySelector("[data-optional]");
    word.textContent = known ? word.dataset.optional : "";
    if (known) setError(name, "");
  }
}

// --- Sending ---------------------------------------------------------------------------------------------------------
function tell(errors) {
  const fields = Object.entries(errors).filter(([name]) => name !== "__all__");
  const list = document.createElement("ul");
  list.className = "mb-0 ps-3";
  for (const [name, message] of fields) {
    setError(name, message);
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${faceOf(named(name)).id}`;
    link.textContent = labelOf(named(name));
    link.className = "alert-link text-decoration-underline";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(steps.findIndex((step) => step.contains(named(name))));
      faceOf(named(name)).focus();
    });
    item.append(link, `：${message}`);
    list.append(item);
  }
  const head = document.createElement(fields.length ? "strong" : "span");
  head.textContent = errors.__all__ ?? summary.dataset.several;
  head.className = "d-block";
  summary.replaceChildren(head, list);
  summary.hidden = false;
  const place = fields.length ? steps.findIndex((step) => fields.some(([name]) => step.contains(named(name)))) : at;
  if (place !== at) goTo(place);
  summary.focus();
}

function renewCaptcha({ key, image }) {
  named("captcha_key").value = key;
  named("captcha").value = "";
  form.querySelector("[data-renews] img").src = image;
}

async function send(button) {
  const idle = button.textContent;
  button.disabled = true;
  button.textContent = button.dataset.busy;
  summary.hidden = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    const { location, errors, captcha } = await answer.json();
    if (location) {
      window.location.assign(location);
      return;
    }
    renewCaptcha(captcha);
    tell(errors);
  } catch {
    tell({ __all__: summary.dataset.offline });
  }
  button.disabled = false;
  button.textContent = idle;
}

// --- The page --------------------------------------------------------------------------------------------------------
form.noValidate = true;
document.querySelector("[data-steps]").hidden = false;
for (const hidden of form.querySelectorAll("[data-acts], [data-back], [data-review]")) hidden.hidden = false;
addNotes();
switchAccount();
fillFromNumber();

form.addEventListener("click", ({ target }) => {
  if (target.closest("[data-next]")) next();
  if (target.closest("[data-back]")) goTo(at - 1);
});
window.addEventListener("popstate", ({ state }) => show(state?.step ?? 0));
form.addEventListener("change", ({ target }) => {
  if (target.name === "existing") switchAccount();
  if (target.name === "id_type" || target.name === "id_number") fillFromNumber();
  if (target.name === "id_type" && plainNumber()) setError("id_number", faultOfNumber());
  if (target.name === "title_series" || target.name === "professional_qualification") spreadNone(target.name);
  if (target.name in elements && target.name !== "captcha") setError(target.name, target.value ? faultOf(target) : "");
});
// A number that was wrong is looked at again with every key, so that the note goes as soon as it is right.
named("id_number").addEventListener("input", ({ target }) => {
  if (target.classList.contains("is-invalid")) setError("id_number", faultOfNumber());
  if (!faultOfNumber()) fillFromNumber();
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || at === steps.length - 1) return;
  if (event.target.matches("input:not([type=checkbox])")) {
    event.preventDefault();
    next();
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const place = steps.findIndex((step) => firstFaulty(step));
  if (place === -1) {
    send(form.querySelector("[data-busy]"));
    return;
  }
  if (place !== at) goTo(place);
  faceOf(firstFaulty(steps[place])).focus();
});

const refused = steps.findIndex((step) => step.querySelector(".invalid-feedback"));
window.history.replaceState({ step: Math.max(refused, 0) }, "");
show(Math.max(refused, 0), false);
