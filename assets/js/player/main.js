// The player's page: the list beside the video, and the lesson on the stage.

import { Lesson } from "./lesson.js";
import { Outline } from "./outline.js";

const outline = new Outline(document.querySelector(".xs-lessons"), document.querySelector("[data-counter]"));
const lesson = new Lesson(document.querySelector(".xs-player"), outline);

window.addEventListener("popstate", () => location.reload());
lesson.open();
