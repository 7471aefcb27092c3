"""Who is in which class, and how far."""

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
    """A course of an enrolment: its videos, its exam, whether it counts (L7)."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="courses")
    course = models.ForeignKey("cms.Course", on_delete=models.PROTECT, related_name="+")
    videos_done_at = models.DateTimeField(_("视频学完"), null=True)
    exam_passed_at = models.DateTimeField(_("考试通过"), null=True)
    counted_at = models.DateTimeField(_("计入"), null=True)

    class Meta:
        verbose_name = _("课程进度")
        constraints = [models.UniqueConstraint(fields=["enrolment", "course"], name="course_progress_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} / {self.course_id}"
