"""What support fills in. What is right is decided by the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AttachmentField
from identity import queries as identity
from identity.queries import OrganisationFacts

_PAPERS = _("身份证件、户口本或单位证明，jpg、png、gif、bmp 或 pdf，不超过 4 MB")


class FindForm(forms.Form):
    """Sent by POST: an ID number belongs in no address."""

    q = forms.CharField(
        label=_("证件号码或姓名"),
        max_length=60,
        help_text=_("证件号码要完整；姓名也要完整"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("填证件号码或姓名")},
    )


class _Reasoned(forms.Form):
    reason = forms.CharField(
        label=_("更正原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("写上原因，以后查得到")},
    )
    evidence = AttachmentField(label=_("佐证材料"), help_text=_PAPERS)


class NameForm(_Reasoned):
    name = forms.CharField(label=_("正确的姓名"), max_length=60, error_messages={"required": _("填写证件上的姓名")})
    field_order = ["name"]


class NumberForm(_Reasoned):
    id_type = forms.ChoiceField(label=_("证件类型"))
    id_number = forms.CharField(
        label=_("正确的证件号码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("填写证件号码")},
    )
    field_order = ["id_type", "id_number"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        id_type: Any = self.fields["id_type"]
        id_type.choices = identity.id_types()


class UnitForm(_Reasoned):
    """The unit is one of those that were found before."""

    unit = forms.TypedChoiceField(
        label=_("正确的单位"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("从找到的单位里选一家")},
    )
    field_order = ["unit"]

    def __init__(self, *args: Any, found: Sequence[OrganisationFacts] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.choices = [(one.id, f"{one.name}（{one.region_name}）") for one in found]
        if len(found) == 1:
            unit.initial = found[0].id


class DecisionForm(forms.Form):
    """Confirming needs no words, turning back does: the service says so."""

    opinion = forms.CharField(
        label=_("复核意见"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不通过时写明原因"),
    )
