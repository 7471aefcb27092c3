"""What a learner is told of his exams in his inbox (S2)."""

from datetime import datetime

from django.utils.translation import gettext as _

from exams.models import ATTEMPTS_A_ROUND, Attempt
from registry.inbox.services import send


def tell_result(attempt: Attempt, *, now: datetime) -> None:
    """The result, where he didn't see it himself: handed in by the clock, or the course is to be learned again."""
    by_clock = attempt.closed_by == Attempt.ClosedBy.DEADLINE
    again = not attempt.passed and attempt.number == ATTEMPTS_A_ROUND
    if not by_clock and not again:
        return
    told = {"course": attempt.course.title, "right": attempt.right, "total": attempt.total}
    if attempt.passed:
        title = _("“%(course)s”考试时间到，已自动交卷：通过，答对 %(right)s/%(total)s") % told
    elif by_clock:
        title = _("“%(course)s”考试时间到，已自动交卷：未通过，答对 %(right)s/%(total)s") % told
    else:
        title = _("“%(course)s”考试未通过，答对 %(right)s/%(total)s") % told
    body = _("两次机会已用完，本课程的视频进度已清零；重新学完后会有两次新的机会。") if again else ""
    _send(attempt, "exam_result", title, body, now)


def tell_voided(attempt: Attempt, reason: str, *, now: datetime) -> None:
    """An attempt no longer counts against him."""
    title = _("“%(course)s”的一次考试已作废，不占用机会") % {"course": attempt.course.title}
    _send(attempt, "exam_voided", title, _("原因：%s") % reason, now)


def tell_regraded(attempt: Attempt, *, now: datetime) -> None:
    """A question was wrong, and that changed his result for the better."""
    title = _("“%(course)s”的考试已改判为通过") % {"course": attempt.course.title}
    _send(attempt, "exam_regraded", title, _("其中一道题有误，已按答对计分。"), now)


def _send(attempt: Attempt, kind: str, title: str, body: str, now: datetime) -> None:
    link = f"/learn/exams/{attempt.course_id}/"
    send(user_id=attempt.user_id, kind=kind, title=title, body=body, link=link, now=now)
