"""The case of a unit that registers (U7, H2): what the superior reads, what looks odd, what its decision does."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import id_numbers
from identity import queries as identity
from identity import services as accounts
from identity.queries import OrganisationFacts
from identity.services import Registrant
from registry.approvals.services import CaseKind, Draft, Line

if TYPE_CHECKING:
    from registry.approvals.models import Case

MANY_WITH_ONE_MOBILE = 3
LEVEL_TABLES = {"bureau": "professional_level", "department": "department_level", "base": "base_level"}


class UnitRegistrationKind(CaseKind):
    """Passing it takes the unit up and its first administrator with it; rejecting frees the credit code."""

    module = "units"
    reasons = (
        gettext_lazy("单位名称和证照不一致"),
        gettext_lazy("不归本部门管理，请重新选择主管部门"),
        gettext_lazy("管理员不是本单位的人员"),
    )

    def __init__(self, kind: str, label: str | Promise) -> None:
        self.kind = kind
        self.code = f"{kind}_registration"  # type: ignore[misc]  # one class for four codes
        self.label = label  # type: ignore[misc]

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Also after an objection, when the membership was turned back already."""
        accounts.set_state(organisation_id=case.subject_id, state="active")
        settled = accounts.settle_membership(
            user_id=case.applicant_id, kind=self.kind, organisation_id=case.subject_id, passed=True, now=now
        )
        if not settled:
            accounts.open_membership(
                user_id=case.applicant_id,
                kind=self.kind,
                organisation_id=case.subject_id,
                is_super=True,
                state="active",
                now=now,
            )

    def turn_back(self, case: "Case", *, now: datetime) -> None:
        accounts.set_state(organisation_id=case.subject_id, state="rejected")
        accounts.settle_membership(
            user_id=case.applicant_id, kind=self.kind, organisation_id=case.subject_id, passed=False, now=now
        )

    def take_back(self, case: "Case", *, now: datetime) -> None:
        self.turn_back(case, now=now)

    def is_stale(self, case: "Case") -> bool:
        """Its credit code was taken by another unit, after this one was turned back."""
        holder = identity.holder_of_credit_code(case.payload["after"]["credit_code"])
        return holder is not None and holder != case.subject_id

    def link(self, case: "Case") -> str:
        """Whoever was turned back can't reach a page of his own; the login says why, and lets him register again."""
        return "/login/"

    def passed_text(self, case: "Case") -> str:
        return _("现在可以用单位管理员身份登录了。")

    def lines(self, case: "Case") -> list[Line]:
        asked, words = case.payload["after"], case.summary
        user = case.applicant
        known = [
            Line(_("单位名称"), asked["name"]),
            Line(_("统一社会信用代码"), asked["credit_code"]),
            Line(_("区域"), words["region"]),
            Line(_("上级"), words["parent"]),
            Line(_("单位性质"), words["nature"]),
            Line(_("所属行业"), words["industry"]),
            Line(_("级别"), words["level"]),
            Line(_("联系电话"), asked["phone"]),
            Line(_("地址"), asked["address"]),
            Line(_("管理员"), asked["administrator"] or user.name),
            Line(_("管理员证件号码"), identity.masked_id_number(user)),
            Line(_("管理员手机"), id_numbers.mask_mobile(user.mobile)),
            Line(_("管理员邮箱"), user.email),
        ]
        return [line for line in known if line.after]


REGISTRATIONS = (
    UnitRegistrationKind("employer", gettext_lazy("用人单位注册")),
    UnitRegistrationKind("department", gettext_lazy("主管部门注册")),
    UnitRegistrationKind("base", gettext_lazy("继续教育基地注册")),
    UnitRegistrationKind("bureau", gettext_lazy("人社部门注册")),
)


def draft_of(
    *,
    registrant: Registrant,
    organisation_id: int,
    columns: dict[str, Any],
    kind: str,
    above: OrganisationFacts,
    administrator: str,
    exclusive_key: str,
    fingerprint: str,
) -> Draft:
    """The case for a unit that is written down already. Neither ID number nor mobile is in its payload."""
    unit = identity.organisation(organisation_id)
    return Draft(
        kind=f"{kind}_registration",
        applicant_id=registrant.user_id,
        organisation_id=organisation_id,
        subject=("organisation", organisation_id),
        title=columns["name"],
        reviewers=[above.id],
        summary={
            "region": unit.region_name,
            "parent": above.name,
            "nature": identity.label("unit_nature", columns["nature"]),
            "industry": identity.label("industry", columns["industry"]),
            "level": identity.label(LEVEL_TABLES[kind], columns["level"]) if kind in LEVEL_TABLES else "",
            "credit_code": columns["credit_code"],
            "contact": columns["phone"],
        },
        after={**columns, "region": unit.region_code, "administrator": administrator, "fingerprint": fingerprint},
        marks=_marks(registrant, columns, kind),
        exclusive_key=exclusive_key,
    )


def _marks(registrant: Registrant, columns: dict[str, Any], kind: str) -> list[dict[str, str]]:
    found = {
        "namesake": _("本区域已有同名单位") if identity.namesakes(columns["name"], columns["region_id"]) > 1 else "",
        "legacy_code": _("填的是 9 位组织机构代码") if len(columns["credit_code"]) < 18 else "",
        "mobile_shared": _mobile_mark(registrant),
        "second_bureau": _bureau_mark(columns["region_id"]) if kind == "bureau" else "",
    }
    return [{"code": code, "text": text} for code, text in found.items() if text]


def _mobile_mark(registrant: Registrant) -> str:
    sharers = identity.sharers_of_mobile(registrant.mobile)
    return _("%(count)s 个人用了这个手机号") % {"count": sharers} if sharers >= MANY_WITH_ONE_MOBILE else ""


def _bureau_mark(region_id: int) -> str:
    bureau = identity.bureau_of_region(region_id)
    return _("本区域已有人社部门") if bureau and bureau.region_id == region_id else ""
