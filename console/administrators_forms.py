"""Forms of administrators and roles. What is right is decided by `registry.units`."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity import queries as identity
from identity.queries import PermissionRoleFacts
from registry.units.services import NewPerson

COLLEAGUE, NEW, ACCOUNT = "colleague", "new", "account"
WAYS = (
    (COLLEAGUE, _("本单位人员")),
    (NEW, _("还没有账号")),
    (ACCOUNT, _("已有平台账号")),
)
NEEDED: dict[str, tuple[str, ...]] = {
    COLLEAGUE: ("person",),
    NEW: ("id_type", "id_number", "name", "mobile", "email", "password"),
    ACCOUNT: ("account_type", "account_number", "account_password"),
}
"""The fields of each way of adding. All are needed in their own way and left alone in the others."""
_ALL_NEEDED = frozenset().union(*NEEDED.values())
_OFF = {"autocomplete": "off", "spellcheck": "false"}


def _text(label: Any, most: int, empty: Any, *, type: str = "text", help_text: Any = "") -> forms.CharField:
    """A line that the browser doesn't fill in by itself: it is somebody else's."""
    widget = forms.TextInput(attrs={"type": type, **_OFF})
    messages = {"required": empty}
    return forms.CharField(label=label, max_length=most, help_text=help_text, widget=widget, error_messages=messages)


def _password(label: Any, empty: Any, help_text: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    messages = {"required": empty}
    return forms.CharField(
        label=label, max_length=128, strip=False, help_text=help_text, widget=widget, error_messages=messages
    )


class AdministratorFilters(forms.Form):
    """What narrows the list. Sent by POST: an ID number stands in no address, and so in no log."""

    name = forms.CharField(label=_("姓名"), max_length=60, required=False, widget=forms.TextInput(attrs=_OFF))
    id_number = forms.CharField(label=_("证件号"), max_length=40, required=False, widget=forms.TextInput(attrs=_OFF))
    role = forms.TypedChoiceField(label=_("角色"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, roles: Sequence[PermissionRoleFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("全部角色")), *((str(role.id), role.name) for role in roles)]


class RolesForm(forms.Form):
    """Which roles an administrator has; those that its reader can't grant aren't among the choices."""

    roles = forms.TypedMultipleChoiceField(
        label=_("角色"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("至少给一个角色")},
    )
    confirmed = forms.BooleanField(label=_("我知道，收回我自己的这些权限"), required=False)

    def __init__(self, *args: Any, choices: Sequence[PermissionRoleFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(str(role.id), role.name) for role in choices]


class AddForm(RolesForm):
    """Three ways in one form (U2); what the chosen way needs is required, the rest is left alone."""

    way = forms.ChoiceField(label=_("他现在是谁"), choices=WAYS, initial=COLLEAGUE, widget=forms.RadioSelect)
    q = forms.CharField(
        label=_("姓名、部门或证件号"), max_length=60, required=False, widget=forms.TextInput(attrs=_OFF)
    )
    person = forms.IntegerField(
        label=_("选一位"), min_value=1, max_value=2**63 - 1, error_messages={"required": _("选一位本单位人员")}
    )
    id_type = forms.ChoiceField(label=_("证件类型"))
    id_number = _text(_("证件号码"), 40, _("填写证件号码"), help_text=_("就是登录账号，以后不能改"))
    name = _text(_("姓名"), 60, _("填写证件上的姓名"))
    mobile = _text(_("手机号"), 30, _("填写手机号"), type="tel")
    email = _text(_("电子邮箱"), 254, _("填写邮箱"), type="email")
    password = _password(_("初始密码"), _("给他一个初始密码"), _("至少 8 位。他第一次登录时要换成自己的"))
    account_type = forms.ChoiceField(label=_("证件类型"))
    account_number = _text(_("证件号码"), 40, _("填写证件号码"))
    account_password = _password(_("他的登录密码"), _("请他本人输入密码"), _("请他本人输入，用来确认是他"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("id_type", "account_type"):
            self.fields[name].choices = identity.id_types()

    def _clean_fields(self) -> None:
        own = NEEDED[self.chosen_way]
        for name in _ALL_NEEDED:
            self.fields[name].required = name in own
        super()._clean_fields()  # type: ignore[misc]  # Django's stubs leave it out
        for name in _ALL_NEEDED:
            self.fields[name].required = True
            if name not in own:
                self.errors.pop(name, None)

    @property
    def chosen_way(self) -> str:
        """The way that is open: what was sent, else the first."""
        way = str(self["way"].value())
        return way if way in NEEDED else COLLEAGUE

    @property
    def is_first_step(self) -> bool:
        """Whether the fault, if any, lies in who it is rather than in what he gets."""
        return not self.errors or bool({*self.errors} - {"roles"})

    def newcomer(self) -> NewPerson:
        """Whom the second way registers."""
        data = self.cleaned_data
        return NewPerson(**{field: data[field] for field in NEEDED[NEW]})


class HandOverForm(forms.Form):
    """One's own password, before one gives all rights away."""

    password = forms.CharField(
        label=_("你的登录密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("填写你的登录密码")},
    )


class RoleForm(forms.Form):
    """A role: its name, a note, and the modules among those that its reader has."""

    name = forms.CharField(
        label=_("角色名称"),
        max_length=30,
        widget=forms.TextInput(attrs=_OFF),
        error_messages={"required": _("给角色起个名字")},
    )
    note = forms.CharField(label=_("说明"), max_length=100, required=False, widget=forms.TextInput(attrs=_OFF))
    modules = forms.MultipleChoiceField(label=_("权限"), required=False, widget=forms.CheckboxSelectMultiple)
    confirmed = forms.BooleanField(label=_("我知道，收回我自己的这些权限"), required=False)

    def __init__(self, *args: Any, own: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modules"].choices = [(module, module) for module in own]
