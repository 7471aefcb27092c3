"""A forgotten password (P6): asking for the link, and setting the new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import FieldRefusal
from identity import captcha, queries, services
from identity.acting import STAFF
from identity.errors import LinkUsed
from identity.lockout import address_of
from identity.tasks import send_password_reset
from web.account_forms import FreshInput, NewPasswordForm


class ForgottenForm(forms.Form):
    """ID type, ID number and the e-mail that stands in the account. Staff give their login name."""

    id_type = forms.ChoiceField(label=gettext_lazy("证件类型"))
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("填写证件号码")},
    )
    email = forms.EmailField(
        label=gettext_lazy("注册时的邮箱"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("填写邮箱"), "invalid": gettext_lazy("邮箱地址不对，检查 @ 前后")},
    )
    captcha_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    captcha = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=8,
        widget=FreshInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("填写图片里的验证码")},
    )

    def __init__(self, *args: Any, for_staff: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_staff = for_staff
        self.fields["id_type"].choices = queries.id_types()
        if for_staff:
            del self.fields["id_type"]
            number, email = self.fields["id_number"], self.fields["email"]
            number.label, number.error_messages["required"] = _("登录名"), _("填写登录名")
            email.label = _("账号里的邮箱")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not the account is there; `?as=staff` for who logs in by name."""
    for_staff = request.GET.get("as") == STAFF
    form = ForgottenForm(request.POST if request.method == "POST" else None, for_staff=for_staff)
    if form.is_bound and form.is_valid():
        try:
            reset_id = _ask(form.cleaned_data, for_staff)
        except FieldRefusal as refusal:
            form.add_error(refusal.attr, str(refusal))
        else:
            send_password_reset.delay_on_commit(reset_id)
            return render(request, "web/password_asked.html", {"minutes": services.link_minutes()})
    return render(request, "web/password_forgot.html", {"form": form, "captcha": captcha.new(clock.now())})


def _ask(data: dict[str, str], for_staff: bool) -> int:
    return services.ask_reset(
        user_type=STAFF if for_staff else "",
        id_type=data.get("id_type", ""),
        id_number=data["id_number"],
        email=data["email"],
        captcha_key=data["captcha_key"],
        captcha_answer=data["captcha"],
        now=clock.now(),
    )


@sensitive_post_parameters("new_password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The page of the mailed link; it works once."""
    if services.user_of_link(uid, token) is None:
        return render(request, "web/password_link_used.html", {"minutes": services.link_minutes()}, status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.reset_password(
                uid=uid,
                token=token,
                new_password=form.cleaned_data["new_password"],
                address=address_of(request),
                now=clock.now(),
            )
        except FieldRefusal as refusal:
            form.add_error(refusal.attr, str(refusal))
        except LinkUsed:
            return render(request, "web/password_link_used.html", {"minutes": services.link_minutes()}, status=410)
        else:
            messages.success(request, _("新密码已设好，用它登录"))
            return redirect("web:login")
    return render(request, "web/password_new.html", {"form": form})
