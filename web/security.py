"""登录与安全: the second factor, and where one is logged in (P5, P6)."""

import io
from base64 import b64encode
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import FieldRefusal
from identity import services
from identity.errors import Locked, SecondFactorOn
from identity.first_things import first_thing
from web.second_step import CodeForm


class SwitchOffForm(CodeForm):
    """Password and code."""

    password = forms.CharField(
        label=gettext_lazy("登录密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("填写密码")},
    )
    field_order = ("password", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]


@never_cache
@require_GET
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """What protects the account, and where it is open."""
    user = request.user
    context = {
        "has_factor": services.has_second_factor(user.pk),
        "codes_left": services.recovery_codes_left(user.pk),
        "must_set_up": first_thing(user, request.role) is not None,
        "devices": services.devices_of(user_id=user.pk, session_key=request.session.session_key, now=clock.now()),
    }
    return render(request, "web/security.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_up(request: HttpRequest) -> HttpResponse:
    """Scan, confirm with a first code, keep the recovery codes."""
    if services.has_second_factor(request.user.pk):
        return redirect("web:security")
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].help_text = ""  # the page says where it comes from
    if form.is_bound and form.is_valid():
        try:
            codes = services.confirm_setup(actor=request.role, code=form.cleaned_data["code"], now=clock.now())
        except FieldRefusal as refusal:
            form.add_error(refusal.attr, str(refusal))
        except SecondFactorOn:
            return redirect("web:security")
        else:
            return render(request, "web/security_codes.html", {"codes": codes})
    setup = services.begin_setup(user_id=request.user.pk)
    context = {"form": form, "secret": setup.secret, "picture": _qr(setup.address)}
    return render(request, "web/security_setup.html", context)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def switch_off(request: HttpRequest) -> HttpResponse:
    """Needs the password and a code."""
    if not services.has_second_factor(request.user.pk):
        return redirect("web:security")
    form = SwitchOffForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _has_proved(request, form):
        services.switch_off(actor=request.role, now=clock.now())
        messages.success(request, _("两步验证已关闭"))
        return redirect("web:security")
    return render(request, "web/security_off.html", {"form": form})


def _has_proved(request: HttpRequest, form: SwitchOffForm) -> bool:
    """Looks at the code only after the password: a wrong password uses no code up."""
    data, now = form.cleaned_data, clock.now()
    try:
        if not services.is_own_password(actor=request.role, password=data["password"], now=now):
            form.add_error("password", _("密码不对"))
        elif not services.verify(user_id=request.user.pk, code=data["code"], now=now):
            form.add_error("code", _("动态验证码不对或已用过，等下一个再试"))
    except Locked as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


@require_POST
@login_required
def end_device(request: HttpRequest) -> HttpResponse:
    """Log one device out, or all others."""
    device, now = request.POST.get("device", ""), clock.now()
    if device == "others":
        services.end_other_devices(actor=request.role, session_key=request.session.session_key, now=now)
        messages.success(request, _("其他设备都已退出"))
        return redirect("web:security")
    if not services.end_device(actor=request.role, device_id=device, now=now):
        raise Http404
    messages.success(request, _("那台设备已退出"))
    return redirect("web:security")


def _qr(address: str) -> str:
    """The picture of an address as a data URI: the policy lets images be data, and nobody else sees the secret."""
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="svg", scale=5, border=3, xmldecl=False)
    return f"data:image/svg+xml;base64,{b64encode(target.getvalue()).decode()}"
