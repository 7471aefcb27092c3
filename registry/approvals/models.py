"""The approval engine's rows (mechanism 2): a case, its steps in order, and deputies of reviewers on leave."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Case(models.Model):
    """A asks, B decides (审核事项). `kind` names a class of `registry.approvals.kinds`.

    `payload` is `{"before": {field: value}, "after": {field: value}}` in codes and ids, never an ID number or a mobile.
    `summary` is what a row of the queue shows, frozen when it was opened. `marks` is what looked odd: `{code, text}`.
    Two open cases never share an `exclusive_key`: one open title change or transfer per person, one registration per
    credit code.
    """

    class State(models.TextChoices):
        OPEN = "open", _("审核中")
        PASSED = "passed", _("已通过")
        REJECTED = "rejected", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    kind = models.CharField(_("类型"), max_length=30)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    applicant = models.ForeignKey(
        "identity.User", verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="cases"
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("所属单位"), on_delete=models.PROTECT, related_name="cases"
    )
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    title = models.CharField(_("名称"), max_length=120)
    summary: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    payload: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    marks: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(default=list)
    exclusive_key = models.CharField(max_length=100, null=True)
    opened_at = models.DateTimeField(_("提交时间"))
    decided_at = models.DateTimeField(_("审结时间"), null=True)
    reminded_at = models.DateTimeField(_("催办时间"), null=True)

    class Meta:
        verbose_name = _("审核事项")
        verbose_name_plural = _("审核事项")
        constraints = [
            models.UniqueConstraint(
                fields=["exclusive_key"],
                condition=Q(state="open", exclusive_key__isnull=False),
                name="one_open_case_of_a_key",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="decided_case_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-opened_at"], name="case_by_applicant"),
            models.Index(fields=["organisation", "state"], name="case_by_organisation"),
            models.Index(fields=["subject_kind", "subject_id", "state"], name="case_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Step(models.Model):
    """One decision of a case. `kind`, `is_odd` and the case's `submitted_at` stand here too: the queue's index.

    `risen_to` is the superior whose list it has risen to because it is overdue or the unit has no administrator; the
    organisation itself may still decide it. `due_at` is when it is overdue; `rises_at` when it rises (further), null
    where nobody stands above.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("还没轮到")
        OPEN = "open", _("待审核")
        PASSED = "passed", _("已通过")
        REJECTED = "rejected", _("已退回")
        SKIPPED = "skipped", _("不再需要")

    case = models.ForeignKey("approvals.Case", on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="review_steps")
    risen_to = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, related_name="risen_steps"
    )
    module = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    is_odd = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    rises_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_for = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    opinion = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("审核步骤")
        verbose_name_plural = _("审核步骤")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="step_number_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="one_open_step_of_a_case"),
            models.CheckConstraint(
                condition=~Q(state__in=["passed", "rejected"]) | Q(reviewer__isnull=False, decided_at__isnull=False),
                name="decision_has_its_reviewer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "kind", "-is_odd", "submitted_at", "id"],
                condition=Q(state="open"),
                name="step_queue",
            ),
            models.Index(fields=["risen_to", "kind"], condition=Q(state="open"), name="step_risen"),
            models.Index(fields=["rises_at"], condition=Q(state="open"), name="step_rises"),
            models.Index(
                fields=["organisation", "kind", "-decided_at"],
                condition=Q(state__in=["passed", "rejected"], is_hidden=False),
                name="step_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number} {self.state}"


class Deputy(models.Model):
    """While a reviewer is on leave another administrator of the organisation decides what he could (代理人, S2)."""

    absent = models.ForeignKey("identity.Membership", on_delete=models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey("identity.Membership", on_delete=models.CASCADE, related_name="deputises")
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    named_at = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("代理人")
        verbose_name_plural = _("代理人")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="deputy_dates_in_order"),
            models.CheckConstraint(condition=~Q(absent=F("deputy")), name="deputy_is_somebody_else"),
        ]
        indexes = [models.Index(fields=["deputy", "ends_on"], name="deputy_by_date")]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.absent_id}"
