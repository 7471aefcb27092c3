import { showFormulas } from "./formulas.js";

// Practice: htmx swaps the question for its answer and the answer for the next question; this adds the keyboard, the
// focus and the word about a lost connection. Without JavaScript the same forms lead from page to page.

const place = () => document.getElementById("practice");
const isTyping = (target) => target.closest("select, textarea, input:not([type=radio], [type=checkbox])");

/** 1–8 and A–H choose an option; true and false have two. */
function optionOf(key) {
  const at = /^[1-8]$/.test(key) ? Number(key) - 1 : "abcdefgh".indexOf(key.toLowerCase());
  return key.length === 1 && at >= 0 ? place().querySelectorAll("input[name=option]")[at] : undefined;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const option = optionOf(event.key);
  if (option) {
    option.click();
    option.focus();
  } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    place().querySelector("[data-primary]")?.click();
  } else return;
  event.preventDefault();
});

function network(isLost) {
  document.querySelector("[data-network]").hidden = !isLost;
}

// Somebody else's page came back, that of the login for one: go there as a whole.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.responseText.includes('id="practice"')) return;
  event.detail.shouldSwap = false;
  window.location.reload();
});
document.body.addEventListener("htmx:sendError", () => network(true));
document.body.addEventListener("htmx:responseError", () => network(true));
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) network(false);
});

/** What is new is read out: the place in the batch, or what came of the answer. */
document.body.addEventListener("htmx:afterSettle", () => {
  showFormulas(place());
  const said = place().querySelector("[data-takes-focus]") ?? place().querySelector("[data-focus]");
  said?.focus({ preventScroll: true });
  said?.scrollIntoView({ block: "nearest" });
});
