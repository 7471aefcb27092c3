"""Whatever editors do, in whatever order: a version that somebody may study never changes."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import ClassPage, SyllabusVersion
from cms.publishing import draft_of
from cms.queries import syllabus_of
from tests.cms.factories import class_page, course, lesson, question_set, quiz, video

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

act = st.tuples(
    st.sampled_from(["retitle", "swap", "drop", "restore", "move", "other video", "requiz", "unquiz", "nothing"]),
    st.integers(0, 5),
)


def demands(page_id: int, version: int) -> Any:
    """What a version asks of a learner, without titles and places."""
    return {
        (c.id, c.block_id): {
            (
                each.id,
                each.block_id,
                each.video_id,
                each.duration_ms,
                frozenset((q.id, q.at_ms) for q in each.quiz_points),
            )
            for each in c.lessons
        }
        for c in syllabus_of(page_id, version).courses
    }


def edit(blocks: list[dict[str, Any]], kind: str, number: int, spare: dict[str, Any]) -> None:
    """One thing an editor may do to the stream."""
    courses = [block["value"]["lessons"] for block in blocks]
    lessons = courses[number % len(courses)]
    value = lessons[number % len(lessons)]["value"]
    if kind == "retitle":
        value["title"] = f"新名 {number}"
    elif kind == "swap":
        lessons.reverse()
    elif kind == "drop" and len(lessons) > 1:
        spare["block"] = lessons.pop()
    elif kind == "restore" and spare.get("block"):
        lessons.append(spare.pop("block"))
    elif kind == "move" and len(lessons) > 1:
        courses[(number + 1) % len(courses)].append(lessons.pop(0))
    elif kind == "other video":
        value["video"] = spare["videos"][number % 2]
        value["quiz_points"] = []
    elif kind == "requiz" and value["quiz_points"]:
        value["quiz_points"][0]["value"]["at"] = f"0:1{number}"
    elif kind == "unquiz":
        value["quiz_points"] = []


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(act, min_size=1, max_size=6))
def test_a_pinned_version_never_changes(clock, acts):
    asked = question_set()
    lessons = [lesson(f"第{n}讲", quizzes=[quiz("0:20", asked)]) for n in range(4)]
    page = class_page(f"c{ClassPage.objects.count()}", courses=[course("甲", lessons[:2]), course("乙", lessons[2:])])
    spare: dict[str, Any] = {"videos": [video(70).pk, video(80).pk]}
    known = {1: demands(page.pk, 1)}

    for kind, number in acts:
        page = ClassPage.objects.get(pk=page.pk)
        blocks = page.syllabus.get_prep_value()
        edit(blocks, kind, number, spare)
        page.syllabus = blocks
        page.save_revision().publish()
        latest = SyllabusVersion.objects.filter(class_page=page).order_by("-number").first()
        for version, before in known.items():
            assert demands(page.pk, version) == before
        known.setdefault(latest.number, demands(page.pk, latest.number))
        current = [[each.title for each in c.lessons] for c in draft_of(ClassPage.objects.get(pk=page.pk))]
        assert [[each.title for each in c.lessons] for c in syllabus_of(page.pk, latest.number).courses] == current
