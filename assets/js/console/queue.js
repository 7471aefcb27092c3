// Reviewing: choosing, keys, and decisions that wait ten seconds in the browser, where they can be taken back.

const WAIT_SECONDS = 10;
const SKELETON_AFTER_MS = 300;
const KEYS_OFF = "xs-keys-off";
const WIDE = window.matchMedia("(min-width: 992px)");
const root = document.querySelector("[data-queue]");
const bar = document.querySelector("[data-takeback]");
const rejectDialog = document.getElementById("reject");
const why = document.getElementById("why");
const place = document.getElementById("case");
const words = document.getElementById("queue-words")?.dataset;
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const visibleRows = () => $$("[data-case]", root).filter((row) => !row.hidden);
const box = (row) => $("input[name=case]", row);
const current = () => visibleRows().find((row) => row.getAttribute("aria-current") === "true");
const picked = () => visibleRows().filter((row) => box(row).checked);

function announce(text) {
  $("[data-announce]").textContent = text;
}

const fill = (text, n) => text.replace("%n", n);

// --- Choosing ---------------------------------------------------------------------------------------------------------
function count() {
  for (const number of $$("[data-picked]", root)) number.textContent = picked().length;
  for (const group of $$("[data-group]", root)) {
    const boxes = $$("[data-case]", group).filter((row) => !row.hidden).map(box);
    $("[data-group-size]", group).textContent = boxes.length;
    const all = $("[data-pick-group]", group);
    if (all) all.checked = boxes.length > 0 && boxes.every((one) => one.checked || one.disabled);
  }
}

/** The numbers in the tab and in the menu follow what was decided. */
function countWaiting(by) {
  for (const number of $$("[data-waiting]")) number.textContent = Math.max(0, Number(number.textContent) + by);
}

function pickAll(rows, checked) {
  for (const row of rows) if (!box(row).disabled) box(row).checked = checked;
  count();
}

// --- The current one --------------------------------------------------------------------------------------------------
function mark(row) {
  for (const one of $$("[data-case][aria-current]", root)) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}

/** Whether one was choosing last, not moving: then the keys mean the chosen ones. */
let isChoosing = false;

async function makeCurrent(row) {
  if (!row) return;
  isChoosing = false;
  mark(row);
  row.scrollIntoView({ block: "nearest" });
  $("[data-open]", row).focus({ preventScroll: true });
  if (row.tagName === "TR") await unfold(row);
  else if (isCaseShown()) await open(row);
}

/** Beside the list, or alone on a phone's page of a case. */
const isCaseShown = () => place !== null && place.offsetParent !== null;

let asked = 0;

/** Fills a place from an address: what was asked for last wins, a skeleton holds the place while it is slow. */
async function load(into, address, row) {
  const mine = (asked += 1);
  const show = (content) => { if (mine === asked) into.replaceChildren(content); };
  const copy = (name) => $(`template[data-${name}]`).content.cloneNode(true);
  into.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => show(copy("skeleton")), SKELETON_AFTER_MS);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    show(document.createRange().createContextualFragment(await answer.text()));
  } catch {
    const failed = copy("failed");
    $("a", failed).href = row.dataset.url;
    show(failed);
  }
  clearTimeout(slow);
  if (mine === asked) into.removeAttribute("aria-busy");
}

async function unfold(row) {
  $("[data-facts-row]", root)?.remove();
  const under = document.createElement("tr");
  under.className = "xs-case";
  under.dataset.factsRow = "";
  const cell = under.appendChild(document.createElement("td"));
  cell.colSpan = row.cells.length;
  cell.className = "full";
  const inner = cell.appendChild(document.createElement("div"));
  inner.className = "w-100 text-start";
  row.after(under);
  await load(inner, `${row.dataset.url}?part=facts`, row);
}

async function open(row) {
  if (place.getBoundingClientRect().top < 0) place.scrollIntoView();
  await load(place, `${row.dataset.url}?part=case`, row);
  if (!root.hasAttribute("data-follow")) return;
  window.history.replaceState(null, "", row.dataset.url);
  document.title = fill(words.title, row.dataset.title);
}

function step(by) {
  const rows = visibleRows();
  const at = rows.indexOf(current());
  makeCurrent(rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]);
}

// --- Deciding: a decision waits, is taken back, or is sent ------------------------------------------------------------
let waiting = null;

