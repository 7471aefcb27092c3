"""A technician's title (职称): what a change of it states, in codes and in words, and what looks odd about one (T1)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import queries as identity
from identity.queries import UnitPlace
from registry.people.models import Profile

FIELDS = {
    "department": gettext_lazy("工作部门"),
    "title_series": gettext_lazy("职称系列"),
    "title_level": gettext_lazy("职称级别"),
    "qualification": gettext_lazy("现专业技术职务资格"),
    "effective_on": gettext_lazy("取得日期"),
    "certificate_no": gettext_lazy("证书编号"),
}
"""What goes to the unit for review, in the order of the form."""
CODED = ("title_series", "title_level", "qualification")
_WORST = "9"
"""无 stands below all levels, which are numbered from the top."""


def stated(profile: Profile, place: UnitPlace) -> dict[str, Any]:
    """The title as it is now, as a case's payload holds it: codes, the department's id, the date as text."""
    return {
        "department": place.department_id,
        **{name: getattr(profile, name) for name in CODED},
        "effective_on": profile.effective_on.isoformat() if profile.effective_on else "",
        "certificate_no": profile.certificate_no,
    }


def word(field: str, value: Any, organisation_id: int) -> str:
    """One of these values in words."""
    if field in CODED:
        return identity.label(field, value or "")
    if field == "department":
        found = identity.work_department(organisation_id, value) if value else None
        return found.name if found else ""
    return str(value or "")


# --- What looks odd ---------------------------------------------------------------------------------------------------
def level_mark(title_level: str, qualification: str) -> str:
    """The level isn't the one that the qualification has."""
    facts = identity.qualification_facts(qualification)
    if facts is None or facts.level == title_level:
        return ""
    return _("职称级别高于现任资格") if _rank(title_level) < _rank(facts.level) else _("职称级别低于现任资格")


def change_marks(before: Mapping[str, Any], after: Mapping[str, Any], profile: Profile) -> list[dict[str, str]]:
    """What the reviewer should look at twice; dates are compared as ISO text."""
    found = {
        "title_level": level_mark(after["title_level"], after["qualification"]),
        "level_jump": _jump_mark(before["title_level"], after["title_level"]),
        "before_graduation": _graduation_mark(after["effective_on"], profile),
        "older_than_present": _order_mark(before, after),
        "same_certificate": _certificate_mark(before, after),
        "certificate_shared": _shared_mark(after["certificate_no"], profile),
    }
    return [{"code": code, "text": text} for code, text in found.items() if text]


def _rank(level: str) -> str:
    return _WORST if level == identity.NONE_CODE else level


def _jump_mark(before: str, after: str) -> str:
    if identity.NONE_CODE in (before, after) or not (before.isdigit() and after.isdigit()):
        return ""
    steps = int(before) - int(after)
    if steps < 0:
        return _("比现在的级别低")
    return _("一次高了 %(steps)s 级") % {"steps": steps} if steps > 1 else ""


def _graduation_mark(effective_on: str, profile: Profile) -> str:
    early = bool(effective_on) and effective_on < profile.graduated_on.isoformat()
    return _("取得日期早于毕业时间") if early else ""


def _order_mark(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    higher = _rank(after["title_level"]) < _rank(before["title_level"])
    earlier = bool(before["effective_on"]) and bool(after["effective_on"])
    return (
        _("取得日期不晚于现在的职称") if higher and earlier and after["effective_on"] <= before["effective_on"] else ""
    )


def _certificate_mark(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    same = bool(after["certificate_no"]) and after["certificate_no"] == before["certificate_no"]
    return _("资格变了，证书编号没有变") if same and after["qualification"] != before["qualification"] else ""


def _shared_mark(certificate_no: str, profile: Profile) -> str:
    others = Profile.objects.filter(certificate_no=certificate_no).exclude(pk=profile.pk)
    return _("别人登记过同一个证书编号") if certificate_no and others.exists() else ""
