"""The form in which a technician registers (P2). What is right is said by `registry.people`."""

import secrets
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import FieldRefusal
from identity import queries
from registry.people.services import Registration, registration_faults
from web.account_forms import FreshInput
from web.picker_fields import CodeField, DepartmentField, OrganisationField, PickerForm

UNITS = ("employer", "department", "bureau", "base")


def _text(label: Any, most: int, *, required: bool = True, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def _date(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("日期不对，按 2015-06-30 这样填写")},
    )


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": _("勾选后才能提交")})


class TechnicianForm(PickerForm):
    """Account, work, person, title, promises. A form with faults keeps all that was typed but the passwords."""

    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=lambda: secrets.token_urlsafe(16))
    existing = forms.BooleanField(label=_("我已经是平台用户，只想增加技术人员身份"), required=False)
    id_type = forms.ChoiceField(label=_("证件类型"))
    id_number = _text(
        _("证件号码"),
        40,
        help_text=_("证件号码就是登录账号，以后不能改。加密保存，只用来登录和核对身份"),
        autocapitalize="characters",
        spellcheck="false",
        autocomplete="username",
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=128,
        strip=False,
        help_text=_("至少 8 位，不要只用数字，不要用姓名、生日，或证件号码、手机号里的数字"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    mobile = _text(_("手机号"), 20, inputmode="tel", autocomplete="tel")
    email = _text(
        _("电子邮箱"),
        254,
        help_text=_("审核结果发到这里，忘记密码时也用它找回"),
        inputmode="email",
        autocomplete="email",
    )
    landline = _text(_("办公电话"), 30, required=False, inputmode="tel")
    organisation = OrganisationField(
        label=_("工作单位"), title=_("选择工作单位"), kinds=UNITS, help_text=_("由这家单位审核你的注册")
    )
    department = DepartmentField(label=_("工作部门"), required=False)
    name = _text(_("姓名"), 60, help_text=_("以后不能自己改，请和证件一致"), autocomplete="name")
    sex = forms.ChoiceField(
        label=_("性别"), choices=[("", _("请选择")), ("M", _("男")), ("F", _("女"))], required=False
    )
    born_on = _date(_("出生日期"), required=False)
    ethnicity = CodeField(label=_("民族"), table="ethnicity", title=_("选择民族"))
    education = CodeField(label=_("最高学历"), table="education", title=_("选择学历"))
    school = _text(_("毕业院校"), 100)
    major = CodeField(label=_("所学专业"), table="major", title=_("选择所学专业"), is_long=True)
    graduated_on = _date(_("毕业日期"))
    degree = CodeField(label=_("学位"), table="degree", title=_("选择学位"), help_text=_("没有就选“无”"))
    postdoctoral = forms.BooleanField(label=_("我做过博士后"), required=False)
    post = _text(_("行政职务"), 60, required=False)
    rank = CodeField(label=_("行政级别"), table="rank", title=_("选择行政级别"), required=False)
    title_series = CodeField(
        label=_("职称系列"), table="title_series", title=_("选择职称系列"), help_text=_("还没有职称就选“无”")
    )
    title_level = CodeField(label=_("职称级别"), table="title_level", title=_("选择职称级别"))
    qualification = CodeField(
        label=_("现专业技术职务资格"),
        table="qualification",
        title=_("选择资格"),
        needs=_("先选职称系列和级别"),
        nothing=_("这个系列没有这一级的资格，换一个级别试试"),
        is_long=True,
        depends={"parent": "title_series", "level": "title_level"},
    )
    effective_on = _date(_("取得日期"), required=False)
    certificate_no = _text(_("证书编号"), 60, required=False)
    professional_qualification = CodeField(
        label=_("职业资格"), table="professional_qualification", title=_("选择职业资格"), help_text=_("没有就选“无”")
    )
    professional_level = CodeField(label=_("职业资格等级"), table="professional_level", title=_("选择职业资格等级"))
    promise = _tick(_("我承诺填写的内容真实有效"))
    agreement = _tick(_("我已阅读并同意用户协议"))
    captcha_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    captcha = forms.CharField(
        label=_("验证码"),
        max_length=16,
        widget=FreshInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("填写图片里的验证码")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_type"].choices = queries.id_types()
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("这一项必填")
        if self["existing"].value():
            for name in ("again", "mobile", "email"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """What the rules say of the fields that are well-formed is told together with what is wrong with the others."""
        data = super().clean() or {}
        first, second = data.get("password"), data.get("again")
        if not data.get("existing") and first and second and first != second:
            self.add_error("again", _("两次输入的密码不一样"))
        self.take(registration_faults(self.registration(), clock.now()))
        return data

    def take(self, faults: Iterable[FieldRefusal]) -> None:
        """Show each fault at its field; a field that has one already keeps it."""
        for fault in faults:
            if fault.attr not in self.errors:
                self.add_error(fault.attr, str(fault))

    def registration(self) -> Registration:
        """What was filled in, as far as it is well-formed."""
        names = {field.name for field in fields(Registration)}
        given = {name: value for name, value in self.cleaned_data.items() if name in names and value is not None}
        blank = {"id_type": "", "id_number": "", "password": "", "organisation": 0, "name": ""}
        return Registration(**{**blank, **given})
