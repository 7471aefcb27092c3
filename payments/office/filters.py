"""What the list of orders can be narrowed to, as it is typed and as it stands in the address."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.queries import class_at, class_name, classes_titled
from identity.queries import names_of, names_of_people, organisation_by_code, organisations_to_choose, people_named
from payments.models import Order
from payments.money import fen_of, yuan
from payments.office.words import PROVIDERS
from payments.queries.desk import OrderFilters, specialties_sold

EVENTS: Mapping[str, object] = {"late": gettext_lazy("关闭后到账"), "surplus": gettext_lazy("重复到账")}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
MOST_NAMED = 20
"""So many of one name are looked for; whose order it is among more tells his ID number."""
_BETWEEN = " · "
_ANY = ("", gettext_lazy("全部"))


class YuanField(forms.CharField):
    """An amount as it is typed, in fen; None for none."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            return fen_of(text) if text else None
        except ValueError:
            raise ValidationError(_("写成金额，比如 100 或 99.50")) from None


def day_field(label: Any) -> forms.DateField:
    """A day of a filter: none is needed, and none is so far away that no calendar knows it."""
    out_of_range = _("日期在 2000 年到 2099 年之间")
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY, out_of_range), MaxValueValidator(LAST_DAY, out_of_range)],
        error_messages={"invalid": _("写成日期，比如 2026-03-01")},
    )


def _text(label: Any, hint: Any = "", **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"placeholder": hint, "autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=False, max_length=100, widget=widget)


def _suggested(label: Any, hint: Any, what: str) -> forms.CharField:
    """A field under which finance-filters.js offers what fits the words typed so far."""
    return _text(label, hint, **{"list": f"list-{what}", "data-suggest": what})


class OrderFilterForm(forms.Form):
    """The filters. Person, class and payer are typed in words and kept as keys: only those stand in an address, so that
    no ID number is ever part of one. `people`, `of_class` and `unit` hold the keys of the words beside them.
    """

    event = forms.ChoiceField(required=False, choices=[("", ""), *EVENTS.items()], widget=forms.HiddenInput)
    number = _text(gettext_lazy("单号"), gettext_lazy("订单、支付、退款或平台流水号"))
    person = _text(gettext_lazy("学员"), gettext_lazy("全名或完整证件号码"))
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[_ANY, *Order.State.choices])
    provider = forms.ChoiceField(label=gettext_lazy("支付方式"), required=False, choices=[_ANY, *PROVIDERS.items()])
    class_words = _suggested(gettext_lazy("班级"), gettext_lazy("输入名称后选择"), "classes")
    specialty = forms.ChoiceField(label=gettext_lazy("专业"), required=False)
    unit_words = _suggested(gettext_lazy("付款单位"), gettext_lazy("输入名称或单位编号后选择"), "units")
    created_from = day_field(gettext_lazy("下单日期，从"))
    created_to = day_field(gettext_lazy("到"))
    paid_from = day_field(gettext_lazy("付款日期，从"))
    paid_to = day_field(gettext_lazy("到"))
    least = YuanField(label=gettext_lazy("金额（元），从"), required=False, max_length=20)
    most = YuanField(label=gettext_lazy("到"), required=False, max_length=20)
    people = forms.CharField(required=False, widget=forms.HiddenInput)
    of_class = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.CharField(required=False, widget=forms.HiddenInput)

    FIRST = ("number", "person", "state", "provider")
    PAIRS = (("created_from", "created_to"), ("paid_from", "paid_to"), ("least", "most"))
    KEYS = {"person": "people", "class_words": "of_class", "unit_words": "unit"}

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        """`data` from an address has keys only: the words are read to them."""
        self.kept: dict[str, str] = {}
        data = data.copy()
        for words, key in self.KEYS.items():
            value = str(data.get(key) or "")
            if value:
                self.kept[words] = _WORDS_OF[words](value)
                if words not in data:
                    data[words] = self.kept[words] or value
        super().__init__(data, **kwargs)
        specialty = cast(forms.ChoiceField, self.fields["specialty"])
        specialty.choices = [_ANY, *((name, name) for name in specialties_sold())]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for first, last in self.PAIRS:
            if None not in (found.get(first), found.get(last)) and found[first] > found[last]:
                self.add_error(last, _("这一格不能小于前一格") if first == "least" else _("这一天不能早于前一天"))
        for words, key in self.KEYS.items():
            if words in found:
                found[key] = self._key(words, found)
        return found

    def _key(self, words: str, found: dict[str, Any]) -> str:
        """The key that belongs to the words: what was chosen as long as they stand, else what they find."""
        text = found[words].strip()
        if not text:
            return ""
        if self.kept.get(words) == text:
            return str(found[_key_of(words)])
        try:
            key, told = _FIND[words](text)
        except ValidationError as fault:
            self.add_error(words, fault)
            return ""
        self.kept[words] = told
        return key

    # --- What was asked for -------------------------------------------------------------------------------------------
    def filters(self) -> OrderFilters:
        """Of a valid form."""
        asked = self.cleaned_data
        people = asked["people"]
        return OrderFilters(
            number="".join(asked["number"].split()),
            user_ids=tuple(_number(part) for part in people.split("-")[:MOST_NAMED]) if people else None,
            class_id=_number(asked["of_class"]) or None,
            specialty=asked["specialty"],
            provider=asked["provider"],
            state=asked["state"],
            organisation_id=_number(asked["unit"]) or None,
            created_from=asked["created_from"],
            created_to=asked["created_to"],
            paid_from=asked["paid_from"],
            paid_to=asked["paid_to"],
            least_fen=asked["least"],
            most_fen=asked["most"],
            event=asked["event"],
        )

    def address(self, **changed: str) -> str:
        """The query of an address that asks for the same, with parts `changed` ("" leaves one out). Of a valid form."""
        parts = {name: _written(name, self.cleaned_data.get(name)) for name in self.fields if name not in self.KEYS}
        return urlencode({name: text for name, text in (parts | changed).items() if text})

    def chips(self) -> list[dict[str, str]]:
        """What is set, in words, each with the query of the list without it. Of a valid form."""
        chips = []
        for name, field in self.fields.items():
            key = _key_of(name)
            value = self.cleaned_data.get(key)
            if name in ("event", *self.KEYS.values()) or value in (None, ""):
                continue
            told = self.kept[name] if name in self.KEYS else _told(field, name, value)
            chips.append({"label": _label(self, name), "words": told, "without": self.address(**{key: ""})})
        return chips

    def set_aside(self) -> int:
        """How many of the filters that are folded away are set or faulty."""
        shown = (*self.FIRST, "event", *self.KEYS.values())
        return sum(1 for name in self.fields if name not in shown and (self[name].value() or self[name].errors))


