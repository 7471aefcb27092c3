"""Form fields whose value is picked in a dialog: a unit, a code, a department of a unit.

    class TransferForm(PickerForm):
        organisation = OrganisationField(label=_("新单位"), title=_("选择单位"), kinds=("employer",))
        department = DepartmentField(label=_("工作部门"), of="organisation", required=False)
        major = CodeField(label=_("所学专业"), table="major", title=_("选择专业"), is_long=True)

The template draws them by `{% field form.organisation %}` like any other field, and includes
components/picker_assets.html once. They clean to the code, the id (an int) or nothing; whether that may be chosen is
said by the services. Without JavaScript they are selects; a long one gets a search box whose button `find` sends the
form: answer it with `form.finding(request.POST)`, which keeps all that was typed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity import queries

Text = str | Promise
Choices = list[tuple[str, str]]
FIND = "find"
"""The name of the buttons that search without JavaScript; the value is the field's name."""
_MOST_FOUND = 50
_MOST_CODES = 500


def number_of(text: Any) -> int | None:
    """The id in a form's text, None for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def department_choices(organisation_id: int | None) -> Choices:
    """The unit's open departments, each with the ones above it: 内科 / 心内科."""
    choices: Choices = []

    def add(nodes: list[dict[str, Any]], above: str) -> None:
        for node in nodes:
            name = f"{above} / {node['name']}" if above else node["name"]
            choices.append((str(node["id"]), name))
            add(node["children"], name)

    if organisation_id:
        add(queries.work_departments(organisation_id), "")
    return choices


class PickerWidget(forms.Select):
    """A select that JavaScript turns into a field with a dialog (templates/components/picker.html)."""

    template_name = "components/picker.html"

    def __init__(self, texts: Mapping[str, Text]) -> None:
        super().__init__()
        self.texts = dict(texts)
        self.address = ""
        self.depends = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = {str(code): label for code, label in self.choices}
        context["picker"] = {
            **self.texts,
            "address": self.address,
            "depends": self.depends,
            "chosen": labels.get(str(value), "") if value not in (None, "") else "",
            "is_invalid": "is-invalid" in (attrs or {}).get("class", ""),
            "find": FIND,
        }
        return context


