"""The forms of logging in and of the password. What is right is decided by `identity`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity import queries

TECHNICIAN = "technician"
ADMINISTRATOR = "administrator"
OFFICES = [
    ("employer", _("用人单位")),
    ("department", _("主管部门")),
    ("bureau", _("人社部门")),
    ("base", _("继续教育基地")),
]


class FreshInput(forms.TextInput):
    """A text that is typed anew each time."""

    def format_value(self, value: Any) -> None:
        return None


class LoginForm(forms.Form):
    """User type, ID type and number, password, captcha (P5). Password and captcha are never shown again."""

    side = forms.ChoiceField(
        label=_("用户类型"),
        choices=[(TECHNICIAN, _("专业技术人员")), (ADMINISTRATOR, _("单位管理员"))],
        widget=forms.RadioSelect,
        initial=TECHNICIAN,
    )
    office = forms.ChoiceField(label=_("管理员类型"), choices=OFFICES, required=False)
    id_type = forms.ChoiceField(label=_("证件类型"), widget=forms.Select(attrs={"aria-label": _("证件类型")}))
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("填写证件号码")},
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("填写密码")},
    )
    captcha_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    captcha = forms.CharField(
        label=_("验证码"),
        max_length=8,
        widget=FreshInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        required=False,
    )
    remember = forms.BooleanField(label=_("在这台设备上记住我 7 天"), required=False)
    next = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, id_types: list[tuple[str, str]], needs_captcha: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_captcha = needs_captcha
        self.fields["id_type"].choices = id_types

    def clean_captcha(self) -> str:
        """A device that passed a captcha lately may leave it out; whether it did is for `identity` to say."""
        given = str(self.cleaned_data["captcha"])
        if self.needs_captcha and not given:
            raise forms.ValidationError(_("填写图片里的验证码"))
        return given

    @property
    def user_type(self) -> str:
        """The contract's user type: technician, or the kind of administrator that was picked."""
        data = self.cleaned_data
        return TECHNICIAN if data["side"] == TECHNICIAN else data["office"] or OFFICES[0][0]


def login_form(data: Any = None, *, initial: dict[str, str] | None = None, needs_captcha: bool = True) -> LoginForm:
    """The login form with the ID types one may log in with."""
    return LoginForm(data, initial=initial, id_types=queries.id_types(), needs_captcha=needs_captcha)


class NewPasswordForm(forms.Form):
    """A new password twice."""

    new_password = forms.CharField(
        label=_("新密码"),
        max_length=128,
        strip=False,
        help_text=_("至少 8 位，不要只用数字，不要用证件号码或手机号里的数字"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("填写新密码")},
    )
    again = forms.CharField(
        label=_("再输一次新密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("再填一次新密码")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("again") and data["new_password"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一样"))
        return data


class PasswordForm(NewPasswordForm):
    """The old password and the new one twice (P6)."""

    old_password = forms.CharField(
        label=_("原密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("填写原密码")},
    )
    field_order = ("old_password", "new_password", "again")
