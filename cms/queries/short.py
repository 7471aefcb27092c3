"""Which published exams the bank can't be sure to fill (缺题的考试), now or without some of its questions."""

from collections.abc import Collection
from dataclasses import dataclass

from cms.models import Blueprint
from cms.queries.bank import Shortage, shortages_of


@dataclass(frozen=True)
class ShortExam:
    """A published exam that lacks questions: its class page, its course, the rules that can't be filled."""

    page_id: int
    class_title: str
    course_title: str
    shortages: tuple[Shortage, ...]


def short_exams(*, without: Collection[int] = ()) -> list[ShortExam]:
    """The exams of live classes that lack questions, or would `without` these. A constant number of queries.

    Pools are kept between calls, so that thousands of exams cost a comparison of figures each.
    """
    rows = Blueprint.objects.filter(retired_in__isnull=True, class_page__live=True).order_by("class_page", "course")
    told = list(rows.values_list("class_page", "class_page__title", "course__title", "rules"))
    found = shortages_of([rules for *_names, rules in told], without=frozenset(without))
    return [
        ShortExam(page_id, class_title, course_title, tuple(short))
        for (page_id, class_title, course_title, _rules), short in zip(told, found, strict=True)
        if short
    ]


def exams_hit_by(ids: Collection[int]) -> list[ShortExam]:
    """The exams that lack no question now and would without these."""
    short_already = {(exam.page_id, exam.course_title) for exam in short_exams()}
    return [exam for exam in short_exams(without=ids) if (exam.page_id, exam.course_title) not in short_already]
