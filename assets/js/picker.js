// Picked fields: a select becomes a read-only field whose dialog lists what may be chosen, searched in the page or, for
// long lists, on the server (/pickers/<what>/). Arrows move, Enter chooses, Escape closes and gives the focus back.
//
// A page includes components/picker_assets.html once; fields are those of web/picker_fields.py. The select keeps the
// value and fires `change` when one is chosen, so other scripts listen to the select; they set it by an event of their own:
// select.dispatchEvent(new CustomEvent("picker:set", { detail: { value: "0", label: "无" } })).

const WAIT_MS = 200;
const FEW = 12;

let dialog = null;
let opened = null;

// --- The dialog, one a page ------------------------------------------------------------------------------------------
class Dialog {
  constructor(template) {
    document.body.append(template.content.cloneNode(true));
    this.box = document.querySelector(".xs-picker-dialog");
    this.title = this.box.querySelector("#picker-title");
    this.search = this.box.querySelector("[data-search]");
    this.words = this.box.querySelector("#picker-words");
    this.said = this.box.querySelector("[data-said]");
    this.list = this.box.querySelector("#picker-list");
    this.more = this.box.querySelector("[data-more]");
    this.asked = null;
    this.listen();
  }

  listen() {
    this.box.querySelector("[data-close]").addEventListener("click", () => this.box.close());
    this.box.addEventListener("click", (event) => { if (event.target === this.box) this.box.close(); });
    this.box.addEventListener("close", () => {
      clearTimeout(this.later);
      this.asked?.abort();
      opened.button.focus();
    });
    this.words.addEventListener("input", () => {
      clearTimeout(this.later);
      this.asked?.abort(); // its answer is for words that no longer stand there
      this.asked = null;
      this.isBusy = true;
      this.later = setTimeout(() => this.load(), WAIT_MS);
    });
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
    this.more.addEventListener("click", async () => {
      const before = this.options.length;
      await this.load(this.next);
      this.point(this.options[before]);
      this.pointer.focus();
    });
  }

  /** While the list is not yet that of the words typed, Enter chooses nothing: it would be the wrong one. */
  get isBusy() { return this.list.hasAttribute("aria-busy"); }

  set isBusy(is) {
    if (is) this.list.setAttribute("aria-busy", "true");
    else this.list.removeAttribute("aria-busy");
  }

  get options() { return [...this.list.children]; }

  get active() { return this.list.querySelector("[data-active]"); }

  /** Where the keyboard is while one moves in the list: the search box, or the list where there is none. */
  get pointer() { return this.search.hidden ? this.list : this.words; }

  open(picker) {
    opened = picker;
    const { dataset } = picker.box;
    this.title.textContent = dataset.title;
    this.search.hidden = picker.isShort;
    this.search.querySelector("label").textContent = dataset.searchLabel;
    this.words.value = "";
    this.list.replaceChildren();
    this.more.hidden = true;
    this.said.textContent = "";
    this.box.showModal();
    this.pointer.focus();
    this.load();
  }

  async load(after = "") {
    clearTimeout(this.later);
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    this.isBusy = true;
    try {
      const found = await opened.find(this.words.value.trim(), after, asked.signal);
      if (this.asked !== asked) return;
      this.show(found, after !== "");
    } catch (error) {
      if (error.name === "AbortError") return;
      this.said.textContent = this.said.dataset.failed;
    }
    this.isBusy = false;
  }

  show({ results, next, needs }, isMore) {
    if (!isMore) this.list.replaceChildren();
    for (const result of results) this.list.append(this.option(result));
    this.next = next;
    this.more.hidden = !next;
    const count = this.options.length;
    const { some, many } = this.said.dataset;
    const { nothing } = opened.box.dataset;
    this.said.textContent = needs || (count ? (next ? many : some).replace("{n}", count) : nothing);
    if (!isMore) this.point(this.list.querySelector("[aria-selected=true]") ?? this.options[0]);
  }

  option({ value, label, note }) {
    const option = document.createElement("div");
    option.role = "option";
    option.id = `picker-option-${this.options.length}`;
    option.dataset.value = value;
    option.dataset.label = value === "" ? "" : label;
    option.textContent = label;
    option.setAttribute("aria-selected", String(value !== "" && value === opened.select.value));
    if (note) option.append(Object.assign(document.createElement("small"), { textContent: note }));
    return option;
  }

