import { serveCaptchas } from "./captcha.js";

// Small behaviours of every page. Each works on what carries its data attribute; without JavaScript pages still work.

/** The first thing that asks for it takes focus when a page opens: an error summary, so that it is read out. */
function takeFocus() {
  document.querySelector("[data-takes-focus]")?.focus();
}

/** A password field with a button that shows what was typed. */
function revealPasswords() {
  for (const button of document.querySelectorAll("[data-reveals]")) {
    const input = document.getElementById(button.dataset.reveals);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      button.querySelector(".bi").className = `bi bi-eye${shown ? "-slash" : ""}`;
    });
  }
}

/** A form is sent once: its button says so until the answer comes. Coming back to the page makes it usable again. */
function sendOnce() {
  const buttons = () => document.querySelectorAll("form[method=post] button[data-busy]");
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[data-busy]");
    if (!button || event.defaultPrevented) return;
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
    button.disabled = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of buttons()) {
      button.disabled = false;
      button.textContent = button.dataset.idle ?? button.textContent;
    }
  });
}

/** On a phone the side menu is one row that scrolls: the page one is on comes into sight. */
function showWhereOneIs() {
  document.querySelector(".xs-side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

function keepOfflinePage() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/service-worker.js");
}

showWhereOneIs();
takeFocus();
revealPasswords();
sendOnce();
serveCaptchas();
keepOfflinePage();
