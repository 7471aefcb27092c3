"""The login of Wagtail's admin: name, password, and the second factor's code for who has one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from core import clock
from identity.errors import Locked
from identity.services.second_factor import has_second_factor, verify


class StaffLoginForm(LoginForm):
    """Wagtail's form with one field more; it is looked at only when the password is right, so it tells nothing."""

    otp = forms.CharField(
        label=_("动态验证码"),
        max_length=20,
        required=False,
        help_text=_("开了两步验证的账号要填；手机不在身边可以用恢复码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("密码")

    def clean(self) -> dict[str, Any]:
        """Password, then code; nobody is logged in before both are right."""
        data: dict[str, Any] = super().clean() or {}
        user = self.get_user()
        if user is not None and has_second_factor(user.pk):
            self.user_cache = None
            self._check(user.pk, data.get("otp") or "")
            self.user_cache = user
        return data

    def _check(self, user_id: int, code: str) -> None:
        if not code:
            raise forms.ValidationError({"otp": _("这个账号开了两步验证，填上动态验证码")})
        try:
            right = verify(user_id=user_id, code=code, now=clock.now())
        except Locked as refusal:
            raise forms.ValidationError({"otp": str(refusal)}) from refusal
        if not right:
            raise forms.ValidationError({"otp": _("动态验证码不对或已用过，等下一个再试")})
