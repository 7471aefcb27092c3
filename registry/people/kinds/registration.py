"""The case of who registers as a technician (U5): what the unit reads, what looks odd, what its decision does."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import id_numbers
from identity import queries as identity
from identity import services as accounts
from identity.services import Registrant
from registry.approvals.services import CaseKind, Draft, Line
from registry.people import rules, titles
from registry.people.models import Profile, Sex

if TYPE_CHECKING:
    from registry.approvals.models import Case
    from registry.people.services.registration import Registration

PROFILE_FIELDS = (
    "sex",
    "born_on",
    "ethnicity",
    "education",
    "school",
    "major",
    "graduated_on",
    "degree",
    "postdoctoral",
    "post",
    "rank",
    "title_series",
    "title_level",
    "qualification",
    "effective_on",
    "certificate_no",
    "professional_qualification",
    "professional_level",
)
"""The columns of `Profile` that a person states."""

_KIND = "technician"


# --- The case ---------------------------------------------------------------------------------------------------------
class TechnicianRegistration(CaseKind):
    """Passing it lets the person take part in this unit; other roles he has stay as they are."""

    code = "technician_registration"
    label = gettext_lazy("技术人员注册")
    module = "registrations"
    reasons = (
        gettext_lazy("不是本单位的人员"),
        gettext_lazy("姓名和证件号码对不上"),
        gettext_lazy("职称或证书信息和档案不一致"),
        gettext_lazy("工作部门填错了，请改成实际部门"),
    )

    def apply(self, case: "Case", *, now: datetime) -> None:
        """Also after an objection, when the membership was turned back already."""
        unit, department = _unit_of(case), case.payload["after"]["department"]
        settled = accounts.settle_membership(
            user_id=case.subject_id, kind=_KIND, organisation_id=unit, passed=True, now=now
        )
        if not settled:
            accounts.open_membership(
                user_id=case.subject_id,
                kind=_KIND,
                organisation_id=unit,
                work_department_id=department,
                state="active",
                now=now,
            )

    def turn_back(self, case: "Case", *, now: datetime) -> None:
        unit = _unit_of(case)
        accounts.settle_membership(user_id=case.subject_id, kind=_KIND, organisation_id=unit, passed=False, now=now)

    def take_back(self, case: "Case", *, now: datetime) -> None:
        self.turn_back(case, now=now)

    def link(self, case: "Case") -> str:
        """Whoever was turned back can't reach a page of his own; the login says why, and lets him register again."""
        return "/login/"

    def passed_text(self, case: "Case") -> str:
        return _("现在可以登录学习了。")

    def lines(self, case: "Case") -> list[Line]:
        asked = case.payload["after"]
        profile = Profile.objects.select_related("user").get(pk=case.subject_id)
        user, unit = profile.user, _unit_of(case)
        return [
            Line(_("姓名"), asked["name"]),
            Line(_("证件类型"), identity.id_type_label(user.id_type)),
            Line(_("证件号码"), identity.masked_id_number(user)),
            Line(_("手机"), id_numbers.mask_mobile(user.mobile)),
            Line(_("邮箱"), user.email),
            Line(_("办公电话"), user.landline),
            Line(_("单位"), identity.names_of([unit]).get(unit, "")),
            Line(_("工作部门"), identity.work_department_name(unit, asked["department"])),
            *profile_lines(asked),
        ]


def _unit_of(case: "Case") -> int:
    """The unit asked for, or the one it was merged into since (S1)."""
    return identity.survivor_of(case.payload["after"]["organisation"])


def profile_lines(asked: dict[str, Any]) -> list[Line]:
    """What somebody states of himself, in words; `asked` holds codes, dates as text."""
    words = {table: identity.label(table, asked[table]) for table in _CODED}
    return [
        Line(_("性别"), str(Sex(asked["sex"]).label)),
        Line(_("出生日期"), asked["born_on"]),
        Line(_("民族"), words["ethnicity"]),
        Line(_("学历"), words["education"]),
        Line(_("毕业院校"), asked["school"]),
        Line(_("所学专业"), words["major"]),
        Line(_("毕业时间"), asked["graduated_on"]),
        Line(_("学位"), words["degree"]),
        Line(_("博士后"), _("是") if asked["postdoctoral"] else _("否")),
        Line(_("行政职务"), asked["post"]),
        Line(_("行政级别"), words["rank"]),
        Line(_("职称系列"), words["title_series"]),
        Line(_("职称级别"), words["title_level"]),
        Line(_("现专业技术职务资格"), words["qualification"]),
        Line(_("取得日期"), asked["effective_on"]),
        Line(_("证书编号"), asked["certificate_no"]),
        Line(_("职业资格"), words["professional_qualification"]),
        Line(_("职业资格等级"), words["professional_level"]),
    ]


_CODED = (
    "ethnicity",
    "education",
    "major",
    "degree",
    "rank",
    "title_series",
    "title_level",
    "qualification",
    "professional_qualification",
    "professional_level",
)


# --- What is sent -----------------------------------------------------------------------------------------------------
def draft_of(registrant: Registrant, fields: dict[str, Any], data: "Registration", today: date) -> Draft:
    """The case for a person who is written down already. Neither ID number nor mobile is in its payload."""
    user_id = registrant.user_id
    plain = {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in fields.items()}
    own = {"organisation": data.organisation, "department": data.department, "name": data.name}
    return Draft(
        kind=TechnicianRegistration.code,
        applicant_id=user_id,
        organisation_id=data.organisation,
        subject=("user", user_id),
        title=data.name,
        reviewers=[data.organisation],
        summary=_summary(registrant, fields, data, today),
        after={**own, **plain, "postdoctoral": fields["postdoctoral"]},
        marks=_marks(registrant, fields, data, today),
        exclusive_key=f"registration:{user_id}",
    )


def _summary(registrant: Registrant, fields: dict[str, Any], data: "Registration", today: date) -> dict[str, Any]:
    return {
        "sex": str(Sex(fields["sex"]).label),
        "age": rules.age_on(fields["born_on"], today),
        "department": identity.work_department_name(data.organisation, data.department),
        "department_id": data.department,
        "id_masked": id_numbers.mask(id_numbers.normalise(data.id_number)),
        "mobile_masked": id_numbers.mask_mobile(registrant.mobile),
        "title": identity.label("qualification", fields["qualification"]),
    }


# --- What looks odd ---------------------------------------------------------------------------------------------------
def _marks(registrant: Registrant, fields: dict[str, Any], data: "Registration", today: date) -> list[dict[str, str]]:
    found = {
        **identity.registrant_marks(
            id_type=data.id_type,
            id_number=data.id_number,
            name=data.name,
            former_name=registrant.former_name,
            mobile=registrant.mobile,
            mobile_changed=registrant.mobile_changed,
        ),
        "graduated_young": _graduation_mark(fields),
        "title_level": titles.level_mark(fields["title_level"], fields["qualification"]),
        "past_retirement": _retirement_mark(fields, today),
    }
    return [{"code": code, "text": text} for code, text in found.items() if text]


def _graduation_mark(fields: dict[str, Any]) -> str:
    age = rules.age_on(fields["born_on"], fields["graduated_on"])
    return _("毕业时只有 %(age)s 岁") % {"age": age} if age < rules.USUAL_GRADUATION_AGE else ""


def _retirement_mark(fields: dict[str, Any], today: date) -> str:
    return _("已过法定退休年龄") if rules.is_past_retirement(fields["sex"], fields["born_on"], today) else ""
