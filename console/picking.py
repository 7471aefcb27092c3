"""A superior picked in the site's dialog (templates/components/picker.html, assets/js/picker.js).

Without JavaScript it is a select with a search box whose button `find` sends the form.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity import queries as identity

FIND = "find"
_MOST_FOUND = 50
_TEXTS = {
    "title": _("选择新的上级"),
    "search_label": _("单位名称"),
    "nothing": _("没有找到，换个词试试"),
    "needs": "",
    "depends": "",
    "find": FIND,
}


class SuperiorWidget(forms.Select):
    """The select that becomes a field with a dialog."""

    template_name = "components/picker.html"
    kinds: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = {str(code): label for code, label in self.choices}
        address = f"{reverse('web:picker', args=['organisations'])}?{urlencode({'kind': ','.join(self.kinds)})}"
        invalid = "is-invalid" in (attrs or {}).get("class", "")
        chosen = labels.get(str(value), "") if value else ""
        context["picker"] = {**_TEXTS, "address": address, "chosen": chosen, "is_invalid": invalid}
        return context


class ParentForm(forms.Form):
    """The new superior. `kinds`: what may stand above the unit."""

    parent = forms.CharField(
        label=_("新的上级"),
        max_length=18,
        widget=SuperiorWidget,
        help_text=_("可以是主管部门、人社部门；分公司也可以是总公司"),
        error_messages={"required": _("选一家单位")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, kinds: tuple[str, ...], q: str | None = None) -> None:
        super().__init__(None if q is not None else data)
        chosen = str((data or {}).get("parent", ""))
        widget = self.fields["parent"].widget
        widget.kinds = kinds
        rows = identity.find_organisations(kinds=kinds, q=q, limit=_MOST_FOUND) if q else []
        names = identity.names_of([int(chosen)]) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else {}
        found = {str(row.id): f"{row.name}（{row.region_name}）" for row in rows}
        widget.choices = [("", _("请选择")), *({str(pk): name for pk, name in names.items()} | found).items()]

    @classmethod
    def of(cls, posted: QueryDict | None, kinds: tuple[str, ...]) -> "ParentForm":
        """The form as it was sent; by the search button, unjudged and with what was found."""
        if posted is not None and FIND in posted:
            return cls(posted, kinds=kinds, q=posted.get("parent_q", "").replace("\0", "")[:60])
        return cls(posted, kinds=kinds)

    def clean_parent(self) -> int:
        text = str(self.cleaned_data["parent"])
        if not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(_("从列表里选择"))
        return int(text)
