"""Why nobody was logged in, in the words of the login page (P5: clear messages)."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refusal
from identity.errors import Locked, NotApproved, Rejected
from registry.approvals.queries import CaseView, latest_case
from registry.approvals.services import remind_reviewer
from web.register.flow import REGISTER_AGAIN

WAITING = "waiting_case"
"""Where the session keeps the case of who is still waiting: he may remind the reviewer for a few minutes."""
_REMIND_SECONDS = 10 * 60


@dataclass(frozen=True)
class Notice:
    """Bootstrap's alert kind, the result, the next step; `action` with its address is a button, so is `can_remind`."""

    kind: str
    title: str
    text: str
    action: str = ""
    url: str = ""
    can_remind: bool = False


def notice_of(refusal: Refusal, request: HttpRequest, now: datetime) -> Notice:
    """A refused login. What is told of a registration is told only after the right password."""
    forget(request)
    if isinstance(refusal, NotApproved):
        return _not_approved(refusal, _case(refusal), request, now)
    if isinstance(refusal, Rejected):
        return _rejected(refusal, _case(refusal), request)
    if isinstance(refusal, Locked):
        return Notice("warning", _("先停一停再试"), str(refusal))
    return Notice("danger", _("没有登录成功"), str(refusal))


def forget(request: HttpRequest) -> None:
    """Somebody else sits here now, or the same one came in."""
    for key in (REGISTER_AGAIN, WAITING):
        request.session.pop(key, None)


def remind(request: HttpRequest, now: datetime) -> bool:
    """催办 by who proved a moment ago that he is the applicant; False where nobody did.

    Raises NotWithdrawable, TooSoon.
    """
    waiting = request.session.get(WAITING)
    if not waiting or waiting["until"] < now.timestamp():
        return False
    remind_reviewer(user_id=waiting["user"], case_id=waiting["case"], now=now)
    return True


def _case(refusal: Refusal) -> CaseView | None:
    return latest_case(int(str(refusal.params["user_id"])), [f"{refusal.params['kind']}_registration"])


def _not_approved(refusal: NotApproved, case: CaseView | None, request: HttpRequest, now: datetime) -> Notice:
    unit, phone = refusal.params["organisation"], refusal.params["phone"]
    if case and case.open_step:
        unit, phone = case.open_step.organisation_name, case.open_step.phone
        if case.open_step.risen_to_name:
            unit, phone = case.open_step.risen_to_name, case.open_step.risen_to_phone
    text = _("正在由%(unit)s审核") % {"unit": unit}
    if case:
        day = timezone.localtime(case.opened_at)
        text += _("，%(month)s 月 %(day)s 日提交") % {"month": day.month, "day": day.day}
    text += "。" + (_("着急的话可以联系 %(phone)s。") % {"phone": phone} if phone else "")
    can_remind = bool(case and case.open_step and not _was_reminded(case, now))
    if case and can_remind:
        until = now.timestamp() + _REMIND_SECONDS
        request.session[WAITING] = {"case": case.id, "user": case.applicant_id, "until": until}
    elif case and case.reminded_at:
        text += _("今天已经提醒过审核人。")
    return Notice("info", _("注册还在审核，暂时不能登录"), text, can_remind=can_remind)


def _was_reminded(case: CaseView, now: datetime) -> bool:
    last = case.reminded_at
    return last is not None and timezone.localtime(last).date() == timezone.localtime(now).date()


def _rejected(refusal: Rejected, case: CaseView | None, request: HttpRequest) -> Notice:
    text = _("改好退回的地方就可以重新注册，填过的内容还在。")
    if case and case.rejection:
        text = (
            _("%(unit)s退回，原因：%(reason)s。")
            % {
                "unit": case.rejection.organisation_name,
                "reason": case.rejection.opinion.rstrip("。"),
            }
            + text
        )
    if case:
        request.session[REGISTER_AGAIN] = case.id
    url = f"/register/{refusal.params['kind']}/"
    return Notice("warning", _("注册没有通过审核"), text, _("重新注册"), url)
