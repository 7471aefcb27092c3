"""The mistakes book (错题本, L9): what a learner answered wrong in practice and hasn't had right twice in a row since.

It holds only what can still be practised: a question that was retired, voided or taken for exams alone leaves it by
itself, one of an attempt in progress is away for so long.
"""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q

from exams.models import PracticeRecord
from exams.queries.practice import pools_of
from identity.acting import ActingRole
from learning.queries import CoursePlace, courses_with_exams


@dataclass(frozen=True)
class MistakesOfCourse:
    """A course with mistakes in it."""

    place: CoursePlace
    count: int


@dataclass(frozen=True)
class MistakesBook:
    """A page of the book. `page`: of all that was asked for; `courses`: of the whole book."""

    page: Page
    records: list[PracticeRecord]
    courses: list[MistakesOfCourse]

    @property
    def count(self) -> int:
        """How many there are of what was asked for."""
        return self.page.paginator.count

    @property
    def total(self) -> int:
        """How many mistakes the whole book has."""
        return sum(course.count for course in self.courses)


def mistakes_book(role: ActingRole, course_id: int | None = None, most: int = 100) -> list[PracticeRecord]:
    """The learner's mistakes, the latest first; `question` and `course` are loaded."""
    return mistakes_page(role, course_id=course_id, most=most).records


def mistakes_page(
    role: ActingRole,
    *,
    course_id: int | None = None,
    words: str = "",
    by_course: bool = False,
    page: int = 1,
    most: int = 100,
) -> MistakesBook:
    """Mistakes, the latest first: of one course, with these words in stem or explanation.

    `by_course`: those of a course together, the class studied last first. `page` counts from 1; one that isn't there
    is the last. A constant number of queries.
    """
    mine = PracticeRecord.objects.filter(user_id=role.user_id, is_mistake=True)
    rows = list(mine.order_by("-tried_at", "-pk").values_list("pk", "course_id", "question_id"))
    with_mistakes = {course for _pk, course, _question in rows}
    places = [place for place in courses_with_exams(role) if place.course.id in with_mistakes]
    pools = dict(zip((place.course.id for place in places), pools_of(places, role.user_id), strict=True))
    listed = [(pk, course) for pk, course, question in rows if course in pools and question in pools[course]]
    counts = Counter(course for _pk, course in listed)
    wanted = [(pk, course) for pk, course in listed if course_id in (None, course)]
    if words:
        said = Q(question__stem__icontains=words) | Q(question__explanation__icontains=words)
        matching = set(mine.filter(said).values_list("pk", flat=True))
        wanted = [(pk, course) for pk, course in wanted if pk in matching]
    if by_course:
        order = list(pools)
        wanted.sort(key=lambda row: order.index(row[1]))
    shown = Paginator(wanted, most).get_page(page)
    loaded = PracticeRecord.objects.select_related("question", "course").in_bulk([pk for pk, _course in shown])
    return MistakesBook(
        page=shown,
        records=[loaded[pk] for pk, _course in shown if pk in loaded],
        courses=[MistakesOfCourse(place, counts[place.course.id]) for place in places if counts[place.course.id]],
    )