  point(option) {
    this.active?.removeAttribute("data-active");
    for (const place of [this.words, this.list]) place.removeAttribute("aria-activedescendant");
    if (!option) return;
    option.dataset.active = "";
    this.pointer.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (event.isComposing || event.target.closest("button")) return;
    const { options, active } = this;
    const at = options.indexOf(active);
    if (event.key === "ArrowDown" && at === options.length - 1 && !this.more.hidden) this.more.click();
    else if (event.key === "ArrowDown") this.point(options[Math.min(at + 1, options.length - 1)]);
    else if (event.key === "ArrowUp") this.point(options[Math.max(at - 1, 0)]);
    else if (event.key === "PageDown") this.point(options[Math.min(at + 8, options.length - 1)]);
    else if (event.key === "PageUp") this.point(options[Math.max(at - 8, 0)]);
    else if (event.key === "Enter") { if (active && !this.isBusy) this.choose(active); } else return;
    event.preventDefault();
  }

  choose(option) {
    const { value, label } = option.dataset;
    const picker = opened;
    this.box.close();
    picker.set(value, label);
  }
}

// --- One picked field ------------------------------------------------------------------------------------------------
class Picker {
  constructor(box) {
    this.box = box;
    this.select = box.querySelector("select");
    this.face = box.querySelector("[data-face]");
    this.input = this.face.querySelector("input");
    this.button = this.face.querySelector("button");
    this.depends = box.dataset.depends.split(" ").filter(Boolean).map((pair) => pair.split("="));
    this.takeOver();
    this.button.addEventListener("click", () => this.open());
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " " || event.key === "ArrowDown") {
        event.preventDefault();
        this.open();
      }
    });
    this.select.addEventListener("picker:set", ({ detail }) => this.set(detail.value, detail.label));
    this.select.form.addEventListener("change", (event) => {
      if (this.depends.some(([, name]) => name === event.target.name) && this.select.value) this.set("", "");
    });
  }

  /** The visible field takes the select's id, so that its label and the links of an error summary lead to it. */
  takeOver() {
    const { select, input } = this;
    input.id = select.id;
    select.id = `${select.id}_value`;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    input.toggleAttribute("data-required", select.required);
    select.required = false;
    select.hidden = true;
    this.face.hidden = false;
  }

  get isShort() { return !this.box.dataset.picker && this.select.options.length <= FEW; }

  open() {
    dialog ??= new Dialog(document.getElementById("picker-dialog"));
    dialog.open(this);
  }

  async find(words, after, signal) {
    if (!this.box.dataset.picker) return this.findHere(words);
    const address = new URL(this.box.dataset.picker, window.location.href);
    for (const [param, name] of this.depends) {
      const { value } = this.select.form.elements[name];
      if (!value) return { results: [], next: "", needs: this.box.dataset.needs };
      address.searchParams.set(param, value);
    }
    if (words) address.searchParams.set("q", words);
    if (after) address.searchParams.set("after", after);
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
    if (!answer.ok) throw new Error(`picker: ${answer.status}`);
    const found = await answer.json();
    const [none] = this.select.options;
    const mayLeave = !this.input.hasAttribute("data-required") && !words && !after && found.results.length;
    return mayLeave ? { ...found, results: [{ value: "", label: none.text }, ...found.results] } : found;
  }

  findHere(words) {
    const needle = words.toLowerCase();
    const isRequired = this.input.hasAttribute("data-required");
    const results = [...this.select.options]
      .filter((option) => option.value !== "" || !isRequired)
      .filter((option) => option.text.toLowerCase().includes(needle))
      .map((option) => ({ value: option.value, label: option.text, note: "" }));
    return { results, next: "" };
  }

  set(value, label) {
    const known = [...this.select.options].some((option) => option.value === value);
    if (!known) this.select.add(new Option(label, value));
    this.input.value = label;
    if (this.select.value === value) return;
    this.select.value = value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// --- All of a page, also of what htmx brings -------------------------------------------------------------------------
const served = new WeakSet();

function servePickers(root) {
  for (const box of root.querySelectorAll("[data-picker]")) {
    if (served.has(box)) continue;
    served.add(box);
    new Picker(box);
  }
}

servePickers(document);
document.addEventListener("htmx:load", (event) => servePickers(event.target));
