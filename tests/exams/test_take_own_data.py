"""What exams keep of somebody is in the file he takes along (X7), the key of a paper only where he may see it."""

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from exams.models import Attempt
from exams.queries.export import export_exams
from exams.services import grant_extra_time
from identity.queries import export_of
from registry.people.services import close_account
from tests.exams import classes
from tests.identity import factories


def taken(candidate) -> dict:
    """His part of the file, as it is written."""
    return json.loads(json.dumps(export_of(candidate.user.pk), cls=DjangoJSONEncoder))["exams"]


def test_attempts_with_answers_and_results_and_extra_time_are_in_it(candidate, exam_of):
    course = exam_of()
    grant_extra_time(
        user_id=candidate.user.pk,
        percent=50,
        reason="视力障碍",
        actor_id=1,
        acting_as="staff",
        now=candidate.clock.now(),
    )
    candidate.fails(course)

    found = taken(candidate)

    [attempt] = found["attempts"]
    assert (attempt["course"], attempt["state"], attempt["points"], attempt["passed"]) == (
        "课程 1",
        "finished",
        0,
        False,
    )
    assert len(attempt["answers"]) == 5
    assert all(answer["chosen"][0].startswith("错的") for answer in attempt["answers"])
    assert all("下面哪一项符合要求" in answer["question"] for answer in attempt["answers"])
    assert found["extra_time"][0]["percent"] == 50


def test_the_key_is_not_in_it_before_it_may_be_seen(candidate, exam_of):
    course = exam_of()
    candidate.fails(course)
    candidate.sits(course)
    assert "对的做法" not in json.dumps(taken(candidate), ensure_ascii=False)

    attempt = Attempt.objects.get(state="open")
    candidate.answers(attempt, classes.right_answers(str(attempt.public_id)))
    candidate.hands_in(attempt)

    first, second = taken(candidate)["attempts"]
    assert {answer["right"][0] for answer in first["answers"]} == {"对的做法"}
    assert second["answers"][0]["chosen"] == ["对的做法"]


@pytest.mark.parametrize(("policy", "is_told"), [("never", False), ("finished", True)])
def test_the_exam_s_policy_decides(candidate, exam_of, policy, is_told):
    course = exam_of(answers_shown=policy)
    candidate.fails(course)

    [attempt] = taken(candidate)["attempts"]

    assert ("right" in attempt["answers"][0]) == is_told


def test_nothing_of_others_is_in_it_and_it_costs_the_same_for_many(
    candidate, stranger, exam_of, django_assert_max_num_queries
):
    course = exam_of()
    stranger.enrols(course.class_page)
    classes.watch_all(stranger, course)
    stranger.fails(course)
    assert taken(candidate)["attempts"] == []
    for _ in range(3):
        for _ in range(2):
            candidate.fails(course)
        classes.watch_all(candidate, course)
    with django_assert_max_num_queries(5):
        assert len(export_exams(candidate.user.pk)["attempts"]) == 6


def test_closing_the_account_keeps_the_attempts_without_a_name(candidate, exam_of):
    candidate.fails(exam_of())

    close_account(actor=candidate.role, password=factories.PASSWORD, now=candidate.clock.now())

    attempt = Attempt.objects.select_related("user").get()
    assert (attempt.user.name, attempt.points) == ("（已注销）", 0)
