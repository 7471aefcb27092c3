// The catalogue applies filters at once and says how much was found. Without JavaScript the same form has its buttons.

const said = document.querySelector("[data-found]");

/** A filter that changes sends the form; typing in the search box waits for Enter. */
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-filters] select")) event.target.form.requestSubmit();
});

/** Only what is set goes into the address, so that it stays short enough to be passed on. */
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) {
    if (parameters[name] === "" || (name === "sort" && parameters[name] === "newest")) delete parameters[name];
  }
});

document.addEventListener("htmx:afterSettle", () => {
  const count = document.querySelector("[data-count]");
  if (count) said.textContent = count.textContent;
});
