"""Importing questions from a workbook: the row is the job, its figures and what it couldn't take."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionImportQuerySet(models.QuerySet["QuestionImport"]):
    """Claims are conditional updates over these."""

    def claimable(self, now: datetime) -> "QuestionImportQuerySet":
        """Imports a worker may take: waiting, or left behind by one whose lease has run out."""
        return self.filter(models.Q(state="waiting") | models.Q(state="running", lease_until__lte=now))

    def held_by(self, token: str) -> "QuestionImportQuerySet":
        """The import that this lease holds; none once another worker took it over."""
        return self.filter(state="running", lease_token=token)


class QuestionImport(models.Model):
    """A workbook of questions on its way into a bank.

    `row_upto` is the last row of the sheet that is done, written together with what it changed, so that a killed import
    goes on after it. While it waits, `lease_until` is when its job is sent again; while it runs, when the worker is
    taken for dead. `doubles`: the first of the questions that look like others,
    `[{"row", "question", "other", "percent"}]`; `doubled` counts them all.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在导入")
        DONE = "done", _("已完成")
        REFUSED = "refused", _("没有导入")

    bank = models.ForeignKey(
        "cms.QuestionBank", verbose_name=_("题库"), on_delete=models.PROTECT, related_name="imports"
    )
    file = models.CharField(max_length=255, editable=False)
    file_name = models.CharField(_("文件名"), max_length=255)
    asked_by = models.ForeignKey(
        "identity.User", verbose_name=_("导入者"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("提交时间"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(_("原因"), max_length=500, blank=True)
    row_upto = models.PositiveIntegerField(default=0)
    rows_expected = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("没有变化"), default=0)
    failed = models.PositiveIntegerField(_("有问题"), default=0)
    doubled = models.PositiveIntegerField(_("可能重复"), default=0)
    doubles: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    notes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("考题导入")
        verbose_name_plural = _("考题导入")
        default_permissions = ()
        indexes = [models.Index(fields=["state", "lease_until"], name="import_by_state")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows_taken(self) -> int:
        """Rows of questions read so far."""
        return self.added + self.changed + self.unchanged + self.failed


class QuestionImportFault(models.Model):
    """A row that wasn't taken: `cells` as they stood (column → text), `reasons` a sentence each."""

    of_import = models.ForeignKey(QuestionImport, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField(_("行"))
    cells: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField()
    reasons: "models.JSONField[list[str], list[str]]" = models.JSONField()

    class Meta:
        verbose_name = _("没有导入的行")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["of_import", "row"], name="import_fault_once_a_row")]

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.row}"
