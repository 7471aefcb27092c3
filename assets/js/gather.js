// Several classes in one order: what is chosen stays chosen while one filters and turns pages, and the bar counts it.
// Without this script the classes of one page can be chosen and ordered; prices are the server's in any case.

const KEPT = "gathered";

const kept = () => new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
const keep = (slugs) => sessionStorage.setItem(KEPT, JSON.stringify([...slugs]));
const form = () => document.querySelector("[data-gather]");

/** An order that leads back to choose more brings its classes along; the address is then that of the list alone. */
function takeAlong() {
  const address = new URL(location.href);
  const along = address.searchParams.getAll("class");
  if (!along.length) return;
  keep(new Set([...kept(), ...along]));
  address.searchParams.delete("class");
  history.replaceState(history.state, "", address);
}

function show() {
  const list = form();
  if (!list) return;
  const chosen = kept();
  for (const box of list.querySelectorAll("input[name=class]")) box.checked = chosen.has(box.value);
  const said = list.querySelector("[data-gathered-count]");
  said.dataset.none ??= said.textContent;
  said.textContent = chosen.size ? said.dataset.words.replace("{count}", chosen.size) : said.dataset.none;
  list.querySelector("[data-gathered-none]").hidden = !chosen.size;
  list.querySelector("[type=submit]").disabled = !chosen.size;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-gather] input[name=class]")) return;
  const chosen = kept();
  if (event.target.checked) chosen.add(event.target.value);
  else chosen.delete(event.target.value);
  keep(chosen);
  show();
});

document.addEventListener("reset", (event) => {
  if (!event.target.matches("[data-gather]")) return;
  event.preventDefault();
  keep([]);
  show();
});

/** What was chosen on other pages goes along; the order is the server's from here on. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-gather]")) return;
  const here = new Set([...event.target.querySelectorAll("input[name=class]")].map((box) => box.value));
  for (const slug of kept()) {
    if (here.has(slug)) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "class", value: slug });
    event.target.append(field);
  }
  keep([]);
});

document.addEventListener("htmx:afterSettle", show);
window.addEventListener("pageshow", show);
takeAlong();
show();
