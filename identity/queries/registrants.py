"""What a reviewer is told about who registers: nothing of others but how many they are."""

from identity import id_numbers
from identity.models import User


def sharers_of_mobile(mobile: str) -> int:
    """How many people gave this mobile."""
    digest = id_numbers.mobile_digest(mobile)
    return User.objects.filter(mobile_digest=digest).count() if digest else 0


def is_number_elsewhere(*, id_type: str, id_number: str, name: str) -> bool:
    """Whether somebody of another name has the same number as an ID of another type."""
    others = [code for code, _label in id_numbers.ID_TYPES if code != id_type]
    digests = [id_numbers.digest(code, id_number) for code in others]
    return User.objects.filter(id_digest__in=digests).exclude(name=name).exists()
