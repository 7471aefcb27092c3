"""The second step of the login: the code of an authenticator (P5)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from identity import services
from identity.acting import ActingRole, find_role
from identity.errors import Locked
from identity.services import LoggedIn
from web.entering import enter

PENDING = "pending_login"
"""Where the session keeps who has given the right password and still owes the code."""
MINUTES = 5


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态验证码"),
        max_length=20,
        help_text=gettext_lazy("打开手机上的验证器，输入 6 位数字；手机不在身边可以用恢复码"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": gettext_lazy("输入动态验证码")},
    )


def wait_for_code(request: HttpRequest, found: LoggedIn, *, remember: bool, wanted: str) -> HttpResponse:
    """Remember, for a few minutes and on the server only, who it is; no session of his has begun."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": found.user.pk,
        "proof": found.user.get_session_auth_hash(),
        "role": found.role.id,
        "remember": remember,
        "next": wanted,
        "until": clock.now().timestamp() + MINUTES * 60,
    }
    return redirect("web:second-step")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Asks for the code; without a first step, or too late, back to it."""
    pending = request.session.get(PENDING)
    waiting = _waiting(pending) if pending else None
    if pending is None or waiting is None:
        return _back(request, was_pending=pending is not None)
    user, role = waiting
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            if services.verify(user_id=user.pk, code=form.cleaned_data["code"], now=clock.now()):
                del request.session[PENDING]
                return enter(request, user, role, remember=pending["remember"], wanted=pending["next"])
            form.add_error("code", _("动态验证码不对或已用过，等下一个再试"))
        except Locked as refusal:
            form.add_error(None, str(refusal))
            return render(request, "web/second_step.html", {"form": form}, status=429)
    return render(request, "web/second_step.html", {"form": form})


def _waiting(pending: dict[str, Any]) -> tuple[Any, ActingRole] | None:
    """Who owes the code and as what he comes in; None when it took too long or his password or role is another now."""
    user = get_user_model().objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or pending["until"] < clock.now().timestamp():
        return None
    if not constant_time_compare(pending["proof"], user.get_session_auth_hash()):
        return None
    role = find_role(user, pending["role"]) if pending["role"] else ActingRole(user.pk, "visitor")
    return (user, role) if role else None


def _back(request: HttpRequest, *, was_pending: bool) -> HttpResponse:
    if was_pending:
        del request.session[PENDING]
        messages.info(request, _("等得太久了，请重新登录"))
    return redirect("web:login")
