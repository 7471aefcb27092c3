// A lesson being watched: the stage, a watch, and what the server says to it.

import { Refused } from "./api.js";
import { clock } from "./clock.js";
import { Gate } from "./gate.js";
import { Quiz } from "./quiz.js";
import { showEnd } from "./ending.js";
import { showRefusal, showSuperseded } from "./refusals.js";
import { Session } from "./session.js";
import { Stage } from "./stage.js";
import { words } from "./words.js";

const CORRECTION = 2; // seconds; less is the clocks' ordinary disagreement
const STOP_NEAR = 0.05;
const STARVED_NEAR = 1; // the picture may end a little before the stop: what follows has no key yet
const LOOK_BACK = 60;
const REOPEN_ONCE_IN_MS = 30_000;
const TRY_AGAIN_MS = 3_000;
const GONE = [401, 404, 410];

export class Lesson extends Stage {
  constructor(root, outline) {
    super(root);
    Object.assign(this, { outline, id: root.dataset.lesson, reopenedAt: -Infinity });
    const others = document.querySelectorAll(".xs-topbar, .xs-skip, .xs-lessons, .xs-controls, [data-about]");
    this.quiz = new Quiz(root.querySelector(".xs-quiz"), [...others]);
    document.addEventListener("visibilitychange", () => document.hidden && this.#hidden());
    window.addEventListener("pagehide", () => this.session?.leave());
    window.addEventListener("pageshow", (event) => event.persisted && this.reopen());
    window.addEventListener("online", () => this.#online());
  }

  get reachableTo() { return this.session ? this.session.reachableTo : 0; }
  get busy() { return this.quiz.open || (this.cover.isShown && !this.endShown); }
  get waitingQuiz() { return this.atStop ? this.session?.nextStop : null; }

  /** Sit down at the lesson and play on where one stopped. `resume`: he was playing a moment ago. */
  async open({ resume = !document.hidden } = {}) {
    this.cover.waiting(true);
    this.session?.close();
    const session = new Session(this.id, () => this.state());
    const opened = await this.#opened(session);
    if (!opened) return;
    Object.assign(this, { session, opened, atStop: false, endShown: false, wasDone: opened.done });
    this.#follow(session);
    await this.put({
      playlist: opened.playlist,
      startAt: opened.resume_at,
      gate: new Gate(session, opened.window_seconds),
      duration: opened.duration,
      points: opened.quiz_points.map((point) => ({ ...point })),
      captions: opened.captions,
      poster: opened.poster,
      mostRate: opened.max_rate,
      anyRate: opened.done,
    });
    this.cover.hide();
    this.playback.release("card");
    if (opened.resume_at > 1) this.say(words("resumes", { at: clock(opened.resume_at) }));
    if (resume) this.playback.want(true);
    else this.offerToBegin();
    this.passed();
  }

  /** The watch is over but the lesson isn't: a new one, from where the server has us. */
  reopen() {
    this.quiz.cancel();
    this.playback.hold("card");
    return this.open({ resume: this.playback.wanted });
  }

  /** What a beat says. */
  state() {
    const stop = this.session.done ? null : this.session.nextStop;
    const position = this.atStop ? stop ?? this.position : Math.min(this.position, stop ?? Infinity);
    const playing = !this.video.paused && !this.video.ended;
    return { position: Math.round(position * 1000) / 1000, playing, rate: this.video.playbackRate };
  }

  moved() {
    if (this.session && !this.session.closed && this.settled) this.session.beat();
  }

  /** Called as the picture goes on. */
  passed() {
    if (!this.session || this.session.closed || !this.settled) return;
    if (!this.video.paused && !this.video.seeking) this.session.note(this.state().position);
    this.#checkStop();
    const ahead = this.position - this.session.frontier;
    if (!this.session.done && !this.session.reachable && ahead > this.session.lookAhead - 1) this.playback.hold("network");
  }

  ended() {
    if (this.session.done) showEnd(this, { again: this.wasDone });
    else this.#insist(true);
    this.session.beat();
  }

  goTo(seconds) {
    if (this.endShown) this.dismissEnd();
    super.goTo(seconds);
  }

  toggle() {
    if (this.endShown) {
      this.dismissEnd();
      this.goTo(0);
      this.playback.want(true);
    } else super.toggle();
  }

  dismissEnd() {
    this.endShown = false;
    this.stopCountDown?.();
    this.cover.hide();
    this.playback.release("card");
  }

  /** The next lesson on the same stage, so that a full screen stays one. */
  async goOnTo(item) {
    await this.session.end();
    this.dismissEnd();
    this.atEnd = false;
    this.id = item.dataset.lesson;
    history.pushState(null, "", item.href);
    const title = item.querySelector("[data-title]").textContent;
    document.title = document.title.replace(this.heading.textContent, title);
    this.heading.textContent = title;
    this.outline.current(this.id);
    await this.open({ resume: true });
  }

  get heading() {
    return document.querySelector("[data-about] h1");
  }

  trouble() {
    this.noData = true;
    if (this.starved || !this.session.reachable) this.#tellNetwork();
  }

  flowing() {
    this.noData = false;
    if (this.session?.reachable) this.cover.tell("");
  }

  /** Addresses of the watch don't answer any more: a beat tells why. */
  lost() {
    this.session.beat();
  }

  async #opened(session) {
    for (;;) {
      try {
        const opened = await session.open();
        this.cover.tell("");
        return opened;
      } catch (fault) {
        if (fault instanceof Refused) {
          this.playback.hold("card");
          this.cover.waiting(false);
          showRefusal(this, fault);
          return null;
        }
        this.cover.tell(words("network_start"));
        await new Promise((again) => setTimeout(again, TRY_AGAIN_MS));
      }
    }
  }

  #follow(session) {
    session.addEventListener("answer", ({ detail }) => session === this.session && this.#answered(detail));
    session.addEventListener("refused", ({ detail }) => session === this.session && this.#refused(detail));
    session.addEventListener("unreachable", () => this.#tellNetwork());
    session.addEventListener("reachable", () => {
      this.cover.tell("");
      this.say(words("network_back", { at: clock(session.frontier) }));
      this.stream?.retry();
    });
  }

  #answered({ sent, answer }) {
    this.playback.release("network");
    this.outline.progress(this.id, Math.min(99, Math.floor((100 * answer.frontier) / this.duration)));
    if (answer.lesson_done && !this.session.done) this.#finished(answer.unlocked);
    else if (answer.quiz) this.#ask(answer.quiz);
    else {
      if (sent.position - answer.position > CORRECTION) this.#setBack(answer.position);
      if (this.atStop) this.#checkStop();
    }
    this.draw();
  }

  #checkStop() {
    const stop = this.session.done ? null : this.session.nextStop;
    const left = (stop ?? Infinity) - (this.atEnd ? this.duration : this.position);
    const reached = left <= (this.starved || this.atStop ? STARVED_NEAR : STOP_NEAR);
    if (reached && !this.atStop) {
      this.atStop = true;
      this.playback.hold("stop");
      this.#insist(true);
      this.session.beat();
    } else if (!reached && this.atStop) this.#leaveStop();
    clearTimeout(this.stopTimer);
    if (left > 0 && left < 1) this.stopTimer = setTimeout(() => this.#checkStop(), (left * 1000) / this.video.playbackRate);
  }

  #leaveStop() {
    this.atStop = false;
    this.playback.release("stop");
    this.#insist(this.atEnd && !this.session.done);
  }

  /** Beat each second until the server has seen what there is to see. */
  #insist(yes) {
    this.session.urgent = yes;
  }

