// A unit's registration: who stands above it and whether it has a credit code reveal their fields; the code's and the ID
// number's check places are looked at in the field.

import { Guide, faultOfNumber, plain } from "./register-form.js";

// GB 32100 and, for the nine places that older units have, GB 11714.
const PLACES = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const LEGACY_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

const form = document.querySelector("[data-register]");
const say = form.dataset;
const guide = new Guide(form, { faultOf });

const weighed = (code, places, weights) =>
  weights.reduce((total, weight, at) => total + weight * places.indexOf(code[at]), 0);

function isCreditCode(code) {
  return /^\d{8}[0-9A-HJ-NP-RTUWXY]{10}$/.test(code)
    && PLACES[(31 - (weighed(code, PLACES, WEIGHTS) % 31)) % 31] === code[17];
}

function isLegacyCode(code) {
  return /^[0-9A-Z]{8}[0-9X]$/.test(code) && "0123456789X0"[11 - (weighed(code, LETTERS, LEGACY_WEIGHTS) % 11)] === code[8];
}

function faultOfCode(text) {
  const code = plain(text).replaceAll("-", "");
  if (!code) return say.required;
  if (code.length === 9) return isLegacyCode(code) ? "" : say.wrongLegacy;
  if (code.length !== 18) return say.shortCode;
  return isCreditCode(code) ? "" : say.wrongCode;
}

function faultOfPermit(text) {
  const permit = plain(text).replaceAll("-", "");
  if (!permit) return say.noPermit;
  return /^XK[0-9A-Z]{10}$/.test(permit) ? "" : say.wrongPermit;
}

function faultOf(control) {
  if (control.name === "credit_code") return faultOfCode(control.value);
  if (control.name === "permit") return faultOfPermit(control.value);
  if (control.name === "id_number") return faultOfNumber(guide.named("id_type").value, control.value, say);
  if (control.name === "again" && control.value !== guide.named("password").value) return say.otherPassword;
  const isChosenAbove = ["department", "parent"].includes(control.name) && form.elements.above?.value === control.name;
  return isChosenAbove && !control.value ? say.choose : "";
}

/** What a choice of radios calls for: `data-when="above=department"`. */
function reveal() {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    part.hidden = form.elements[name].value !== value;
  }
}

/** Who has an account gives its password once; the rest is known. */
function switchAccount() {
  const known = guide.named("existing").checked;
  for (const part of form.querySelectorAll("[data-new-account]")) part.hidden = known;
  for (const name of ["administrator", "again", "mobile", "email"]) guide.named(name).required = !known;
  document.getElementById("id_password_helptext").hidden = known;
  guide.named("password").autocomplete = known ? "current-password" : "new-password";
}

form.addEventListener("change", ({ target }) => {
  if (target.name === "existing") switchAccount();
  if (target.type === "radio") reveal();
  const number = guide.named("id_number");
  if (target.name === "id_type" && number.value) guide.setError("id_number", guide.faultOf(number));
});
// What was wrong is looked at again with every key, so that the note goes as soon as it is right.
for (const name of ["id_number", "credit_code", "permit"]) {
  guide.named(name).addEventListener("input", ({ target }) => {
    if (target.classList.contains("is-invalid")) guide.setError(name, guide.faultOf(target));
  });
}
reveal();
switchAccount();
guide.start();
