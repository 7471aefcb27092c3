"""A bureau's registers (H1): HR bureaus, departments, employers and CE bases anywhere below it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from console.access import administrator
from identity import queries as identity
from identity.queries import MOST_COUNTED, RegisterFilters
from registry.units.queries import subordinates
from registry.units.queries.subordinates import INDUSTRY, LEVELS, NATURE

_ALL_CODES = 1000
_TABLES = {"region": identity.REGION_TABLE, "nature": NATURE, "industry": INDUSTRY}
FIELDS: dict[str, tuple[str, ...]] = {
    "bureau": ("region", "level"),
    "department": ("region", "nature", "level"),
    "employer": ("region", "nature", "industry"),
    "base": ("region", "industry", "level"),
}
"""By which coded columns each register is narrowed, and what it shows of them."""
TITLES = {
    "bureau": (_("人社部门管理"), _("你下级的人社部门。")),
    "department": (_("主管部门管理"), _("归你管的行业主管部门。")),
    "employer": (_("用人单位管理"), _("归你管的用人单位，包括各主管部门和下级人社部门的。")),
    "base": (_("继续教育基地管理"), _("归你管的继续教育基地。")),
}


def choices_of(table: str, none: str | Promise) -> list[tuple[str, str | Promise]]:
    """A code table as choices, `none` first."""
    return [("", none), *((row["code"], row["label"]) for row in identity.codes(table, limit=_ALL_CODES))]


class RegisterForm(forms.Form):
    """What narrows a list of units. Sent by POST: an administrator's ID number stands in no address and no log."""

    q = forms.CharField(label=_("单位名称"), max_length=60, required=False)
    region = forms.ChoiceField(label=_("区域"), required=False)
    nature = forms.ChoiceField(label=_("单位性质"), required=False)
    industry = forms.ChoiceField(label=_("所属行业"), required=False)
    level = forms.ChoiceField(label=_("级别"), required=False)
    administrator = forms.CharField(
        label=_("管理员姓名或证件号"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    unstaffed = forms.ChoiceField(
        label=_("管理员"), required=False, choices=[("", _("全部")), ("1", _("没有管理员的"))]
    )

    def __init__(self, *args: Any, fields: Sequence[str], kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = {**_TABLES, "level": LEVELS.get(kind, "")}
        for name, table in tables.items():
            if name in fields:
                self.fields[name].choices = choices_of(table, _("全部"))
            else:
                del self.fields[name]

    def filters(self) -> RegisterFilters:
        """What was asked for; nonsense is nothing."""
        if not self.is_bound:
            return RegisterFilters()
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return RegisterFilters(**{**asked, "unstaffed": bool(asked.get("unstaffed"))})

    def page(self) -> int:
        """The page that was asked for."""
        text = str(self.data.get("page", "1"))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1

    @property
    def is_filtered(self) -> bool:
        return self.is_bound and any(self[name].value() for name in self.fields)


def register(kind: str) -> Callable[..., HttpResponse]:
    """The page of one kind's register."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @administrator(subordinates.module_for(kind))
    def listed(request: HttpRequest) -> HttpResponse:
        if request.role.kind != "bureau":
            raise Http404
        form = RegisterForm(request.POST if request.method == "POST" else None, fields=FIELDS[kind], kind=kind)
        title, text = TITLES[kind]
        context = {
            "form": form,
            "listed": subordinates.register(request.role, kind, filters=form.filters(), page=form.page()),
            "title": title,
            "text": text,
            "here": f"{kind}s",
            "columns": FIELDS[kind],
            "most": MOST_COUNTED,
        }
        return render(request, "console/register.html", context)

    return listed
