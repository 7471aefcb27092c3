"""The organisation tree (组织树), the names it is searched by, and the departments inside a unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet


class OrganisationQuerySet(MP_NodeQuerySet):
    """Filters that every screen starts from."""

    def active(self) -> "OrganisationQuerySet":
        return self.filter(state=Organisation.State.ACTIVE)

    def below(self, path: str) -> "OrganisationQuerySet":
        """The organisation of this path and all below it."""
        return self.filter(path__startswith=path)


class OrganisationManager(MP_NodeManager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]  # made at run time
    """treebeard's manager names its own queryset; ours has the filters too."""

    def get_queryset(self) -> OrganisationQuerySet:
        return OrganisationQuerySet(self.model, using=self._db).order_by("path")


class Organisation(MP_Node):
    """A bureau, department, employer or CE base. Its superior is its parent in the tree, its region an attribute.

    One that registers stands below its reviewer, `in_review`, until it is decided. One that was merged into another
    stays as its alias (S1): `merged` with `merged_into`. `level` is a code of department_level or, for a CE
    base, base_level. `hours_review`: it recognises its people's declared hours itself (学时审核权限, U3).
    """

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("人社部门")
        DEPARTMENT = "department", _("主管部门")
        EMPLOYER = "employer", _("用人单位")
        BASE = "base", _("继续教育基地")

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("审核中")
        ACTIVE = "active", _("正常")
        REJECTED = "rejected", _("已退回")
        MERGED = "merged", _("已合并")
        DELETED = "deleted", _("已删除")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ACTIVE)
    code = models.CharField(_("单位编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    region = models.ForeignKey("identity.Region", verbose_name=_("区域"), on_delete=models.PROTECT)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    nature = models.CharField(_("单位性质"), max_length=20, blank=True)
    industry = models.CharField(_("所属行业"), max_length=20, blank=True)
    level = models.CharField(_("级别"), max_length=20, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    postcode = models.CharField(_("邮政编码"), max_length=10, blank=True)
    hours_review = models.BooleanField(_("学时审核权限"), default=True)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("并入"), on_delete=models.PROTECT, null=True, blank=True, related_name="aliases"
    )
    registered_at = models.DateTimeField(_("登记时间"), null=True, blank=True)

    objects = OrganisationManager()

    class Meta:
        verbose_name = _("组织")
        verbose_name_plural = _("组织")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=models.Q(credit_code__isnull=False, state__in=["in_review", "active"]),
                name="credit_code_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="merged_has_survivor",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "region"], name="organisation_by_kind"),
            models.Index(fields=["kind", "state", "path"], name="organisation_in_subtree"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationGram(models.Model):
    """A character or a pair of neighbouring characters of a unit's name, or of the name of one merged into it.

    Trigram indexes don't serve queries of one or two characters, which is what people type here. `kind` stands in the
    index so that a picker of employers reads employers only.
    """

    gram = models.CharField(max_length=4)
    kind = models.CharField(max_length=12)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.CASCADE, related_name="grams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gram", "kind", "organisation"], name="organisation_gram_once")]

    def __str__(self) -> str:
        return f"{self.gram} in {self.organisation_id}"


class WorkDepartment(models.Model):
    """A department inside a unit (工作部门, U1): people, titles and administrators pick from the unit's own tree.

    A closed one stays for the records that name it and can't be picked any more.
    """

    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="work_departments"
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("上级部门"), on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(_("名称"), max_length=60)
    sort = models.PositiveIntegerField(_("次序"), default=0)
    is_closed = models.BooleanField(_("已撤销"), default=False)

    class Meta:
        verbose_name = _("工作部门")
        verbose_name_plural = _("工作部门")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], condition=models.Q(is_closed=False), name="work_department_named_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(is_closed=False, parent__isnull=True),
                name="top_work_department_named_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
