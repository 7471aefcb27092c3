"""The forms of one's orders. What is right is said by `payments`."""

from django import forms
from django.utils.translation import gettext_lazy as _

HEADINGS = (("person", _("个人")), ("unit", _("单位")))


class RefundForm(forms.Form):
    """Asked of finance (F3)."""

    reason = forms.CharField(
        label=_("退款原因"),
        max_length=80,
        help_text=_("比如：报错了班。财务复核时会看到"),
        widget=forms.TextInput,
        error_messages={"required": _("写一下为什么退")},
    )


class InvoiceForm(forms.Form):
    """A person's heading is his name; a unit's needs its tax number."""

    heading_kind = forms.ChoiceField(label=_("抬头类型"), choices=HEADINGS, initial="person", widget=forms.RadioSelect)
    heading = forms.CharField(
        label=_("发票抬头"),
        max_length=100,
        help_text=_("个人写姓名，单位写全称"),
        error_messages={"required": _("填写发票抬头")},
    )
    tax_number = forms.CharField(
        label=_("纳税人识别号"),
        max_length=30,
        required=False,
        help_text=_("单位抬头必填：18 位统一社会信用代码"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("电子邮箱"),
        required=False,
        help_text=_("财务可能往这里发一份；在这里也能下载"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("邮箱地址不对，再看一下")},
    )
