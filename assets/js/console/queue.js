// Reviewing: choosing, keys, and decisions that wait ten seconds in the browser, where they can be taken back.

const WAIT_SECONDS = 10;
const WIDE = window.matchMedia("(min-width: 992px)");
const root = document.querySelector("[data-queue]");
const bar = document.querySelector("[data-takeback]");
const rejectDialog = document.getElementById("reject");
const why = document.getElementById("why");
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const visibleRows = () => $$("[data-case]", root).filter((row) => !row.hidden);
const box = (row) => $("input[name=case]", row);
const current = () => visibleRows().find((row) => row.getAttribute("aria-current") === "true");
const picked = () => visibleRows().filter((row) => box(row).checked);

function announce(text) {
  $("[data-announce]").textContent = text;
}

// --- Choosing ---------------------------------------------------------------------------------------------------------
function count() {
  for (const number of $$("[data-picked]", root)) number.textContent = picked().length;
  for (const group of $$("[data-pick-group]", root)) {
    const boxes = $$("[data-case]", group.closest("tbody")).filter((row) => !row.hidden).map(box);
    group.checked = boxes.length > 0 && boxes.every((one) => one.checked || one.disabled);
  }
}

function pickAll(rows, checked) {
  for (const row of rows) if (!box(row).disabled) box(row).checked = checked;
  count();
}

// --- The current one --------------------------------------------------------------------------------------------------
async function makeCurrent(row) {
  if (!row) return;
  for (const one of $$("[data-case][aria-current]", root)) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  $("[data-open]", row).focus({ preventScroll: true });
  if (row.tagName === "TR") await unfold(row);
  else if (WIDE.matches) await open(row);
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

async function unfold(row) {
  $("[data-facts-row]", root)?.remove();
  const place = document.createElement("tr");
  place.className = "xs-case";
  place.dataset.factsRow = "";
  const cell = place.appendChild(document.createElement("td"));
  cell.colSpan = row.cells.length;
  cell.className = "full";
  row.after(place);
  try {
    cell.innerHTML = `<div class="w-100 text-start">${await fetched(`${row.dataset.url}?part=facts`)}</div>`;
  } catch {
    place.remove();
  }
}

async function open(row) {
  try {
    const page = new DOMParser().parseFromString(await fetched(row.dataset.url), "text/html");
    const found = page.getElementById("case");
    $("#case").replaceChildren(...found.childNodes);
    $("#case").classList.remove("d-none");
  } catch {
    window.location.assign(row.dataset.url);
  }
}

function step(by) {
  const rows = visibleRows();
  const at = rows.indexOf(current());
  makeCurrent(rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]);
}

// --- Deciding: a decision waits, is taken back, or is sent ------------------------------------------------------------
let waiting = null;

function body(decision) {
  const data = new URLSearchParams({ decision: decision.kind, opinion: decision.opinion });
  for (const id of decision.ids) data.append("case", id);
  data.append("csrfmiddlewaretoken", $("input[name=csrfmiddlewaretoken]").value);
  return data;
}

async function send(decision) {
  const options = { method: "POST", body: body(decision), headers: { Accept: "application/json" }, keepalive: true };
  let answer;
  try {
    answer = await fetch(root.dataset.decide, options);
  } catch {
    return giveBack(decision, "网络不通，这几条没有审成，请再试一次");
  }
  if (!answer.ok) return giveBack(decision, "没有审成，请刷新后再试");
  const refused = (await answer.json()).results.filter((one) => !one.decided);
  for (const one of refused) show(one.id, one.detail);
  if (!visibleRows().length) window.location.assign(root.dataset.back || window.location.href);
}

function show(id, words) {
  const row = $(`[data-case="${id}"]`, root);
  if (!row) return window.alert(words);
  row.hidden = false;
  row.dataset.refused = "";
  const note = document.createElement("small");
  note.className = "d-block xs-late";
  note.textContent = words;
  $("[data-open]", row).after(note);
  announce(`${row.dataset.title}：${words}`);
  count();
}

function giveBack(decision, words) {
  for (const id of decision.ids) show(id, words);
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

/** The page goes: nobody is there to read the answer, and a beacon outlives the page. */
function sendOnLeaving() {
  if (waiting) navigator.sendBeacon(root.dataset.decide, body(stopWaiting()));
}

function takeBack() {
  if (!waiting) return;
  const decision = stopWaiting();
  for (const id of decision.ids) {
    const row = $(`[data-case="${id}"]`, root);
    if (row) row.hidden = false;
  }
  announce("已撤回");
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
  const said = kind === "pass" ? `已通过 ${ids.length} 条，` : `已退回 ${ids.length} 条，`;
  $("[data-said]", bar).textContent = said;
  announce(`${said}10 秒内可以撤回`);
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
  else if (!WIDE.matches || !$(".xs-queue", root)) $("#case")?.setAttribute("hidden", "");
}

function chosen() {
  const rows = picked();
  if (rows.length) return rows.map((row) => row.dataset.case);
  const open_ = current()?.dataset.case ?? $("[data-open-case]", root)?.dataset.openCase;
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
  title.textContent = title.dataset.words.replace("%n", ids.length);
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
  const opinion = $("textarea", form);
  opinion.classList.toggle("is-invalid", kind === "reject" && !opinion.value.trim());
  if (kind === "reject" && !opinion.value.trim()) return opinion.focus();
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
  if (event.target.matches("[data-pick-group]")) pickAll($$("[data-case]", event.target.closest("tbody")), event.target.checked);
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
    if (row) pickAll([row], !box(row).checked);
  },
  a: () => pass(),
  r: () => reject(),
  z: takeBack,
  "?": () => window.bootstrap.Modal.getOrCreateInstance(document.getElementById("keys")).show(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
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
  count();
}
document.addEventListener("click", (event) => {
  const reason = event.target.closest("[data-reason-for]");
  if (!reason) return;
  const field = document.getElementById(reason.dataset.reasonFor);
  field.value = [field.value.trim(), reason.textContent.trim()].filter(Boolean).join("；");
  field.classList.remove("is-invalid");
  field.focus();
});
