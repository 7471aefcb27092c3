// The bar: played, watched to the frontier, locked, diamonds for quizzes. Back is free, forward ends at the frontier.

import { clock } from "./clock.js";
import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

export class Track {
  /** `on.seek(seconds)`: a person let go there; `on.refused()`: he wanted past the frontier. */
  constructor(root, on) {
    this.svg = root.querySelector("svg");
    this.input = root.querySelector("input");
    this.duration = 0;
    this.frontier = 0;
    this.dragged = null;
    this.input.addEventListener("input", () => this.#drag(on));
    this.input.addEventListener("change", () => this.#drop(on));
  }

  setUp({ duration, points }) {
    this.duration = duration;
    this.input.max = String(duration);
    this.input.disabled = false;
    this.points = points;
    for (const mark of this.svg.querySelectorAll("[data-quiz]")) mark.remove();
    const front = this.svg.querySelector(".front");
    for (const point of points) this.svg.insertBefore(this.#diamond(point), front);
  }

  /** Draw where the player is and how far one may go; `now`: second of the quiz that waits, or null. */
  draw({ position, frontier, now = null }) {
    this.frontier = frontier;
    const at = this.dragged ?? position;
    const seen = Math.min(Math.max(frontier, position), this.duration);
    this.#set(".played", "width", at);
    this.#set(".seen", "width", seen);
    this.#set(".front", "x", seen);
    this.#set(".thumb", "cx", at);
    for (const point of this.points ?? []) point.path.toggleAttribute("data-now", point.at === now && !point.done);
    if (this.dragged === null) this.input.value = String(position);
    const values = { at: clock(at), seen: clock(seen), duration: clock(this.duration) };
    this.input.setAttribute("aria-valuetext", words("valuetext", values));
  }

  passed(second) {
    for (const point of this.points) {
      if (point.at > second) continue;
      point.done = true;
      point.path.toggleAttribute("data-done", true);
    }
  }

  #diamond(point) {
    const place = document.createElementNS(SVG, "svg");
    place.setAttribute("data-quiz", "");
    place.setAttribute("x", this.#share(point.at));
    place.setAttribute("y", "14");
    place.setAttribute("overflow", "visible");
    point.path = document.createElementNS(SVG, "path");
    point.path.setAttribute("class", "quiz");
    point.path.setAttribute("d", "M0-6 6 0 0 6-6 0z");
    point.path.toggleAttribute("data-done", point.done);
    place.append(point.path);
    return place;
  }

  #drag(on) {
    const wanted = Number(this.input.value);
    this.dragged = Math.min(wanted, this.frontier);
    if (wanted > this.frontier + 0.5) on.refused();
    this.input.value = String(this.dragged);
    this.draw({ position: this.dragged, frontier: this.frontier });
  }

  #drop(on) {
    const to = this.dragged;
    this.dragged = null;
    if (to !== null) on.seek(to);
  }

  #set(part, attribute, seconds) {
    this.svg.querySelector(part).setAttribute(attribute, this.#share(seconds));
  }

  #share(seconds) {
    return `${(100 * Math.min(seconds / this.duration || 0, 1)).toFixed(3)}%`;
  }
}
