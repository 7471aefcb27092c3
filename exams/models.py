"""Attempts at section exams (小节考试, L2). All instants are the server's."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ATTEMPTS_A_ROUND = 2
"""How often a learner may sit a course's exam before he has to learn it again (L2)."""

LEAVES_AFTER = 2
"""Right answers in a row after which a question leaves the mistakes book (L9)."""


class Attempt(models.Model):
    """One sitting of a course's exam: opened once, handed in once.

    `answers`: question id of the paper → chosen option ids; written by one conditional statement as long as the attempt
    is open and `deadline_at` isn't past. `points` are of `max_points`, `right` of `total` questions; they are 0 before
    the end. `excused`: places of the paper's questions that were voided and count as right.
    """

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        FINISHED = "finished", _("已交卷")
        VOIDED = "voided", _("已作废")

    class ClosedBy(models.TextChoices):
        LEARNER = "learner", _("本人交卷")
        DEADLINE = "deadline", _("到时自动交卷")

    public_id = models.UUIDField(unique=True, editable=False)
    enrolment = models.ForeignKey("learning.Enrolment", on_delete=models.PROTECT, related_name="exam_attempts")
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="exam_attempts")
    course = models.ForeignKey("cms.Course", on_delete=models.PROTECT, related_name="+")
    blueprint = models.ForeignKey("cms.Blueprint", on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(_("第几轮"))
    number = models.PositiveSmallIntegerField(_("第几次"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("开始时间"))
    deadline_at = models.DateTimeField(_("截止时间"))
    closed_at = models.DateTimeField(_("交卷时间"), null=True)
    closed_by = models.CharField(_("怎样交卷"), max_length=8, choices=ClosedBy.choices, blank=True)
    answers: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField(default=dict)
    saved_at = models.DateTimeField(_("最近保存"), null=True)
    total = models.PositiveSmallIntegerField(_("题数"))
    right = models.PositiveSmallIntegerField(_("答对题数"), default=0)
    max_points = models.PositiveIntegerField(_("总分"))
    points = models.PositiveIntegerField(_("得分"), default=0)
    pass_points = models.PositiveIntegerField(_("及格分"))
    passed = models.BooleanField(_("通过"), default=False)
    excused: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    counted_at = models.DateTimeField(_("计入题目统计"), null=True)

    class Meta:
        verbose_name = _("考试记录")
        verbose_name_plural = _("考试记录")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "course", "round", "number"],
                condition=~Q(state="voided"),
                name="attempt_once_a_number",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "course"], condition=Q(state="open"), name="one_open_attempt_a_course"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=ATTEMPTS_A_ROUND), name="two_attempts_a_round"
            ),
            models.CheckConstraint(condition=Q(deadline_at__gt=F("opened_at")), name="attempt_has_time"),
            models.CheckConstraint(
                condition=Q(right__lte=F("total"), points__lte=F("max_points")), name="grade_within_paper"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | ~Q(state="open"), name="open_is_not_closed"
            ),
            models.CheckConstraint(
                condition=Q(passed=False) | Q(state="finished", points__gte=F("pass_points")), name="passed_has_points"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "course", "-opened_at"], name="attempt_by_learner"),
            models.Index(fields=["deadline_at"], condition=Q(state="open"), name="attempt_to_close"),
            models.Index(
                fields=["closed_at"], condition=Q(state="finished", counted_at__isnull=True), name="attempt_to_count"
            ),
            models.Index(fields=["blueprint", "state", "id"], name="attempt_by_blueprint"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} / {self.course_id} {self.round}.{self.number}"


class Paper(models.Model):
    """The paper (试卷) of an attempt, frozen when drawn, never changed: right answers in it, so never for a browser.

    `questions`: `[{"id", "question", "kind", "points", "stem", "picture", "options": [{"id", "text", "picture"}],
    "right": [id], "explanation", "sources": {id: id}}]` in the order of the sheet. `id`s are of this attempt alone;
    `question` and the options that `sources` leads to are the bank's.
    Drawn again from `seed`, the same bank and the same `avoided` questions it is the same.
    """

    attempt = models.OneToOneField(Attempt, primary_key=True, on_delete=models.PROTECT, related_name="paper")
    seed = models.CharField(max_length=32)
    avoided: "models.JSONField[list[int], list[int]]" = models.JSONField(default=list)
    questions: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()

    class Meta:
        verbose_name = _("试卷")

    def __str__(self) -> str:
        return f"paper {self.attempt_id}"


