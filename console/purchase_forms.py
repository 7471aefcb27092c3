"""The forms of a unit's purchases. What is right is said by `payments`."""

from django import forms
from django.utils.translation import gettext_lazy as _

HEADINGS = (("unit", _("单位")), ("person", _("个人")))
MOST_SEATS = 2_000


class SeatsForm(forms.Form):
    """How many seats, and who of one's people gets one as soon as they are paid."""

    seats = forms.IntegerField(
        label=_("名额"),
        min_value=1,
        max_value=MOST_SEATS,
        initial=1,
        help_text=_("一人用一个；选了人以后，多出来的名额可以以后再分"),
        error_messages={
            "required": _("写上要买几个"),
            "invalid": _("写一个整数"),
            "min_value": _("至少 1 个"),
            "max_value": _("一次最多 2000 个"),
        },
    )
    q = forms.CharField(label=_("姓名、部门或单位"), max_length=60, required=False)
    people = forms.TypedMultipleChoiceField(label=_("给谁学"), required=False, coerce=int)

    def __init__(self, *args: object, chosen: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(pk, pk) for pk in chosen]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        people, seats = data.get("people") or [], data.get("seats")
        if seats and len(people) > seats:
            self.add_error("seats", _("选了 %(count)s 个人，名额不能比人少") % {"count": len(people)})
        return data


class SeatFilters(forms.Form):
    """Looking for a seat."""

    q = forms.CharField(label=_("姓名或学习码"), max_length=60, required=False)
    state = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)


class SeatRefundForm(forms.Form):
    """Unused seats, back for their price."""

    seats = forms.IntegerField(
        label=_("退几个名额"),
        min_value=1,
        max_value=MOST_SEATS,
        error_messages={
            "required": _("写上退几个"),
            "invalid": _("写一个整数"),
            "min_value": _("至少 1 个"),
            "max_value": _("没有这么多名额"),
        },
    )
    reason = forms.CharField(label=_("退款原因"), max_length=80, error_messages={"required": _("写一下为什么退")})


class PurchaseInvoiceForm(forms.Form):
    """One invoice for the whole order."""

    heading_kind = forms.ChoiceField(label=_("抬头类型"), choices=HEADINGS, initial="unit", widget=forms.RadioSelect)
    heading = forms.CharField(label=_("发票抬头"), max_length=100, error_messages={"required": _("填写发票抬头")})
    tax_number = forms.CharField(
        label=_("纳税人识别号"), max_length=30, required=False, help_text=_("单位抬头必填：18 位统一社会信用代码")
    )
    email = forms.EmailField(
        label=_("电子邮箱"), required=False, error_messages={"invalid": _("邮箱地址不对，再看一下")}
    )
