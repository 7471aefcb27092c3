// The technician's registration, step by step: checks at the field what the number itself says (never whether it is
// known) and shows all for a last look.

import { Guide, birthDate, faceOf, faultOfNumber, plain } from "./register-form.js";

const form = document.querySelector("[data-register]");
const say = form.dataset;
const guide = new Guide(form, { faultOf, onShow: (place) => { if (place === guide.steps.length - 1) review(); } });
const named = (name) => guide.named(name);
const NONE = "0";

// --- What an ID number says ------------------------------------------------------------------------------------------
const isResident = () => named("id_type").value === "resident";
const plainNumber = () => plain(named("id_number").value);
const faultInNumber = () => faultOfNumber(named("id_type").value, named("id_number").value, say);

/** Sex and birth date of a 身份证 stand in its number; of other IDs they are asked. */
function fillFromNumber() {
  const stands = isResident() && !faultInNumber();
  const number = plainNumber();
  const said = { born_on: birthDate(number), sex: number[16] % 2 ? "M" : "F" };
  for (const [name, value] of Object.entries(said)) {
    const control = named(name);
    control.disabled = isResident();
    control.required = !isResident();
    if (stands) control.value = value;
    const note = control.parentElement.querySelector("[data-from]");
    note.hidden = !isResident();
    if (stands) guide.setError(name, "");
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
function faultOfDate(control) {
  const { value, name } = control;
  const born = named("born_on").value;
  if (!value) return "";
  if (value > new Date().toLocaleDateString("sv")) return say.future;
  return name !== "born_on" && born && value <= born ? say.beforeBirth : "";
}

function faultOf(control) {
  if (control.name === "id_number") return faultInNumber();
  if (control.name === "again" && control.value !== named("password").value) return say.otherPassword;
  return control.type === "date" ? faultOfDate(control) : "";
}

// --- A last look -----------------------------------------------------------------------------------------------------
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
    guide.setError(follower, "");
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
    if (known) guide.setError(name, "");
  }
}

// --- The page --------------------------------------------------------------------------------------------------------
addNotes();
switchAccount();
fillFromNumber();

form.addEventListener("change", ({ target }) => {
  if (target.name === "existing") switchAccount();
  if (target.name === "id_type" || target.name === "id_number") fillFromNumber();
  if (target.name === "id_type" && plainNumber()) guide.setError("id_number", faultInNumber());
  if (target.name === "title_series" || target.name === "professional_qualification") spreadNone(target.name);
});
// A number that was wrong is looked at again with every key, so that the note goes as soon as it is right.
named("id_number").addEventListener("input", ({ target }) => {
  if (target.classList.contains("is-invalid")) guide.setError("id_number", faultInNumber());
  if (!faultInNumber()) fillFromNumber();
});
guide.start();
