"""The exam room's part of what is stored on somebody (X7)."""

from typing import Any

from cms.queries import blueprint_terms
from exams.models import Attempt, ExtraTime, PracticeRecord


def export_exams(user_id: int) -> dict[str, list[dict[str, object]]]:
    """Every attempt with its result and what he answered, extra time, how he stands with each question he practised.

    Which answer would have been right is told where the exam's policy shows it to him, and only there.
    """
    sat = Attempt.objects.filter(user_id=user_id).select_related("course", "paper").order_by("opened_at", "pk")
    granted = ExtraTime.objects.filter(user_id=user_id).order_by("granted_at", "pk")
    practised = PracticeRecord.objects.filter(user_id=user_id).order_by("tried_at", "pk")
    attempts = list(sat)
    passed = {attempt.course_id for attempt in attempts if attempt.passed}
    extra_time = granted.values("percent", "reason", "granted_at", "ended_at")
    practice = practised.values("course__title", "tries", "wrong", "right_in_a_row", "is_mistake", "tried_at")
    return {
        "attempts": [_told(attempt, attempt.course_id in passed) for attempt in attempts],
        "extra_time": [dict(row) for row in extra_time],
        "practice": [dict(row) for row in practice],
    }


def _told(attempt: Attempt, has_passed: bool) -> dict[str, object]:
    fields = (
        "round number state opened_at deadline_at closed_at closed_by saved_at right total points max_points passed"
    )
    told: dict[str, object] = {name: getattr(attempt, name) for name in fields.split()}
    policy = blueprint_terms(attempt.blueprint_id).answers_shown
    is_shown = policy == "finished" or (policy == "passed" and has_passed)
    is_shown = is_shown and attempt.state == Attempt.State.FINISHED
    answers = [_answer(attempt, question, is_shown) for question in attempt.paper.questions]
    return {"course": attempt.course.title, **told, "answers": answers}


def _answer(attempt: Attempt, question: dict[str, Any], is_shown: bool) -> dict[str, object]:
    texts = {option["id"]: option["text"] for option in question["options"]}
    chosen = [texts[name] for name in attempt.answers.get(question["id"], [])]
    answer: dict[str, object] = {"question": question["stem"], "chosen": chosen}
    return answer | ({"right": [texts[name] for name in question["right"]]} if is_shown else {})
