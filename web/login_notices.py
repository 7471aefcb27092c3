"""Why nobody was logged in, in the words of the login page (P5: clear messages)."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refusal
from identity.errors import Locked, NotApproved, Rejected
from registry.approvals.queries import CaseView, latest_case

REGISTER_AGAIN = "register_again"
"""Where the session keeps the case of who was turned back and gave the right password just now."""


@dataclass(frozen=True)
class Notice:
    """Bootstrap's alert kind, the result, the next step; `action` with its address is a button."""

    kind: str
    title: str
    text: str
    action: str = ""
    url: str = ""


def notice_of(refusal: Refusal, request: HttpRequest) -> Notice:
    """A refused login. What is told of a registration is told only after the right password."""
    if isinstance(refusal, NotApproved):
        return _not_approved(refusal, _case(refusal))
    if isinstance(refusal, Rejected):
        return _rejected(refusal, _case(refusal), request)
    if isinstance(refusal, Locked):
        return Notice("warning", _("先停一停再试"), str(refusal))
    return Notice("danger", _("没有登录成功"), str(refusal))


def _case(refusal: Refusal) -> CaseView | None:
    return latest_case(int(str(refusal.params["user_id"])), [f"{refusal.params['kind']}_registration"])


def _not_approved(refusal: NotApproved, case: CaseView | None) -> Notice:
    unit, phone = refusal.params["organisation"], refusal.params["phone"]
    if case and case.open_step:
        unit, phone = case.open_step.organisation_name, case.open_step.phone
        if case.open_step.risen_to_name:
            unit, phone = case.open_step.risen_to_name, case.open_step.risen_to_phone
    text = _("正在由%(unit)s审核") % {"unit": unit}
    if case:
        text += _("，%(day)s提交") % {"day": timezone.localtime(case.opened_at).strftime("%m-%d")}
    text += "。" + (_("着急的话可以联系 %(phone)s。") % {"phone": phone} if phone else "")
    return Notice("info", _("注册还在审核，暂时不能登录"), text)


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
