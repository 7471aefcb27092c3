"""Answers to pop-up quizzes and presence checks."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PresenceCheck(models.Model):
    """A check at a random moment whether somebody is there (L6); unanswered, progress stops at it.

    `question` has the shape of a quiz question (see `cms.QuizPoint`).
    """

    progress = models.ForeignKey("learning.LessonProgress", on_delete=models.PROTECT, related_name="presence_checks")
    at_ms = models.BigIntegerField()
    question: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("在场确认")
        constraints = [
            models.UniqueConstraint(
                fields=["progress"], condition=Q(passed_at__isnull=True), name="one_open_presence_check"
            )
        ]

    def __str__(self) -> str:
        return f"{self.progress_id} @ {self.at_ms}"


class QuizTry(models.Model):
    """One answer to a quiz point or a presence check. Append-only evidence."""

    progress = models.ForeignKey("learning.LessonProgress", on_delete=models.PROTECT, related_name="quiz_tries")
    watch = models.ForeignKey("learning.Watch", on_delete=models.PROTECT, related_name="+")
    quiz_point = models.ForeignKey("cms.QuizPoint", null=True, on_delete=models.PROTECT, related_name="+")
    presence_check = models.ForeignKey(PresenceCheck, null=True, on_delete=models.PROTECT, related_name="tries")
    answers: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField()
    correct = models.BooleanField()
    # A right answer holds for the round of the course it was given in: learning again asks again.
    round = models.PositiveSmallIntegerField(default=1)
    tried_at = models.DateTimeField()

    class Meta:
        verbose_name = _("答题记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiz_point__isnull=False, presence_check__isnull=True)
                | Q(quiz_point__isnull=True, presence_check__isnull=False),
                name="try_of_one_thing",
            )
        ]
        indexes = [models.Index(fields=["progress", "quiz_point"], name="try_by_quiz")]

    def __str__(self) -> str:
        return f"{self.progress_id} {self.correct}"