function body(decision, more = {}) {
  const data = new URLSearchParams({ decision: decision.kind, opinion: decision.opinion, ...more });
  for (const id of decision.ids) data.append("case", id);
  data.append("csrfmiddlewaretoken", $("input[name=csrfmiddlewaretoken]").value);
  return data;
}

async function send(decision) {
  const options = { method: "POST", body: body(decision), headers: { Accept: "application/json" }, keepalive: true };
  let results;
  try {
    const answer = await fetch(root.dataset.decide, options);
    if (answer.redirected) return giveBack(decision, words.loggedOut);
    if (!answer.ok) return giveBack(decision, words.failed);
    ({ results } = await answer.json());
  } catch {
    return giveBack(decision, words.offline);
  }
  for (const one of results) if (!one.decided) show(one.id, one.detail);
  if (!waiting && !visibleRows().length) window.location.assign(root.dataset.back || window.location.href);
}

/** A row that wasn't decided stands in the list again and says why; without a row the case itself says it. */
function show(id, text) {
  const row = $(`[data-case="${id}"]`, root);
  const note = document.createElement(row ? "small" : "div");
  note.textContent = text;
  if (row) {
    if (row.hidden) countWaiting(1);
    row.hidden = false;
    row.dataset.refused = "";
    $("[data-refusal]", row)?.remove();
    note.className = "d-block xs-late";
    note.dataset.refusal = "";
    $("[data-open]", row).after(note);
  } else {
    note.className = "alert alert-danger";
    place?.prepend(note);
  }
  announce(`${row?.dataset.title ?? ""} ${text}`);
  count();
}

function giveBack(decision, text) {
  for (const id of decision.ids) show(id, text);
}

function stopWaiting() {
  clearInterval(waiting.timer);
  bar.hidden = true;
  const decision = waiting;
  waiting = null;
  return decision;
}

function sendNow() {
  if (waiting) send(stopWaiting());
}

/** The page goes: a beacon outlives it, and the next page says what became of it. */
function sendOnLeaving() {
  if (waiting) navigator.sendBeacon(root.dataset.decide, body(stopWaiting(), { leaving: "1" }));
}

function takeBack() {
  if (!waiting) return;
  const decision = stopWaiting();
  for (const id of decision.ids) {
    const row = $(`[data-case="${id}"]`, root);
    if (row?.hidden) countWaiting(1);
    if (row) row.hidden = false;
  }
  place?.removeAttribute("hidden");
  announce(words.takenBack);
  count();
  makeCurrent($(`[data-case="${decision.ids[0]}"]`, root));
}

function decide(kind, ids, opinion = "") {
  sendNow();
  const rows = ids.map((id) => $(`[data-case="${id}"]`, root)).filter(Boolean);
  const after = visibleRows();
  const next = after.slice(after.indexOf(rows.at(-1)) + 1).find((row) => !rows.includes(row));
  $("[data-facts-row]", root)?.remove();
  for (const row of rows) {
    row.hidden = true;
    row.removeAttribute("aria-current");
  }
  countWaiting(-rows.length);
  const said = fill(kind === "pass" ? words.passed : words.rejected, ids.length);
  $("[data-said]", bar).textContent = said;
  announce(`${said}${words.canTakeBack}`);
  let tenths = WAIT_SECONDS * 10;
  const draw = () => {
    $("[data-left]", bar).textContent = Math.ceil(tenths / 10);
    $("rect", bar).setAttribute("width", `${(tenths / WAIT_SECONDS) * 10}%`);
  };
  draw();
  bar.hidden = false;
  const timer = setInterval(() => {
    tenths -= 1;
    draw();
    if (tenths <= 0) sendNow();
  }, 100);
  waiting = { kind, ids, opinion, timer };
  count();
  const left = next ?? visibleRows()[0];
  if (left) makeCurrent(left);
  else place?.setAttribute("hidden", "");
}

/** What the keys decide: the chosen ones; but an odd one that was opened and not chosen is meant alone. */
function chosen() {
  const rows = picked();
  const here = current();
  if (rows.length && (isChoosing || !here || box(here).checked)) return rows.map((row) => row.dataset.case);
  if (place?.hasAttribute("aria-busy")) return []; // nobody decides what he doesn't see yet
  const open_ = here?.dataset.case ?? $("[data-open-case]", root)?.dataset.openCase;
  return open_ && $(`[data-case="${open_}"] input:disabled`, root) === null ? [open_] : [];
}

