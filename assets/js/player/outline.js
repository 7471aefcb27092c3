// The list beside the video: what is done, what is open. Its truth is the server's, read again when something changed.

import * as api from "./api.js";
import { words } from "./words.js";

const ICONS = { done: "check-circle-fill", open: "circle", locked: "lock-fill" };

export class Outline {
  /** `root`: the list; `counter`: where 已学 n / m stands. */
  constructor(root, counter) {
    Object.assign(this, { root, counter, slug: root.dataset.class });
    this.examsLeft = root.dataset.examsLeft === "true";
  }

  get items() {
    return [...this.root.querySelectorAll("a[data-lesson]")];
  }

  item(id) {
    return this.items.find((item) => item.dataset.lesson === String(id));
  }

  after(id) {
    const items = this.items;
    return items[items.findIndex((item) => item.dataset.lesson === String(id)) + 1] ?? null;
  }

  /** Where the exam is that comes next when nothing of this lesson's course is left to watch; null where none is. */
  examAfter(id) {
    const address = this.item(id)?.dataset.exam;
    if (!address) return null;
    const course = this.items.filter((item) => item.dataset.exam === address);
    return course.every((item) => item.dataset.state === "done") ? address : null;
  }

  get allDone() {
    return this.items.every((item) => item.dataset.state === "done");
  }

  /** Which lesson is on the stage. */
  current(id) {
    for (const item of this.items) {
      const here = item.dataset.lesson === String(id);
      if (here) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
      this.#icon(item);
    }
  }

  /** A lesson was finished, and these ids (lessons and courses) opened with it. */
  finished(id, unlocked) {
    this.#set(this.item(id), "done");
    for (const opened of unlocked) {
      const item = this.item(opened);
      if (item?.dataset.state === "locked") this.#set(item, "open");
    }
    this.#count();
  }

  progress(id, percent) {
    const item = this.item(id);
    if (item?.dataset.state !== "open" || percent < 1) return;
    item.querySelector("[data-progress]").textContent = words("lesson_percent", { percent });
  }

  /** Read states from the server; what can't be reached is read another time. */
  async refresh() {
    let outline;
    try {
      outline = await api.classOutline(this.slug);
    } catch {
      return;
    }
    for (const lesson of outline.courses.flatMap((course) => course.lessons)) {
      const item = this.item(lesson.id);
      if (item && item.dataset.state !== lesson.state) this.#set(item, lesson.state);
    }
    this.examsLeft = outline.courses.some((course) => course.has_exam && course.state !== "done");
    this.#count();
  }

  #set(item, state) {
    item.dataset.state = state;
    if (state === "locked") {
      item.removeAttribute("href");
      item.setAttribute("aria-disabled", "true");
    } else {
      item.href = item.dataset.address;
      item.removeAttribute("aria-disabled");
    }
    item.querySelector("[data-progress]").textContent = words(`lesson_${state}`);
    this.#icon(item);
  }

  #icon(item) {
    const here = item.hasAttribute("aria-current") && item.dataset.state !== "done";
    item.querySelector(".bi").className = `bi bi-${here ? "play-circle-fill" : ICONS[item.dataset.state]}`;
  }

  #count() {
    for (const exam of this.root.querySelectorAll("[data-exam-itself]:not([data-state=passed], [data-state=open])")) {
      const lesson = this.items.find((item) => item.dataset.exam === exam.getAttribute("href"));
      if (!lesson || !this.examAfter(lesson.dataset.lesson)) continue;
      exam.dataset.state = "open";
      exam.querySelector(".bi").className = "bi bi-pencil-square";
      exam.querySelector("[data-progress]").textContent = words("exam_open");
    }
    const items = this.items;
    const done = items.filter((item) => item.dataset.state === "done").length;
    this.counter.textContent = words("counter", { done, total: items.length });
  }
}
