// What follows the last second: the next lesson, the class's end, or what is still missing.

import { countDown } from "./card.js";
import { words } from "./words.js";

const PAUSE_SECONDS = 5;

/** `again`: the lesson had been done before; then nothing starts by itself. */
export function showEnd(lesson, { again }) {
  const { outline } = lesson;
  const { home, hours, years } = outline.root.dataset;
  const next = outline.after(lesson.id);
  const back = { label: words("back_to_class"), href: home };
  lesson.endShown = true;
  lesson.playback.want(false);
  lesson.playback.hold("card");
  const exam = outline.examAfter(lesson.id);
  if (exam) {
    lesson.cover.show({
      title: words("exam_next_title"),
      text: words("exam_next"),
      acts: [{ label: words("to_exam"), href: exam, name: "exam" }, again ? onceMore(lesson) : back],
    });
  } else if (!again && outline.allDone && !outline.examsLeft) {
    lesson.cover.show({
      title: words("class_done_title"),
      text: words("class_done", { hours }),
      acts: [{ label: words("see_years"), href: years }, back],
    });
  } else if (next?.href && next.dataset.state !== "locked") showNext(lesson, next, again);
  else if (next) lesson.cover.show({ title: words("lesson_done_title"), text: words("next_locked"), acts: [back] });
  else {
    const left = outline.allDone ? outline.examsLeft && "exams_left" : "last_done";
    const acts = again ? [onceMore(lesson), back] : [back];
    lesson.cover.show({ title: words("lesson_done_title"), text: left && words(left), acts });
  }
}

function showNext(lesson, next, again) {
  const title = next.querySelector("[data-title]").textContent;
  const card = lesson.cover.show({
    title: words("lesson_done_title"),
    text: words("next", { title }),
    acts: [
      { label: words("next_now"), name: "next", act: () => lesson.goOnTo(next) },
      again ? onceMore(lesson) : { label: words("cancel"), name: "cancel", act: () => stay(lesson) },
    ],
  });
  if (again || document.hidden) return;
  const sentence = card.querySelector("p");
  lesson.stopCountDown = countDown(sentence, "next_in", PAUSE_SECONDS, { title }, () => lesson.goOnTo(next));
}

function onceMore(lesson) {
  return { label: words("once_more"), act: () => lesson.toggle() };
}

/** He stays here: the finished lesson lies there, freely to be looked at again. */
function stay(lesson) {
  lesson.dismissEnd();
  lesson.controls.button("play").focus();
}
