"""The forms of one's own office (T1, T2, X7). What is right is said by `registry.people`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, FieldRefusals, Refusal
from registry.people.services import AskedTitle, AskedTransfer
from web.picker_fields import CodeField, DepartmentField, OrganisationField, PickerForm

UNITS = ("employer", "department", "bureau", "base")


def _text(label: Any, most: int, *, required: bool = True, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": _("这一项必填")},
    )


def _date(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("日期不对，按 2015-06-30 这样填写"), "required": _("这一项必填")},
    )


def put(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal where it belongs: at its fields, else above the form."""
    faults = refusal.faults if isinstance(refusal, FieldRefusals) else [refusal]
    for fault in faults:
        attr = fault.attr if isinstance(fault, FieldRefusal) and fault.attr in form.fields else None
        form.add_error(attr, str(fault))


# --- Profile ----------------------------------------------------------------------------------------------------------
class ContactsForm(PickerForm):
    """Saved at once."""

    part = "contacts"
    mobile = _text(_("手机号"), 20, inputmode="tel", autocomplete="tel")
    email = _text(_("电子邮箱"), 254, inputmode="email", autocomplete="email", help_text=_("忘记密码时用它找回"))
    landline = _text(_("办公电话"), 30, required=False, inputmode="tel")
    ethnicity = CodeField(label=_("民族"), table="ethnicity", title=_("选择民族"))


class QualificationForm(PickerForm):
    """Saved at once."""

    part = "qualification"
    professional_qualification = CodeField(
        label=_("职业资格"), table="professional_qualification", title=_("选择职业资格"), help_text=_("没有就选“无”")
    )
    professional_level = CodeField(label=_("职业资格等级"), table="professional_level", title=_("选择职业资格等级"))
    post = _text(_("行政职务"), 60, required=False)
    rank = CodeField(label=_("行政级别"), table="rank", title=_("选择行政级别"), required=False)


class EducationForm(PickerForm):
    """Saved at once."""

    part = "education"
    education = CodeField(label=_("最高学历"), table="education", title=_("选择学历"))
    degree = CodeField(label=_("学位"), table="degree", title=_("选择学位"), help_text=_("没有就选“无”"))
    school = _text(_("毕业院校"), 100)
    major = CodeField(label=_("所学专业"), table="major", title=_("选择所学专业"), is_long=True)
    graduated_on = _date(_("毕业日期"))
    postdoctoral = forms.BooleanField(label=_("我做过博士后"), required=False)


class TitleForm(PickerForm):
    """What the unit reviews; prefilled with what is, or with what was turned back."""

    title_series = CodeField(
        label=_("职称系列"), table="title_series", title=_("选择职称系列"), help_text=_("没有职称就选“无”")
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

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department = DepartmentField(unit_id=unit_id, label=_("工作部门"), required=False)
        self.fields["department"] = department
        department.furnish(self["department"].value(), {}, None)

    def asked(self) -> AskedTitle:
        """What was filled in."""
        return AskedTitle(**self.cleaned_data)


# --- Transfer ---------------------------------------------------------------------------------------------------------
class TransferForm(PickerForm):
    """`has_unit`: he belongs to one now, whose phone the new unit needs."""

    phone = _text(_("本单位联系电话"), 30, help_text=_("新单位核实时会打这个电话"), inputmode="tel")
    organisation = OrganisationField(
        label=_("新单位"), title=_("选择新单位"), kinds=UNITS, help_text=_("由它的管理员确认")
    )
    department = DepartmentField(label=_("新的工作部门"), required=False)
    starts_on = _date(_("到岗日期"))

    def __init__(self, *args: Any, has_unit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_unit:
            self.fields["phone"].label, self.fields["phone"].required = _("原单位联系电话"), False

    def asked(self) -> AskedTransfer:
        """What was filled in."""
        return AskedTransfer(**self.cleaned_data)


# --- Cases and own data -----------------------------------------------------------------------------------------------
class ObjectionForm(forms.Form):
    """Why a decision is disputed (S3)."""

    reason = forms.CharField(
        label=_("异议理由"),
        max_length=500,
        help_text=_("写清楚哪里不对、有什么证明，上级会连同原来的材料一起看"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("写上理由，上级才好判断")},
    )


class OwnPasswordForm(forms.Form):
    """The password once more, before something that only oneself may do."""

    password = forms.CharField(
        label=_("登录密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("填写登录密码")},
    )


class CloseForm(OwnPasswordForm):
    """Closing the account."""

    sure = forms.BooleanField(label=_("我明白注销后不能恢复"), error_messages={"required": _("勾选后才能注销")})
