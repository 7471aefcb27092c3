"""Who is in which class, and how far."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Enrolment(models.Model):
    """A learner's place in a class (报名). Pins the syllabus version it began with (L7)."""

    class State(models.TextChoices):
        ACTIVE = "active", _("在学")
        ENDED = "ended", _("已退出")

    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="enrolments")
    class_page = models.ForeignKey("cms.ClassPage", on_delete=models.PROTECT, related_name="enrolments")
    syllabus_version = models.PositiveIntegerField(_("目录版本"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ACTIVE)
    enrolled_at = models.DateTimeField(_("报名时间"))
    last_studied_at = models.DateTimeField(_("最近学习"), null=True)
    completed_at = models.DateTimeField(_("学完时间"), null=True)

    class Meta:
        verbose_name = _("报名")
        verbose_name_plural = _("报名")
        constraints = [models.UniqueConstraint(fields=["user", "class_page"], name="enrolled_once")]
        indexes = [models.Index(fields=["user", "state", "-last_studied_at"], name="enrolment_by_recent")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.class_page_id}"


class CourseProgress(models.Model):
    """A course of an enrolment: its videos, its exam, whether it counts (L7).

    `round`: how often it has been begun; two failed exams clear its videos and begin the next one (L2).
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="courses")
    course = models.ForeignKey("cms.Course", on_delete=models.PROTECT, related_name="+")
    videos_done_at = models.DateTimeField(_("视频学完"), null=True)
    exam_passed_at = models.DateTimeField(_("考试通过"), null=True)
    counted_at = models.DateTimeField(_("计入"), null=True)
    round = models.PositiveSmallIntegerField(_("第几轮"), default=1)

    class Meta:
        verbose_name = _("课程进度")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "course"], name="course_progress_once"),
            models.CheckConstraint(condition=models.Q(round__gte=1), name="rounds_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} / {self.course_id}"


class CourseClearing(models.Model):
    """A course whose progress was cleared to be learned again (重新学习, L2), with what was cleared.

    `kept`: lesson progress id → its `frontier_ms`, `position_ms`, `done_at` (ISO) as they were: a clearing that turns
    out to have been wrong is undone (`undone_at`).
    """

    course_progress = models.ForeignKey(CourseProgress, on_delete=models.PROTECT, related_name="clearings")
    round = models.PositiveSmallIntegerField(_("结束的一轮"))
    cleared_at = models.DateTimeField(_("清零时间"))
    kept: "models.JSONField[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]" = models.JSONField()
    undone_at = models.DateTimeField(_("恢复时间"), null=True)

    class Meta:
        verbose_name = _("重新学习记录")
        constraints = [
            models.UniqueConstraint(
                fields=["course_progress", "round"],
                condition=models.Q(undone_at__isnull=True),
                name="a_round_is_cleared_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.course_progress_id} round {self.round}"
