"""Belonging: which human is what in which organisation, and the permission roles of its administrators."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Membership(models.Model):
    """A role that a human may act in (P7). `kind` is the contract's user type.

    A bureau's *internal* account is an employer-kind membership of the bureau (H1). `modules` is the union of the
    permission roles that were given, kept by `identity.services.roles`; the super administrator has all of his kind.
    """

    class Kind(models.TextChoices):
        TECHNICIAN = "technician", _("专业技术人员")
        EMPLOYER = "employer", _("用人单位管理员")
        DEPARTMENT = "department", _("主管部门管理员")
        BUREAU = "bureau", _("人社部门管理员")
        BASE = "base", _("继续教育基地管理员")

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("审核中")
        ACTIVE = "active", _("有效")
        REJECTED = "rejected", _("已退回")
        ENDED = "ended", _("已结束")

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="memberships")
    kind = models.CharField(_("身份"), max_length=12, choices=Kind.choices)
    organisation = models.ForeignKey("identity.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT)
    work_department = models.ForeignKey(
        "identity.WorkDepartment", verbose_name=_("工作部门"), on_delete=models.SET_NULL, null=True, blank=True
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.IN_REVIEW)
    is_super = models.BooleanField(_("超级管理员"), default=False)
    roles = models.ManyToManyField("identity.PermissionRole", verbose_name=_("角色"), related_name="memberships")
    modules: "models.JSONField[list[str], list[str]]" = models.JSONField(_("权限模块"), default=list)
    since = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("身份")
        verbose_name_plural = _("身份")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(kind="technician", state__in=["in_review", "active"]),
                name="technician_in_one_unit",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "organisation"],
                condition=models.Q(state__in=["in_review", "active"]),
                name="one_membership_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=models.Q(is_super=True, state__in=["in_review", "active"]),
                name="one_super_administrator",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="technician", is_super=True), name="technicians_administer_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "kind", "state"], name="membership_by_organisation"),
            models.Index(fields=["work_department"], name="membership_by_department"),
            models.Index(
                fields=["organisation", "kind"],
                condition=models.Q(state="active") & ~models.Q(kind="technician"),
                name="administrator_by_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.organisation}"

    def describe(self) -> dict[str, Any]:
        """What an audit entry says of it."""
        return {"kind": self.kind, "organisation": self.organisation_id, "state": self.state}


class PermissionRole(models.Model):
    """A named set of permission modules of one organisation's administrators of one kind (角色, U4)."""

    organisation = models.ForeignKey("identity.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT)
    kind = models.CharField(_("身份"), max_length=12, choices=Membership.Kind.choices)
    name = models.CharField(_("角色名称"), max_length=30)
    note = models.CharField(_("说明"), max_length=100, blank=True)
    modules: "models.JSONField[list[str], list[str]]" = models.JSONField(_("权限模块"), default=list)

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = _("角色")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "name"], name="permission_role_named_once")
        ]

    def __str__(self) -> str:
        return self.name
