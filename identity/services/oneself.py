"""Writing what people keep of themselves: contacts, where messages go, the end of an account. `registry.people` has
the rules.
"""

from datetime import datetime

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from identity import id_numbers
from identity.models import AccessToken, Membership, User
from identity.services.endings import end_what_runs
from identity.services.login_sessions import end_other_sessions
from identity.services.memberships import end_membership

CLOSED_NAME = "（已注销）"
"""What is shown in place of the name of somebody who closed his account."""


def lock_person(*, user_id: int) -> None:
    """Until the transaction ends nobody else who locks this human goes on: he asks for one thing at a time."""
    list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk"))


def set_contacts(*, user_id: int, mobile: str, email: str, landline: str) -> None:
    """His contact data as they are from now on, an empty one is taken away."""
    User.objects.filter(pk=user_id).update(
        mobile=mobile, mobile_digest=id_numbers.mobile_digest(mobile), email=email, landline=landline
    )


def set_work_department(*, user_id: int, work_department_id: int | None) -> bool:
    """Another department of the unit he takes part in now; False where he takes part in none."""
    present = Membership.objects.filter(user_id=user_id, kind=Membership.Kind.TECHNICIAN, state=Membership.State.ACTIVE)
    return bool(present.update(work_department_id=work_department_id))


def set_mail_wish(*, user_id: int, wants_mail: bool) -> bool:
    """Whether messages go to his mailbox too; False where it was so already."""
    return bool(User.objects.filter(pk=user_id).exclude(wants_mail=wants_mail).update(wants_mail=wants_mail))


@transaction.atomic
def erase_person(*, user_id: int, now: datetime) -> bool:
    """Close an account for good: name, ID number, contacts and password are wiped, memberships, sessions, tokens end.

    The row stays, nameless, for what hangs on it. The ID number is free again. False where it was closed already.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.closed_at is not None:
        return False
    for membership in Membership.objects.filter(user_id=user_id).exclude(state=Membership.State.ENDED):
        end_membership(membership_id=membership.pk, now=now)
    AccessToken.objects.filter(user_id=user_id).delete()
    end_other_sessions(user_id=user_id, session_key=None)
    TOTPDevice.objects.filter(user_id=user_id).delete()
    StaticDevice.objects.filter(user_id=user_id).delete()
    user.name, user.id_type, user.id_number, user.id_digest = CLOSED_NAME, "", "", None
    user.mobile, user.mobile_digest, user.landline, user.email = "", None, "", ""
    user.wants_mail, user.is_active, user.closed_at = False, False, now
    user.set_unusable_password()
    user.save()
    end_what_runs(user_id=user_id, reason="password", now=now)
    return True