  #setBack(position) {
    this.atEnd = false;
    if (this.atStop) this.#leaveStop();
    this.#insist(false);
    this.stream.seekTo(position);
    this.say(words("set_back", { at: clock(position) }));
  }

  async #ask(quiz) {
    if (this.quiz.open) return;
    const { session } = this;
    const stop = session.nextStop;
    const { title } = document;
    this.playback.hold("quiz");
    this.#insist(false);
    this.controls.leaveSmallWindow();
    if (document.hidden) document.title = words("come_back", { title });
    const outcome = await this.quiz.ask(quiz, (answers) => session.answer(quiz.id, answers));
    document.title = title;
    if (session !== this.session) return;
    if (outcome.gone) this.#quizGone(outcome.gone);
    else if (outcome.back) this.#lookBack(stop);
    else if (outcome.result) this.#right(quiz, stop, outcome.result);
  }

  #right(quiz, stop, result) {
    if (quiz.kind === "quiz") this.track.passed(stop);
    this.playback.release("quiz");
    if (this.atStop) this.#leaveStop();
    if (result.lesson_done) this.#finished(result.unlocked ?? []);
    else if (this.atEnd) this.session.beat();
    else this.playback.want(true);
    this.#checkStop();
  }

  #lookBack(stop) {
    this.playback.release("quiz");
    this.goTo(Math.max(0, stop - LOOK_BACK));
    this.#leaveStop();
    this.playback.want(true);
  }

  #quizGone(fault) {
    this.playback.release("quiz");
    if (fault.code === "quiz_not_due") this.session.beat();
    else {
      this.session.close();
      this.#refused(fault);
    }
  }

  async #finished(unlocked) {
    this.session.finish();
    if (this.atStop) this.#leaveStop();
    this.mostRate = this.controls.offerRates(this.opened.max_rate, true);
    this.outline.finished(this.id, unlocked);
    await this.outline.refresh();
    if (this.atEnd || this.position > this.duration - 1) showEnd(this, { again: false });
  }

  #refused(fault) {
    this.quiz.cancel();
    this.session.furthest = this.session.frontier; // what wasn't told in time isn't kept
    this.playback.hold("card");
    const lately = performance.now() - this.reopenedAt < REOPEN_ONCE_IN_MS;
    if (fault.code === "superseded") showSuperseded(this);
    else if (GONE.includes(fault.status) && !lately) {
      this.reopenedAt = performance.now();
      this.reopen();
    } else showRefusal(this, fault);
  }

  #tellNetwork() {
    this.cover.tell(words("network", { at: clock(this.session.frontier) }));
  }

  #online() {
    this.session?.beat();
    this.stream?.retry();
  }

  #hidden() {
    if (document.pictureInPictureElement || !this.session || this.session.closed) return;
    if (this.playback.wanted && !this.playback.needsAnswer) {
      this.playback.want(false);
      this.say(words("hidden"));
    }
    this.session.hidden();
  }
}