class Regrading(models.Model):
    """A finished attempt changed after all, upward only: a question of it was voided. Append-only."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regradings")
    question = models.ForeignKey("cms.BankQuestion", on_delete=models.PROTECT, related_name="+")
    points_before = models.PositiveIntegerField()
    points_after = models.PositiveIntegerField()
    passed = models.BooleanField()
    regraded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("改判记录")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="regraded_once_for_a_question"),
            models.CheckConstraint(condition=Q(points_after__gte=F("points_before")), name="regraded_upward"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.points_before} → {self.points_after}"


class QuestionVoiding(models.Model):
    """The job of regrading whoever failed by a voided question; the row is the job, `upto` how far it is."""

    question = models.OneToOneField("cms.BankQuestion", primary_key=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提出时间"))
    claimed_until = models.DateTimeField(null=True)
    upto = models.BigIntegerField(default=0)
    regraded = models.PositiveIntegerField(_("改判份数"), default=0)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("作废题改判")

    def __str__(self) -> str:
        return f"{self.question_id}"


class ExtraTime(models.Model):
    """More time for a learner who needs it (残疾人延时, Barrier-free Law art. 32): percent on top of every exam's."""

    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField(_("延长（%）"))
    reason = models.CharField(_("原因"), max_length=200)
    granted_by_id = models.BigIntegerField(_("批准人"))
    granted_at = models.DateTimeField(_("批准时间"))
    ended_at = models.DateTimeField(_("取消时间"), null=True)

    class Meta:
        verbose_name = _("考试延时")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="one_extra_time"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=200), name="extra_time_within_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} +{self.percent}%"


class PracticeRecord(models.Model):
    """How a learner stands with one question in practice (练习). `is_mistake`: it is in his mistakes book (错题本)."""

    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey("cms.Course", on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey("cms.BankQuestion", on_delete=models.PROTECT, related_name="+")
    tries = models.PositiveIntegerField(_("练习次数"), default=0)
    wrong = models.PositiveIntegerField(_("答错次数"), default=0)
    right_in_a_row = models.PositiveIntegerField(_("连续答对"), default=0)
    is_mistake = models.BooleanField(_("在错题本"), default=False)
    tried_at = models.DateTimeField(_("最近练习"))

    class Meta:
        verbose_name = _("练习记录")
        constraints = [
            models.UniqueConstraint(fields=["user", "course", "question"], name="practised_as_one_record"),
            models.CheckConstraint(
                condition=Q(is_mistake=False) | Q(wrong__gt=0, right_in_a_row__lt=LEAVES_AFTER),
                name="mistake_was_wrong_and_not_twice_right",
            ),
            models.CheckConstraint(condition=Q(wrong__lte=F("tries")), name="wrong_within_tries"),
        ]
        indexes = [
            models.Index(fields=["user", "course", "-tried_at"], condition=Q(is_mistake=True), name="mistakes_book")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} / {self.question_id}"


class QuestionFigures(models.Model):
    """What finished attempts say of a question; a task folds them in, each attempt once.

    `shown` times asked, `right` times answered right, `blank` times left out; `chosen`: option id → times. The sums of
    the whole attempt's score (0 to 1) over all and over those who had it right give the discrimination (区分度).
    """

    question = models.OneToOneField("cms.BankQuestion", primary_key=True, on_delete=models.PROTECT, related_name="+")
    shown = models.PositiveIntegerField(_("出现次数"), default=0)
    right = models.PositiveIntegerField(_("答对次数"), default=0)
    blank = models.PositiveIntegerField(_("未答次数"), default=0)
    chosen: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    score_sum = models.FloatField(default=0)
    score_square_sum = models.FloatField(default=0)
    right_score_sum = models.FloatField(default=0)

    class Meta:
        verbose_name = _("题目分析")
        verbose_name_plural = _("题目分析")

    def __str__(self) -> str:
        return f"{self.question_id}"
