"""The case of a unit that registers (U7, H2): what the superior reads, what looks odd, what its decision does."""

from collections.abc import Sequence
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
from registry.units.queries.subordinates import LEVELS

if TYPE_CHECKING:
    from registry.approvals.models import Case
    from registry.units.services.registration import UnitRegistration

LEGACY_PLACES = 9
_OF_THE_NAME = gettext_lazy("单位名称和信用代码证照不一致")
_OF_THE_ADMINISTRATOR = gettext_lazy("管理员不是本单位的人员")
_OF_THE_SUPERIOR = gettext_lazy("不归我们管理，请重新选择主管部门或区域")
_OF_THE_LEVEL = gettext_lazy("级别和批准文件不一致")


# --- The case ---------------------------------------------------------------------------------------------------------
class UnitRegistrationKind(CaseKind):
    """Passing it takes the unit up and its first administrator with it; rejecting frees the credit code."""

    module = "units"

    def __init__(self, kind: str, label: str | Promise, reasons: Sequence[str | Promise]) -> None:
        self.kind = kind
        self.code = f"{kind}_registration"  # type: ignore[misc]  # one class for four codes
        self.label = label  # type: ignore[misc]
        # Branches register below their employer; all else stands below an office.
        self.reviewers = ("employer", "department", "bureau") if kind == "employer" else ("bureau",)  # type: ignore[misc]
        self.reasons = reasons  # type: ignore[misc]

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Also after an objection, when unit and membership were turned back already. Raises CreditCodeTaken."""
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
        """Whether its credit code was taken by another unit after this one was turned back."""
        holder = identity.holder_of_credit_code(case.payload["after"]["credit_code"])
        return holder is not None and holder != case.subject_id

    def link(self, case: "Case") -> str:
        """Whoever was turned back can't reach a page of his own; the login says why, and lets him register again."""
        return "/login/"

    def passed_text(self, case: "Case") -> str:
        return _("现在可以用单位管理员身份登录了。")

    def lines(self, case: "Case") -> list[Line]:
        """What this kind doesn't ask for is left out."""
        asked, words, user = case.payload["after"], case.summary, case.applicant
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
            Line(_("管理员"), user.name),
            Line(_("管理员证件类型"), identity.id_type_label(user.id_type)),
            Line(_("管理员证件号码"), identity.masked_id_number(user)),
            Line(_("管理员手机"), id_numbers.mask_mobile(user.mobile)),
            Line(_("管理员邮箱"), user.email),
        ]
        return [line for line in known if line.after]


REGISTRATIONS = (
    UnitRegistrationKind(
        "employer", gettext_lazy("用人单位注册"), (_OF_THE_NAME, _OF_THE_SUPERIOR, _OF_THE_ADMINISTRATOR)
    ),
    UnitRegistrationKind(
        "department", gettext_lazy("主管部门注册"), (_OF_THE_NAME, _OF_THE_LEVEL, _OF_THE_ADMINISTRATOR)
    ),
    UnitRegistrationKind(
        "base", gettext_lazy("继续教育基地注册"), (_OF_THE_NAME, _OF_THE_LEVEL, _OF_THE_ADMINISTRATOR)
    ),
    UnitRegistrationKind("bureau", gettext_lazy("人社部门注册"), (_OF_THE_NAME, _OF_THE_LEVEL, _OF_THE_ADMINISTRATOR)),
)


# --- What is sent -----------------------------------------------------------------------------------------------------
def draft_of(
    *,
    registrant: Registrant,
    organisation_id: int,
    asked: dict[str, Any],
    above: OrganisationFacts,
    data: "UnitRegistration",
) -> Draft:
    """The case for a unit that is written down already. Neither ID number nor mobile is in its payload."""
    unit = identity.organisation(organisation_id)
    return Draft(
        kind=f"{data.kind}_registration",
        applicant_id=registrant.user_id,
        organisation_id=organisation_id,
        subject=("organisation", organisation_id),
        title=unit.name,
        reviewers=[above.id],
        summary={
            "region": unit.region_name,
            "parent": above.name,
            "nature": identity.label("unit_nature", unit.nature),
            "industry": identity.label("industry", unit.industry),
            "level": identity.label(LEVELS.get(data.kind, ""), unit.level),
            "credit_code": unit.credit_code,
            "contact": unit.phone,
        },
        after=asked,
        marks=_marks(registrant, unit, data),
        exclusive_key=exclusive_key(organisation_id),
    )


def exclusive_key(organisation_id: int) -> str:
    """What the case of this unit holds while it is open; changes of a unit's data hold the same."""
    return f"unit:{organisation_id}"


def _marks(registrant: Registrant, unit: OrganisationFacts, data: "UnitRegistration") -> list[dict[str, str]]:
    found = {
        "namesake": _("本区域已有同名单位") if identity.namesakes(unit.name, unit.region_id) > 1 else "",
        "legacy_code": _("填的是 9 位组织机构代码") if len(unit.credit_code) == LEGACY_PLACES else "",
        "no_code": _("没有统一社会信用代码，客服核对过材料") if not unit.credit_code else "",
        "second_bureau": _bureau_mark(unit) if unit.kind == "bureau" else "",
        **identity.registrant_marks(
            id_type=data.id_type,
            id_number=data.id_number,
            name=registrant.former_name if data.existing else data.administrator,
            former_name=registrant.former_name,
            mobile=registrant.mobile,
            mobile_changed=registrant.mobile_changed,
        ),
    }
    return [{"code": code, "text": text} for code, text in found.items() if text]


def _bureau_mark(unit: OrganisationFacts) -> str:
    bureau = identity.bureau_of_region(unit.region_id)
    return _("本区域已有人社部门") if bureau and bureau.region_id == unit.region_id else ""
