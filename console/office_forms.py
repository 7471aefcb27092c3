"""Forms of one's own unit. What is right is decided by `registry.units`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity import queries as identity
from identity.queries import OrganisationFacts

_LABELS = {
    "name": _("单位名称"),
    "nature": _("单位性质"),
    "industry": _("所属行业"),
    "level": _("级别"),
    "credit_code": _("统一社会信用代码"),
}
_MOST_CODES = 500


class ContactsForm(forms.Form):
    """Saved at once."""

    phone = forms.CharField(label=_("联系电话"), max_length=30, error_messages={"required": _("填写联系电话")})
    postcode = forms.CharField(label=_("邮政编码"), max_length=10, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)


class OwnContactsForm(forms.Form):
    """The administrator's own."""

    mobile = forms.CharField(label=_("手机"), max_length=20, required=False)
    email = forms.CharField(label=_("电子邮箱"), max_length=254, required=False, help_text=_("催办和超期提醒发到这里"))


class ChangeForm(forms.Form):
    """What the superior reviews; `locked` says why the credit code can't change now."""

    def __init__(self, *args: Any, tables: dict[str, str], locked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table in tables.items():
            if table:
                rows = identity.codes(table, limit=_MOST_CODES)
                choices = [("", _("请选择")), *((row["code"], row["label"]) for row in rows)]
                self.fields[name] = forms.ChoiceField(
                    label=_LABELS[name], choices=choices, error_messages={"required": _("请选择")}
                )
            else:
                self.fields[name] = forms.CharField(
                    label=_LABELS[name],
                    max_length=120,
                    required=name == "name",
                    error_messages={"required": _("填写单位名称")},
                )
        if locked:
            self.fields["credit_code"].disabled = True
            self.fields["credit_code"].help_text = _("有在审事项，审完后才能改")


class DepartmentForm(forms.Form):
    """A department's name and the one above it."""

    name = forms.CharField(label=_("部门名称"), max_length=60, error_messages={"required": _("填写部门名称")})
    parent = forms.TypedChoiceField(label=_("放在哪个部门下面"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("不放在别的部门下面")), *choices]


def initial_of(unit: OrganisationFacts, names: Any) -> dict[str, str]:
    """What a form about these columns begins with."""
    return {name: getattr(unit, name) for name in names}
