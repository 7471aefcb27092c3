"""Attempts and extra time as staff read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import audit
from exams.models import Attempt, ExtraTime
from identity.queries import masked_id_number, names_of_people, people_named


def attempts_for_office() -> QuerySet[Attempt]:
    """Every attempt, with learner, course and class loaded."""
    return Attempt.objects.select_related("user", "course__class_page").defer("answers", "excused")


def searched_attempts(rows: QuerySet[Attempt], text: str) -> QuerySet[Attempt]:
    """Those of whoever is called so, else of courses and classes with this in their titles."""
    people = [person.id for person in people_named(text) if person.name == text]
    if people:
        return rows.filter(user_id__in=people)
    return rows.filter(Q(course__title__icontains=text) | Q(course__class_page__title__icontains=text))


@dataclass(frozen=True)
class Moment:
    """One line of an attempt's history."""

    at: datetime
    what: str
    detail: str = ""


def timeline(attempt: Attempt) -> list[Moment]:
    """What happened to an attempt, in order: opened, saved, handed in, regraded, voided and by whom."""
    found = [Moment(attempt.opened_at, _("开始考试"))]
    if attempt.saved_at:
        answered = sum(bool(chosen) for chosen in attempt.answers.values())
        words = _("已答 %(answered)s/%(total)s 题") % {"answered": answered, "total": attempt.total}
        found.append(Moment(attempt.saved_at, _("最近一次保存答案"), words))
    if attempt.closed_by and attempt.closed_at:
        found.append(Moment(attempt.closed_at, str(Attempt.ClosedBy(attempt.closed_by).label)))
    for row in attempt.regradings.select_related("question").order_by("regraded_at", "pk"):
        words = _("%(before)s 分 → %(after)s 分，作废的题：%(question)s") % {
            "before": row.points_before,
            "after": row.points_after,
            "question": row.question,
        }
        found.append(Moment(row.regraded_at, _("改判"), words))
    found += _voidings(attempt)
    return sorted(found, key=lambda moment: moment.at)


def _voidings(attempt: Attempt) -> list[Moment]:
    entries = [e for e in audit.entries_of("exams.attempt", attempt.pk) if e.act == "exam.attempt_voided"]
    names = names_of_people([entry.actor_id for entry in entries if entry.actor_id])
    found = [
        Moment(entry.at, _("作废"), f"{entry.after['reason']}（{names.get(entry.actor_id or 0, '')}）")
        for entry in entries
    ]
    if not found and attempt.state == Attempt.State.VOIDED and attempt.closed_at:
        return [Moment(attempt.closed_at, _("随同一课程的另一次考试作废"))]
    return found


def masked_number(row: Attempt | ExtraTime) -> str:
    """The learner's ID number as it may be shown."""
    return masked_id_number(row.user)


def extra_time_for_office() -> QuerySet[ExtraTime]:
    """Every grant, its learner loaded."""
    return ExtraTime.objects.select_related("user")


def with_granters(rows: Sequence[Any]) -> None:
    """Put `granted_by`, a name, on each grant. One query."""
    names = names_of_people({row.granted_by_id for row in rows})
    for row in rows:
        row.granted_by = names.get(row.granted_by_id, "")