class PickerField(forms.CharField):
    """A value picked in a dialog. `is_long`: searched on the server, else its whole list is in the page.

    `depends` maps parameters of the search to the fields that give them; the value goes when one of them changes.
    """

    what = ""
    texts: ClassVar[dict[str, Text]] = {
        "title": _("请选择"),
        "search_label": _("输入几个字查找"),
        "nothing": _("没有找到，换个词试试"),
        "needs": _("先选上面的一项"),
    }
    """What the dialog says: heading, search box, nothing found, another field comes first. A field may have its own."""

    def __init__(
        self,
        *,
        is_long: bool = False,
        params: Mapping[str, str] | None = None,
        depends: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        texts = {name: kwargs.pop(name, text) for name, text in self.texts.items()}
        kwargs.setdefault("widget", PickerWidget(texts))
        kwargs.setdefault("error_messages", {"required": _("请选择")})
        super().__init__(**kwargs)
        self.is_long, self.params, self.depends = is_long, dict(params or {}), dict(depends or {})

    def choices_for(self, value: str, others: Mapping[str, str], q: str | None) -> Choices:
        """What the select holds: all of a short list; of a long one the chosen value and what was searched for."""
        raise NotImplementedError

    def furnish(self, value: Any, others: Mapping[str, str], q: str | None) -> None:
        """Make the widget ready for a form in which it has this value."""
        widget = self.widget
        widget.choices = [("", _("请选择") if self.required else _("不填")), *self.choices_for(value, others, q)]
        widget.depends = " ".join(f"{param}={name}" for param, name in self.depends.items())
        if self.is_long:
            widget.address = f"{reverse('web:picker', args=[self.what])}?{urlencode(self.params)}"


class CodeField(PickerField):
    """A value of a code table."""

    what = "codes"

    def __init__(self, *, table: str, **kwargs: Any) -> None:
        super().__init__(params={"table": table}, max_length=20, **kwargs)
        self.table = table

    def choices_for(self, value: str, others: Mapping[str, str], q: str | None) -> Choices:
        if not self.is_long:
            return [(row["code"], row["label"]) for row in queries.codes(self.table, limit=_MOST_CODES)]
        found: Choices = [(value, queries.label(self.table, value))] if value else []
        if q is not None:
            above = {param: others.get(name, "") for param, name in self.depends.items()}
            rows = queries.codes(self.table, q, _MOST_FOUND, **above)
            found += [(row["code"], row["label"]) for row in rows if row["code"] != value]
        return found


class OrganisationField(PickerField):
    """An organisation of one of these kinds; cleans to its id."""

    what = "organisations"
    texts: ClassVar[dict[str, Text]] = {
        **PickerField.texts,
        "title": _("选择单位"),
        "search_label": _("单位名称"),
        "nothing": _("没有找到这家单位。名称换个写法试试，还没有登记的单位要先注册"),
    }

    def __init__(self, *, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(params={"kind": ",".join(kinds)}, is_long=True, **kwargs)
        self.kinds = tuple(kinds)

    def choices_for(self, value: str, others: Mapping[str, str], q: str | None) -> Choices:
        chosen = number_of(value)
        found: Choices = [(str(pk), name) for pk, name in queries.names_of([chosen]).items()] if chosen else []
        if q is not None:
            rows = queries.find_organisations(kinds=self.kinds, q=q, limit=_MOST_FOUND)
            found += [(str(row.id), f"{row.name}（{row.region_name}）") for row in rows if row.id != chosen]
        return found

    def clean(self, value: Any) -> int | None:
        return _id_or_nothing(super().clean(value))


class DepartmentField(PickerField):
    """A department (工作部门) of the unit that the field `of` names, or of a unit known beforehand (`unit_id`)."""

    what = "departments"
    texts: ClassVar[dict[str, Text]] = {
        **PickerField.texts,
        "title": _("选择工作部门"),
        "nothing": _("没有找到部门。单位没有设部门的话可以不填"),
        "needs": _("先选择单位"),
    }

    def __init__(self, *, of: str = "organisation", unit_id: int | None = None, **kwargs: Any) -> None:
        depends = {} if unit_id else {"organisation": of}
        super().__init__(is_long=unit_id is None, depends=depends, **kwargs)
        self.of, self.unit_id = of, unit_id

    def choices_for(self, value: str, others: Mapping[str, str], q: str | None) -> Choices:
        return department_choices(self.unit_id or number_of(others.get(self.of)))

    def clean(self, value: Any) -> int | None:
        return _id_or_nothing(super().clean(value))


def _id_or_nothing(text: str) -> int | None:
    if not text:
        return None
    number = number_of(text)
    if number is None:
        raise forms.ValidationError(_("从列表里选择"), code="invalid_choice")
    return number


class PickerForm(forms.Form):
    """A form with picked fields. `finding` makes one that shows what was searched for and loses nothing."""

    def __init__(self, *args: Any, found: tuple[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picked = {name: field for name, field in self.fields.items() if isinstance(field, PickerField)}
        values = {name: str(self[name].value() or "").replace("\0", "")[:20] for name in self.fields if name in picked}
        for name, field in picked.items():
            field.furnish(values[name], values, found[1] if found and found[0] == name else None)

    @classmethod
    def finding(cls, posted: QueryDict, **kwargs: Any) -> Self:
        """The form as it was sent by a search button, unjudged."""
        name = posted.get(FIND, "")
        words = posted.get(f"{name}_q", "").replace("\0", "")[:60]
        return cls(initial=posted.dict(), found=(name, words), **kwargs)
