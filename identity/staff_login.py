"""The login of Wagtail's admin: name, password, and the second factor's code for who has one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from identity.services.second_factor import has_second_factor, verify


class StaffLoginForm(LoginForm):
    """Wagtail's form with one field more; it is looked at only when the password is right, so it tells nothing."""

    otp = forms.CharField(
        label=_("动态验证码"),
        max_length=20,
        required=False,
        help_text=_("设了两步验证的账号要填"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        user = self.get_user()
        if user is not None and has_second_factor(user.pk) and not verify(user_id=user.pk, code=data.get("otp", "")):
            self.user_cache = None
            raise forms.ValidationError(_("动态验证码不对或没有填"), code="second_factor_required")
        return data
