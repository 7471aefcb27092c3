"""What a reviewer is told about who registers: nothing of others but how many they are; what somebody gave before."""

from django.utils.translation import gettext as _

from identity import id_numbers
from identity.models import User

MANY_WITH_ONE_MOBILE = 3


def sharers_of_mobile(mobile: str) -> int:
    """How many people gave this mobile."""
    digest = id_numbers.mobile_digest(mobile)
    return User.objects.filter(mobile_digest=digest).count() if digest else 0


def is_number_elsewhere(*, id_type: str, id_number: str, name: str) -> bool:
    """Whether somebody of another name has the same number as an ID of another type."""
    others = [code for code, _label in id_numbers.ID_TYPES if code != id_type]
    digests = [id_numbers.digest(code, id_number) for code in others]
    return User.objects.filter(id_digest__in=digests).exclude(name=name).exists()


def registrant_marks(
    *, id_type: str, id_number: str, name: str, former_name: str, mobile: str, mobile_changed: bool
) -> dict[str, str]:
    """What looks odd about who registers, by code, in words. `former_name`: of the registration that this replaces."""
    differs = ""
    if former_name and former_name != name:
        differs = _("同一证件号码上次注册用的是另一个姓名")
    elif is_number_elsewhere(id_type=id_type, id_number=id_number, name=name):
        differs = _("同一号码已用别的证件类型、别的姓名登记过")
    sharers = sharers_of_mobile(mobile)
    shared = _("%(count)s 个人用了这个手机号") % {"count": sharers} if sharers >= MANY_WITH_ONE_MOBILE else ""
    changed = _("和上一次提交的手机号不同") if mobile_changed else ""
    found = {"name_differs": differs, "mobile_changed": changed, "mobile_shared": shared}
    return {code: text for code, text in found.items() if text}


def given_before(user_id: int) -> dict[str, str]:
    """What this human gave of himself when he registered, in the clear: only for who just proved that he is it."""
    user = User.objects.get(pk=user_id)
    return {name: getattr(user, name) for name in ("name", "id_type", "id_number", "mobile", "email", "landline")}
