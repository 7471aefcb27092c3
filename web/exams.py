"""Exams of a learner: the list, what an exam is about, the paper, the result (L2, L9)."""

import uuid

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from cms.queries import blueprint_terms
from core import clock
from core.errors import Refusal
from exams.queries import (
    ATTEMPTS_A_ROUND,
    answers_are_shown,
    answers_of,
    exam_list,
    exam_of,
    minutes_allowed,
    paper_for_browser,
    result_of,
)
from exams.services import close_own_overdue, hand_in, look_at, save_answers, start_attempt
from identity.acting import ActingRole
from web.classes import exam_address
from web.exam_paper import answer_rows, paper_words, question_rows, sheet_groups
from web.exam_result import ResultPage
from web.exam_rows import (
    ExamRow,
    exam_groups,
    exam_row,
    has_practice,
    kind_rows,
    paper_address,
    pass_words,
    practice_address,
    result_address,
)
from web.learners import learners_only


@require_safe
@learners_only
def exams(request: HttpRequest) -> HttpResponse:
    """Every exam of my classes by state: in progress, to sit, to learn again, not open yet, passed."""
    now = clock.now()
    close_own_overdue(actor=request.role, now=now)
    groups = exam_groups(exam_list(request.role), timezone.localdate(now))
    return render(request, "web/exams.html", {"groups": groups})


def _row(role: ActingRole, course_id: int) -> ExamRow:
    try:
        return exam_row(exam_of(role, course_id), timezone.localdate(clock.now()))
    except ObjectDoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def exam(request: HttpRequest, course: int) -> HttpResponse:
    """What an exam is about, before it uses an attempt up, and all attempts so far. Posted to, an attempt begins."""
    if request.method == "POST":
        return _start(request, course)
    close_own_overdue(actor=request.role, now=clock.now())
    row = _row(request.role, course)
    blueprint = row.card.blueprint
    minutes, extra_percent = minutes_allowed(request.role, blueprint)
    return render(
        request,
        "web/exam.html",
        {
            "row": row,
            "blueprint": blueprint,
            "kinds": kind_rows(blueprint),
            "minutes": minutes,
            "extra_percent": extra_percent,
            "attempts_a_round": ATTEMPTS_A_ROUND,
            "next_number": ATTEMPTS_A_ROUND - row.card.attempts_left + 1,
            "practice": practice_address(course) if has_practice(blueprint) else "",
        },
    )


def _start(request: HttpRequest, course: int) -> HttpResponse:
    try:
        attempt, _is_new = start_attempt(actor=request.role, course_id=course, now=clock.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(exam_address(course))
    return redirect(paper_address(attempt.public_id))


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
@ensure_csrf_cookie
def paper(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """An open paper with what is answered so far; one that is closed leads to its result.

    Posted to as a form, without JavaScript, it keeps the answers, and hands in where that button was pressed.
    """
    now = clock.now()
    try:
        mine = look_at(actor=request.role, attempt_id=attempt, now=now)
    except ObjectDoesNotExist:
        raise Http404 from None
    if mine.state == "voided":
        return _tell_voided(request, mine.course_id)
    if mine.state != "open":
        return redirect(result_address(attempt))
    questions = paper_for_browser(mine)
    if request.method == "POST":
        return _keep(request, attempt, [question["id"] for question in questions])
    rows = question_rows(questions, mine.answers)
    row = _row(request.role, mine.course_id)
    return render(
        request,
        "web/exam_paper.html",
        {
            "row": row,
            "attempt": mine,
            "questions": rows,
            "groups": sheet_groups(rows),
            "pass_mark": pass_words(blueprint_terms(mine.blueprint_id)),
            "answered": sum(question.is_answered for question in rows),
            "minutes": round((mine.deadline_at - mine.opened_at).total_seconds() / 60),
            "now": timezone.localtime(now).isoformat(timespec="milliseconds"),
            "deadline": timezone.localtime(mine.deadline_at).isoformat(timespec="milliseconds"),
            "zone": timezone.get_current_timezone_name(),
            "words": paper_words(),
        },
    )


def _tell_voided(request: HttpRequest, course_id: int) -> HttpResponse:
    messages.info(request, _("这次考试已经作废，不占用机会"))
    return redirect(exam_address(course_id))


def _keep(request: HttpRequest, attempt_id: uuid.UUID, questions: list[str]) -> HttpResponse:
    """Keep what the form says of every question, and hand in if asked to; what is closed meanwhile has a result."""
    now = clock.now()
    answers = {question: request.POST.getlist(question) for question in questions}
    try:
        saved = save_answers(user_id=request.role.user_id, attempt_id=attempt_id, answers=answers, now=now)
        if request.POST.get("act") == "hand_in":
            hand_in(actor=request.role, attempt_id=attempt_id, now=now)
            return redirect(result_address(attempt_id))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        at = timezone.localtime(saved.saved_at)
        messages.success(request, _("已保存 %(at)s") % {"at": f"{at:%H:%M}"})
    return redirect(paper_address(attempt_id))


@require_safe
@learners_only
def result(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """A finished attempt in figures and words, its answers where they may be seen. An open one leads to its paper."""
    try:
        mine = look_at(actor=request.role, attempt_id=attempt, now=clock.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    if mine.state == "voided":
        return _tell_voided(request, mine.course_id)
    if mine.state == "open":
        return redirect(paper_address(attempt))
    page = ResultPage(_row(request.role, mine.course_id), result_of(mine))
    kinds = page.kinds
    shown = answer_rows(answers_of(request.role, mine)) if answers_are_shown(request.role, mine) else []
    wrong = [question for question in shown if not question.correct]
    only_wrong = bool(request.GET.get("wrong")) and bool(wrong)
    return render(
        request,
        "web/exam_result.html",
        {
            "page": page,
            "row": page.row,
            "result": page.result,
            "attempt": mine,
            "kinds": kinds,
            "advice": page.advice(kinds),
            "shown": wrong if only_wrong else shown,
            "shown_total": len(shown),
            "wrong_total": len(wrong),
            "only_wrong": only_wrong,
        },
    )
