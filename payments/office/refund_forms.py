"""What finance fills in to give money back (F3)."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.errors import HoursEarned
from payments.money import yuan
from payments.office.filters import YuanField
from payments.queries.order_file import ItemFile
from payments.services import MOST_REFERENCE, AskedLine

_AREA = forms.Textarea(attrs={"rows": 2})
WHOLE, PARTS = "whole", "parts"


class DecisionForm(forms.Form):
    """The second person's word. Whether it must be given depends on the button."""

    opinion = forms.CharField(label=gettext_lazy("意见（不同意时必填）"), max_length=200, required=False, widget=_AREA)


class ReferenceForm(forms.Form):
    """What the bank's slip says of money that was sent."""

    reference = forms.CharField(
        label=gettext_lazy("银行流水号"),
        max_length=MOST_REFERENCE,
        help_text=gettext_lazy("照银行回单填写"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("填写银行回单上的流水号")},
    )


class TransferForm(ReferenceForm):
    """What the bank's slip says of money that came."""

    amount_fen = YuanField(
        label=gettext_lazy("到账金额（元）"),
        max_length=20,
        help_text=gettext_lazy("照银行回单填写，系统会和订单核对"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("填写银行回单上的金额")},
    )
    received_on = forms.DateField(
        label=gettext_lazy("到账日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("填写银行回单上的日期"),
            "invalid": gettext_lazy("写成日期，比如 2026-03-01"),
        },
    )
    field_order = ("amount_fen", "reference", "received_on")


class StartForm(forms.Form):
    """How much goes back of what, and why. Amounts are the server's but for a part of a learner's item; what the
    service would refuse is said at its field. `lines` after it was found valid.
    """

    scope = forms.ChoiceField(
        label=gettext_lazy("退什么"),
        widget=forms.RadioSelect,
        initial=WHOLE,
        error_messages={"required": gettext_lazy("选一下退全部还是一部分")},
    )
    ends = forms.BooleanField(
        label=gettext_lazy("退款后停止学习"),
        required=False,
        initial=True,
        help_text=gettext_lazy("同意退款时学员退出班级；不勾就保留学习"),
    )
    reason = forms.CharField(
        label=gettext_lazy("退款原因"),
        max_length=80,
        help_text=gettext_lazy("复核人、付款人和支付平台都会看到"),
        error_messages={"required": gettext_lazy("写上为什么退")},
    )
    override_reason = forms.CharField(
        label=gettext_lazy("例外理由"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("已经计入学时的班全额退款时必填"),
        widget=_AREA,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: Sequence[ItemFile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item for item in items if item.left_fen]
        self.is_units = any(item.seats is not None for item in self.items)
        self.lines: list[AskedLine] = []
        left = yuan(sum(item.left_fen for item in self.items))
        whole = _("全部未使用的名额，¥%s") if self.is_units else _("还没退的全部，¥%s")
        parts = _("一部分名额") if self.is_units else _("选班级，或只退一部分金额")
        cast(forms.ChoiceField, self.fields["scope"]).choices = [(WHOLE, whole % left), (PARTS, parts)]
        if self.is_units:
            del self.fields["ends"]
        if not self.earned:
            del self.fields["override_reason"]
        for item in self.items:
            self._add(item)

    def _add(self, file: ItemFile) -> None:
        pk, title = file.item.pk, file.item.title
        if self.is_units:
            self.fields[f"seats_{pk}"] = forms.IntegerField(
                label=_("退几个名额（还有 %s 个没用）") % (file.seats.free if file.seats else 0),
                required=False,
                error_messages={"invalid": _("写一个整数")},
            )
            return
        is_only = len(self.items) == 1
        self.fields[f"take_{pk}"] = forms.BooleanField(label=title, required=False, initial=is_only)
        self.fields[f"amount_{pk}"] = YuanField(
            label=_("退多少（元）"),
            required=False,
            max_length=20,
            initial=yuan(file.left_fen).replace(",", ""),
            help_text=_("最多 ¥%s") % yuan(file.left_fen),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        self.fields[f"ends_{pk}"] = forms.BooleanField(label=_("退款后停止学习"), required=False, initial=True)

    @property
    def earned(self) -> list[ItemFile]:
        """The items whose class has brought hours."""
        return [item for item in self.items if item.standing and item.standing.hours]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each item with its fields, for the template."""
        for file in self.items:
            names = ("seats",) if self.is_units else ("take", "amount", "ends")
            yield {"file": file} | {name: self[f"{name}_{file.item.pk}"] for name in names}

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    def told(self) -> list[tuple[AskedLine, ItemFile]]:
        """What would go back, line by line."""
        files = {file.item.pk: file for file in self.items}
        return [(line, files[line.item_id]) for line in self.lines]

    # --- Checking -----------------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("scope") == WHOLE:
            self.lines = [self._whole(file, bool(found.get("ends"))) for file in self.items]
        elif found.get("scope") == PARTS:
            lines = [self._part(file, found) for file in self.items]
            self.lines = [line for line in lines if line]
            if not self.lines and not self.errors:
                self.add_error("scope", _("写上退几个名额") if self.is_units else _("至少勾选一个班"))
        self._check_hours(found)
        return found

    def _whole(self, file: ItemFile, ends: bool) -> AskedLine:
        if file.seats is not None:
            return AskedLine(file.item.pk, file.left_fen, ends_enrolment=False, seats=file.seats.free)
        return AskedLine(file.item.pk, file.left_fen, ends)

    def _part(self, file: ItemFile, found: dict[str, Any]) -> AskedLine | None:
        pk = file.item.pk
        if file.seats is not None:
            return self._seats(file, found.get(f"seats_{pk}"))
        if not found.get(f"take_{pk}"):
            return None
        name = f"amount_{pk}"
        fen = found.get(name)
        if fen is None:
            if name not in self.errors:
                self.add_error(name, _("写上退多少"))
            return None
        if not 0 < fen <= file.left_fen:
            self.add_error(name, _("要大于 0，最多 ¥%s") % yuan(file.left_fen))
            return None
        return AskedLine(pk, fen, bool(found.get(f"ends_{pk}")))

    def _seats(self, file: ItemFile, seats: int | None) -> AskedLine | None:
        free = file.seats.free if file.seats else 0
        if seats is None:
            return None
        if not 1 <= seats <= free:
            self.add_error(f"seats_{file.item.pk}", _("至少 1 个，最多 %s 个") % free)
            return None
        return AskedLine(file.item.pk, seats * file.item.price_fen, ends_enrolment=False, seats=seats)

    def _check_hours(self, found: dict[str, Any]) -> None:
        """The service's own rule, said before it bites: a class that has brought hours isn't given back whole."""
        going = {line.item_id: line.amount_fen for line in self.lines}
        for file in self.earned:
            if going.get(file.item.pk) == file.left_fen and file.standing and not found.get("override_reason"):
                self.add_error("override_reason", str(HoursEarned(hours=file.standing.hours.normalize())))
                return
