"""The latest draft of a class as those who try it out read it: its exams, whether or not they can be published."""

from dataclasses import dataclass
from typing import Any

from cms.models import ClassPage
from cms.publishing.draft import draft_of
from cms.publishing.exams import faults_of_exam
from cms.queries.blueprints import BlueprintTerms


@dataclass(frozen=True)
class DraftedExam:
    """A course's exam in the draft: `terms` as if it were published, `faults` what keeps it from that, in words."""

    course_title: str
    terms: BlueprintTerms
    faults: tuple[str, ...]


@dataclass(frozen=True)
class DraftedExams:
    """The exams of a class's latest draft, in the order of its courses."""

    class_title: str
    exams: tuple[DraftedExam, ...]


def drafted_exams(page_id: int, user: Any) -> DraftedExams:
    """The exams of a draft, for whoever may edit the page. Raises ClassPage.DoesNotExist for all others."""
    page = ClassPage.objects.get(pk=page_id)
    if not page.permissions_for_user(user).can_edit():
        raise ClassPage.DoesNotExist
    draft = page.get_latest_revision_as_object()
    exams = [
        DraftedExam(
            course_title=course.title,
            terms=BlueprintTerms(
                id=0,
                course_id=0,
                minutes=course.exam.minutes,
                pass_points=course.exam.pass_points,
                shuffle=course.exam.shuffle,
                answers_shown=course.exam.answers_shown,
                rules=course.exam.rules,
            ),
            faults=tuple(faults_of_exam(course.exam)),
        )
        for course in draft_of(draft)
        if course.exam
    ]
    return DraftedExams(draft.title, tuple(exams))
