"""The exam room's part of what is stored on somebody (X7)."""

from exams.models import Attempt, ExtraTime, PracticeRecord


def export_exams(user_id: int) -> dict[str, list[dict[str, object]]]:
    """Every attempt with its result, extra time, how he stands with each question he practised.

    Papers aren't his: what is right in them isn't told here either.
    """
    sat = Attempt.objects.filter(user_id=user_id).order_by("opened_at", "pk")
    granted = ExtraTime.objects.filter(user_id=user_id).order_by("granted_at", "pk")
    practised = PracticeRecord.objects.filter(user_id=user_id).order_by("tried_at", "pk")
    attempts = sat.values(
        "course__title",
        "round",
        "number",
        "state",
        "opened_at",
        "deadline_at",
        "closed_at",
        "closed_by",
        "answers",
        "right",
        "total",
        "points",
        "max_points",
        "passed",
    )
    extra_time = granted.values("percent", "reason", "granted_at", "ended_at")
    practice = practised.values("course__title", "tries", "wrong", "right_in_a_row", "is_mistake", "tried_at")
    return {
        "attempts": [dict(row) for row in attempts],
        "extra_time": [dict(row) for row in extra_time],
        "practice": [dict(row) for row in practice],
    }
