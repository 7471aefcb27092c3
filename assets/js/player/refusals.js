// The server said no: what that means and the way on. Every code has a sentence; the unknown brings its own.

import { words } from "./words.js";

const LOGIN = "/login/";

/** Somewhere else this person plays now; one click brings the lesson back here. */
export function showSuperseded(lesson) {
  lesson.cover.show({
    title: words("superseded_title"),
    text: words("superseded"),
    acts: [{ label: words("superseded_here"), name: "here", act: () => {
      lesson.cover.hide();
      lesson.playback.want(true);
      lesson.reopen();
    } }],
  });
}

export function showRefusal(lesson, fault) {
  const back = { label: words("back_to_class"), href: lesson.outline.root.dataset.home };
  if (fault.status === 401 || fault.code === "not_authenticated") {
    const next = encodeURIComponent(location.pathname);
    lesson.cover.show({
      title: words("login_title"),
      text: words("login"),
      acts: [{ label: words("login_again"), href: `${LOGIN}?next=${next}` }],
    });
    return;
  }
  lesson.cover.show({
    title: words(fault.status === 410 ? "ended_title" : "refused_title"),
    text: fault.detail || words(fault.code) || words("refused"),
    acts: fault.status === 410 ? [{ label: words("open_again"), act: () => location.reload() }, back] : [back],
  });
}
