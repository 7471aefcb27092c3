// A question as its learners will read it, beside the form that it is written in: options in order, formulas set.

import { showFormulas } from "./formulas.js";

const preview = document.querySelector("[data-question-preview]");
const form = preview.closest("form");
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
let waiting;

function field(name) {
  return form.elements.namedItem(name);
}

function options() {
  const found = [];
  for (let at = 0; at < Number(field("options-count")?.value ?? 0); at += 1) {
    const prefix = `options-${at}`;
    if (field(`${prefix}-deleted`)?.value) continue;
    found.push({
      order: Number(field(`${prefix}-order`)?.value ?? at),
      text: field(`${prefix}-value-text`)?.value ?? "",
      isRight: Boolean(field(`${prefix}-value-is_right`)?.checked),
      hasPicture: Boolean(field(`${prefix}-value-picture`)?.value),
    });
  }
  return found.sort((one, other) => one.order - other.order);
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

async function show() {
  const shown = preview.querySelector("[data-shown]");
  const stem = field("stem").value.trim();
  if (!stem) {
    shown.replaceChildren(line("p", preview.dataset.empty));
    return;
  }
  const asked = line("p", stem);
  asked.className = "xs-preview-stem";
  const list = document.createElement("ul");
  options().forEach(({ text, isRight, hasPicture }, at) => {
    const item = line("li", `${LETTERS[at] ?? ""}. ${text}${hasPicture ? " 🖼" : ""}`);
    if (isRight) item.append(line("strong", ` ✓ ${preview.dataset.right}`));
    list.append(item);
  });
  const parts = [asked, list];
  const explanation = field("explanation").value.trim();
  if (explanation) parts.push(line("p", explanation));
  const drawn = document.createElement("div");
  drawn.dataset.formulas = "";
  drawn.append(...parts);
  shown.replaceChildren(drawn);
  await showFormulas(drawn);
}

function showSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(show, 300);
}

for (const event of ["input", "change", "click"]) form.addEventListener(event, showSoon);
showSoon();
