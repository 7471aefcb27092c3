"""The learning room's part of what is stored on somebody (X7)."""

from learning.models import Enrolment, LessonProgress, QuizTry, Watch


def export_learning(user_id: int) -> dict[str, list[dict[str, object]]]:
    """Enrolments, how far in each lesson, every sitting with its address and device, every answer."""
    enrolments = Enrolment.objects.filter(user_id=user_id).order_by("enrolled_at", "pk")
    lessons = LessonProgress.objects.filter(enrolment__user_id=user_id).order_by("pk")
    sittings = Watch.objects.filter(user_id=user_id).order_by("opened_at", "pk")
    answers = QuizTry.objects.filter(progress__enrolment__user_id=user_id).order_by("tried_at", "pk")
    in_class = enrolments.values("class_page__title", "state", "enrolled_at", "last_studied_at", "completed_at")
    in_lesson = lessons.values("lesson__title", "duration_ms", "frontier_ms", "position_ms", "done_at")
    seats = sittings.values("progress__lesson__title", "opened_at", "ended_at", "end", "address", "device")
    answered = answers.values("progress__lesson__title", "answers", "correct", "tried_at")
    return {
        "enrolments": [dict(row) for row in in_class],
        "lessons": [dict(row) for row in in_lesson],
        "sittings": [dict(row) for row in seats],
        "answers": [dict(row) for row in answered],
    }
