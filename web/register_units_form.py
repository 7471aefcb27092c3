"""The form in which a unit registers with its first administrator (P3, P4). `registry.units` says what is right."""

import secrets
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal
from identity import queries
from registry.units.services import UnitRegistration, unit_registration_faults
from web.account_forms import FreshInput
from web.picker_fields import CodeField, OrganisationField, PickerForm

_DEPARTMENT, _PARENT, _BUREAU = "department", "parent", "bureau"


def _text(label: Any, most: int, *, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def _password(label: Any, *, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=128, strip=False, help_text=help_text, widget=widget)


class Radios(forms.RadioSelect):
    """Radios whose first one is what the summary of faults leads to."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index) or f"{id_}_0"


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": _("勾选后才能提交")})


class UnitForm(PickerForm):
    """Unit, administrator, promises. A form with faults keeps all that was typed but the passwords."""

    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=lambda: secrets.token_urlsafe(16))
    name = _text(_("单位名称"), 120, help_text=_("和证照上的全称一致，通过后改名要审核"), autocomplete="organization")
    region = CodeField(label=_("所在区域"), table="region", title=_("选择区域"))
    phone = _text(
        _("联系电话"), 30, help_text=_("区号加号码。注册的人会看到它，用来催办"), inputmode="tel", autocomplete="tel"
    )
    address = _text(_("单位地址"), 200, autocomplete="street-address")
    has_code = forms.ChoiceField(
        label=_("有没有统一社会信用代码"),
        widget=Radios,
        choices=[("yes", _("有")), ("no", _("没有"))],
        initial="yes",
    )
    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("证照上的 18 位；还没换证的填 9 位组织机构代码"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    permit = forms.CharField(
        label=_("登记凭证号"),
        max_length=40,
        required=False,
        help_text=_("客服核对材料后给的，XK 开头，30 天内有效"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    existing = forms.BooleanField(label=_("管理员已经是平台用户，用原来的密码"), required=False)
    id_type = forms.ChoiceField(label=_("证件类型"))
    id_number = _text(
        _("证件号码"),
        40,
        help_text=_("管理员用它登录，以后不能改。加密保存，只用来登录和核对身份"),
        autocapitalize="characters",
        spellcheck="false",
        autocomplete="username",
    )
    administrator = _text(_("姓名"), 60, help_text=_("以后不能自己改，请和证件一致"), autocomplete="name")
    password = _password(
        _("密码"), help_text=_("至少 8 位，不要只用数字，不要用姓名、生日，或证件号码、手机号里的数字")
    )
    again = _password(_("再输一遍密码"))
    mobile = _text(_("手机号"), 20, inputmode="tel", autocomplete="tel")
    email = _text(
        _("电子邮箱"),
        254,
        help_text=_("审核结果发到这里，忘记密码时也用它找回"),
        inputmode="email",
        autocomplete="email",
    )
    promise = _tick(_("我承诺填写的内容真实有效，并且有权代表单位注册"))
    agreement = _tick(_("我已阅读并同意用户协议"))
    captcha_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    captcha = forms.CharField(
        label=_("验证码"),
        max_length=16,
        widget=FreshInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("填写图片里的验证码")},
    )

    field_order = ("form_key", "name", "region", "nature", "industry", "level", "above", "department", "parent")
    kind: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_type"].choices = queries.id_types()
        for one in self.fields.values():
            if one.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                one.error_messages["required"] = _("这一项必填")
        if self["existing"].value():
            for name in ("administrator", "again", "mobile", "email"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """What the rules say of the fields that are well-formed is told together with what is wrong with the others."""
        data = super().clean() or {}
        is_new = not data.get("existing")
        if is_new and data.get("again") and data.get("password") not in {None, data["again"]}:
            self.add_error("again", _("两次输入的密码不一样"))
        chosen = data.get("above")
        if chosen in {_DEPARTMENT, _PARENT} and not data.get(chosen) and chosen not in self.errors:
            self.add_error(chosen, _("请选择"))
        self.take(unit_registration_faults(self.registration()))
        return data

    def take(self, faults: Iterable[FieldRefusal]) -> None:
        """Show each fault at its field; a field that has one already keeps it. A permit stands in for the code."""
        for fault in faults:
            name = "permit" if fault.attr == "credit_code" and self._has_no_code() else fault.attr
            if name not in self.errors:
                self.add_error(name, str(fault))

    def _has_no_code(self) -> bool:
        return self.data.get("has_code") == "no"

    def registration(self) -> UnitRegistration:
        """What was filled in, as far as it is well-formed: of the superiors the one that the choice names, of whoever
        has an account what proves it.
        """
        data = self.cleaned_data
        names = {one.name for one in fields(UnitRegistration)}
        given = {name: value for name, value in data.items() if name in names and value is not None}
        blank = {"name": "", "region": "", "phone": "", "id_type": "", "id_number": "", "password": ""}
        own = {
            "credit_code": (data.get("permit") if self._has_no_code() else data.get("credit_code")) or "",
            "department": data.get("department") if data.get("above") == _DEPARTMENT else None,
            "parent": data.get("parent") if data.get("above") == _PARENT else None,
        }
        known = {"administrator": "", "mobile": "", "email": ""} if data.get("existing") else {}
        return UnitRegistration(kind=self.kind, **{**blank, **given, **own, **known})


def _code(label: Any, table: str, title: Any) -> CodeField:
    return CodeField(label=label, table=table, title=title)


class EmployerForm(UnitForm):
    kind = "employer"
    nature = _code(_("单位性质"), "unit_nature", _("选择单位性质"))
    industry = _code(_("所属行业"), "industry", _("选择所属行业"))
    above = forms.ChoiceField(
        label=_("归谁主管"),
        widget=Radios(attrs={"class": "form-check-input"}),
        choices=[
            (_DEPARTMENT, _("有主管部门，由主管部门审核")),
            (_PARENT, _("是分公司或分院，由上级单位审核")),
            (_BUREAU, _("都没有，由所在区域的人社部门审核")),
        ],
        error_messages={"required": _("选一项，决定由谁审核")},
    )
    department = OrganisationField(
        label=_("主管部门"), title=_("选择主管部门"), search_label=_("部门名称"), kinds=("department",), required=False
    )
    parent = OrganisationField(label=_("上级单位"), title=_("选择上级单位"), kinds=("employer",), required=False)


class DepartmentForm(UnitForm):
    kind = "department"
    nature = _code(_("单位性质"), "unit_nature", _("选择单位性质"))
    level = _code(_("级别"), "department_level", _("选择级别"))


class BaseForm(UnitForm):
    kind = "base"
    industry = _code(_("所属行业"), "industry", _("选择所属行业"))
    level = _code(_("施教级别"), "base_level", _("选择施教级别"))


class BureauForm(UnitForm):
    kind = "bureau"
    level = _code(_("级别"), "department_level", _("选择级别"))


FORMS: dict[str, type[UnitForm]] = {form.kind: form for form in (EmployerForm, DepartmentForm, BaseForm, BureauForm)}