def _key_of(words: str) -> str:
    return OrderFilterForm.KEYS.get(words, words)


def _written(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return yuan(value).replace(",", "") if name in ("least", "most") else str(value)


def _told(field: forms.Field, name: str, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(cast(Any, field.choices))[value])
    return f"¥{yuan(value)}" if name in ("least", "most") else str(value)


def _label(form: OrderFilterForm, name: str) -> str:
    """下单日期，到 of the field that stands behind 下单日期，从 as 到."""
    for first, last in form.PAIRS:
        if name == last:
            return f"{str(form.fields[first].label).rpartition('，')[0]}，{form.fields[last].label}"
    return str(form.fields[name].label)


# --- Words and keys ---------------------------------------------------------------------------------------------------
def _number(text: str) -> int:
    """An id as addresses have it; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _words_of_people(key: str) -> str:
    names = names_of_people([_number(part) for part in key.split("-")[:MOST_NAMED]])
    return "、".join(dict.fromkeys(names.values()))


def _words_of_class(key: str) -> str:
    found = class_name(_number(key))
    return f"{found.title}{_BETWEEN}{found.slug}" if found else ""


def _words_of_unit(key: str) -> str:
    return names_of([_number(key)]).get(_number(key), "")


def _find_people(text: str) -> tuple[str, str]:
    found = people_named(text)
    if not found:
        raise ValidationError(_("没有找到这个人，请填写全名或完整证件号码"))
    if len(found) == MOST_NAMED:
        raise ValidationError(_("叫这个名字的人太多，请填写完整证件号码"))
    names = "、".join(dict.fromkeys(person.name for person in found))
    return "-".join(str(person.id) for person in found), names


def _find_class(text: str) -> tuple[str, str]:
    title, _dot, slug = text.rpartition(_BETWEEN)
    exact = class_at(slug) if title else None
    found = [exact] if exact else classes_titled(text)
    same = [one for one in found if one.title == text] or found
    if not same:
        raise ValidationError(_("没有这样的班级，请从提示里选择"))
    if len(same) > 1:
        raise ValidationError(_("名称里有这些字的班级不止一个，请从提示里选择"))
    return str(same[0].id), f"{same[0].title}{_BETWEEN}{same[0].slug}"


def _find_unit(text: str) -> tuple[str, str]:
    name, _dot, code = text.rpartition(_BETWEEN)
    exact = organisation_by_code(code) if name else None
    found = [exact] if exact else organisations_to_choose(text)
    same = [one for one in found if one.name == text] or found
    if not same:
        raise ValidationError(_("没有这样的单位，请从提示里选择"))
    if len(same) > 1:
        raise ValidationError(_("名称里有这些字的单位不止一个，请从提示里选择"))
    return str(same[0].id), same[0].name


_WORDS_OF: Mapping[str, Callable[[str], str]] = {
    "person": _words_of_people,
    "class_words": _words_of_class,
    "unit_words": _words_of_unit,
}
_FIND: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "person": _find_people,
    "class_words": _find_class,
    "unit_words": _find_unit,
}


def suggested(what: str, q: str) -> list[str]:
    """What may be chosen for the words typed so far, as it is then found again by."""
    if what == "classes":
        return [f"{one.title}{_BETWEEN}{one.slug}" for one in classes_titled(q)] if q.strip() else []
    return [f"{one.name}{_BETWEEN}{one.code}" for one in organisations_to_choose(q)]
