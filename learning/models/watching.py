"""Watching (mechanism 1): what a heartbeat reads and writes is one row of `LessonProgress`."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

NO_STOP = 2_000_000_000
"""`next_stop_ms` where nothing is to be answered any more: later than any video ends."""


class LessonProgress(models.Model):
    """How far a learner is in one lesson. All times are integer milliseconds, all columns NOT NULL but `done_at`.

    `frontier_ms`: watched without a gap from 0. `budget_ms`: a token bucket that real time fills and the frontier
    spends. `next_stop_ms`: the next unanswered quiz or presence check; `next_quiz_ms`: the next quiz alone, which is
    what may be told (a check must stay unforeseen). `watch`: id of the open watch, 0 for none.
    `beats`, `corrections`, `longest_gap_ms` are the open watch's evidence, copied to it when it ends. `round`: that of
    its course (`CourseProgress`), in which quizzes are answered.
    """

    enrolment = models.ForeignKey("learning.Enrolment", on_delete=models.PROTECT, related_name="lessons")
    lesson = models.ForeignKey("cms.Lesson", on_delete=models.PROTECT, related_name="+")
    watch = models.BigIntegerField(default=0)
    duration_ms = models.BigIntegerField()
    frontier_ms = models.BigIntegerField(default=0)
    position_ms = models.BigIntegerField(default=0)
    beat_at_ms = models.BigIntegerField(default=0)
    budget_ms = models.BigIntegerField(default=0)
    rate_pct = models.IntegerField(default=100)
    next_stop_ms = models.BigIntegerField(default=NO_STOP)
    next_quiz_ms = models.BigIntegerField(default=NO_STOP)
    beats = models.BigIntegerField(default=0)
    corrections = models.BigIntegerField(default=0)
    longest_gap_ms = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(_("学完时间"), null=True)
    round = models.PositiveSmallIntegerField(_("第几轮"), default=1)

    class Meta:
        verbose_name = _("视频进度")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="lesson_progress_once"),
            models.CheckConstraint(
                condition=Q(frontier_ms__gte=0, frontier_ms__lte=F("duration_ms")), name="frontier_within_lesson"
            ),
            models.CheckConstraint(condition=Q(position_ms__gte=0, budget_ms__gte=0), name="watching_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} / {self.lesson_id}"


class Watch(models.Model):
    """One sitting at one lesson on one device: opened once, ended once, kept as evidence."""

    class End(models.TextChoices):
        SUPERSEDED = "superseded", _("在别处继续")
        LEFT = "left", _("离开")
        LOGOUT = "logout", _("退出登录")
        PASSWORD = "password", _("修改密码")
        CLEARED = "cleared", _("重新学习")
        REFUNDED = "refunded", _("已退款")

    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    progress = models.ForeignKey(LessonProgress, on_delete=models.PROTECT, related_name="watches")
    opened_at = models.DateTimeField()
    opened_from_ms = models.BigIntegerField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=End.choices, blank=True)
    ended_at_ms = models.BigIntegerField(default=0)
    beats = models.BigIntegerField(default=0)
    corrections = models.BigIntegerField(default=0)
    longest_gap_ms = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("观看记录")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="one_open_watch")
        ]
        indexes = [models.Index(fields=["progress", "opened_at"], name="watch_by_progress")]

    def __str__(self) -> str:
        return f"watch {self.pk}"