function pass(ids = chosen()) {
  if (ids.length) decide("pass", ids);
}

let rejecting = [];

function reject(ids = chosen()) {
  if (!ids.length) return;
  rejecting = ids;
  const title = $("#reject-title");
  title.textContent = fill(title.dataset.words, ids.length);
  why.classList.remove("is-invalid");
  window.bootstrap.Modal.getOrCreateInstance(rejectDialog).show();
}

function rejectNow() {
  why.classList.toggle("is-invalid", !why.value.trim());
  if (!why.value.trim()) return why.focus();
  window.bootstrap.Modal.getInstance(rejectDialog).hide();
  decide("reject", rejecting, why.value.trim());
  why.value = "";
}

/** The form beside an open case: its decision waits like the others. */
function decideOpen(form, kind) {
  if (place.hasAttribute("aria-busy")) return; // the next one is on its way
  const opinion = $("textarea", form);
  const isMissing = kind === "reject" && !opinion.value.trim();
  opinion.classList.toggle("is-invalid", isMissing);
  if (isMissing) return opinion.focus();
  decide(kind, [$("[data-open-case]", root).dataset.openCase], opinion.value.trim());
}

// --- What is clicked and pressed --------------------------------------------------------------------------------------
function onClick(event) {
  const hit = (selector) => event.target.closest(selector);
  const link = hit("[data-open]");
  if (link && !event.ctrlKey && !event.metaKey && (WIDE.matches || link.closest("tr"))) {
    event.preventDefault();
    makeCurrent(link.closest("[data-case]"));
  } else if (hit("[data-clear]")) pickAll(visibleRows(), false);
  else if (hit("[data-pass-one]")) pass([current().dataset.case]);
  else if (hit("[data-reject-one]")) reject([current().dataset.case]);
}

function onChange(event) {
  isChoosing = root.contains(event.target);
  const group = event.target.matches("[data-pick-group]") && event.target.closest("[data-group]");
  if (group) pickAll($$("[data-case]", group), event.target.checked);
  else if (event.target.matches("[data-pick-all]")) pickAll(visibleRows(), event.target.checked);
  else if (event.target.name === "case") count();
}

function onSubmit(event) {
  const button = event.submitter;
  if (event.target.id === "batch" && button?.name === "decision") {
    event.preventDefault();
    const ids = picked().map((row) => row.dataset.case);
    if (button.value === "pass") pass(ids);
    else reject(ids);
  } else if (event.target.matches("[data-decision]")) {
    event.preventDefault();
    decideOpen(event.target, button.value);
  }
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const row = current();
    isChoosing = true;
    if (row) pickAll([row], !box(row).checked);
  },
  a: () => pass(),
  r: () => reject(),
  z: takeBack,
  "?": () => window.bootstrap.Modal.getOrCreateInstance(document.getElementById("keys")).show(),
};

/** Who speaks to his computer, or often hits a key by mistake, turns the single keys off. */
const areKeysOff = () => window.localStorage.getItem(KEYS_OFF) !== null;

function onKeysSwitch(event) {
  if (event.target.checked) window.localStorage.removeItem(KEYS_OFF);
  else window.localStorage.setItem(KEYS_OFF, "1");
}

function onKey(event) {
  if (areKeysOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, .modal.show")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

if (root) {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
  $("[data-undo]", bar).addEventListener("click", takeBack);
  $("[data-reject-now]").addEventListener("click", rejectNow);
  window.addEventListener("pagehide", sendOnLeaving);
  const keys = $("[data-keys-switch]");
  keys.checked = !areKeysOff();
  keys.addEventListener("change", onKeysSwitch);
  count();
  const first = visibleRows()[0];
  if (first && isCaseShown() && !$("[data-open-case]", root)) {
    mark(first);
    open(first);
  }
}
document.addEventListener("click", (event) => {
  const reason = event.target.closest("[data-reason-for]");
  if (!reason) return;
  const field = document.getElementById(reason.dataset.reasonFor);
  field.value = [field.value.trim(), reason.textContent.trim()].filter(Boolean).join("；");
  field.classList.remove("is-invalid");
  field.focus();
});
