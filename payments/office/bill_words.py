"""What the pages of reconciliation say: states, differences, and what one can do about each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.office import when
from payments.models import Bill, BillDifference
from payments.money import yuan

SHORT: Mapping[str, object] = {"wechat": gettext_lazy("微信"), "alipay": gettext_lazy("支付宝")}
"""Providers where there is little room."""
_PILLS: Mapping[str, tuple[str, str]] = {
    "waiting": ("idle", "time"),
    "running": ("wait", "rotate"),
    "matched": ("ok", "check"),
    "different": ("warn", "warning"),
    "failed": ("bad", "cross"),
}
"""Kind (design: colour roles) and one of the admin's icons."""
_ADVICE: Mapping[tuple[str, bool], object] = {
    ("ours_only", False): gettext_lazy(
        "零点前后的付款常常记在相邻一天的账单里，那一天对账后这一条会自动消失。过两天还在，就到商户平台按流水号查这笔钱有没有入账。"
    ),
    ("ours_only", True): gettext_lazy(
        "退款可能记在相邻一天的账单里，那一天对账后这一条会自动消失。过两天还在，就到商户平台查这笔退款。"
    ),
    ("theirs_only", False): gettext_lazy(
        "这笔钱收进了商户号，但没有对应的付款。查一查：是不是别的系统共用这个商户号，或者有人直接在商户平台收款。"
    ),
    ("theirs_only", True): gettext_lazy(
        "这笔退款不是从这里发出的，可能有人直接在商户平台退了款。问清楚是谁退的；学员还在班里的，按订单处理。"
    ),
    ("amount", False): gettext_lazy(
        "打开订单，对一对应付和实收；以商户平台的到账为准，多收的退回，少收的联系支付平台。"
    ),
    ("amount", True): gettext_lazy("到商户平台看实际退了多少；和我方记录不同的，联系支付平台更正。"),
    ("state", False): gettext_lazy("打开订单，点“问一下支付平台”，再重新对账；还是不同，就到商户平台核对流水号。"),
    ("state", True): gettext_lazy("到商户平台看这笔退款的结果；已经退到账的，打开订单问一下支付平台，再重新对账。"),
}


def bill_pill(bill: Bill) -> tuple[str, str, str]:
    """Kind, icon and words of a day's state."""
    kind, icon = _PILLS[bill.state]
    return kind, icon, str(bill.get_state_display())


def words_of(state: str) -> tuple[str, str, str]:
    """The same of a state without a day: for the legend."""
    kind, icon = _PILLS[state]
    return kind, icon, str(Bill.State(state).label)


def told(fen: int | None) -> str:
    """¥2.40, or a dash where there is none."""
    return "—" if fen is None else f"¥{yuan(fen)}"


def gap(fen: int) -> str:
    """+0.01, −2.40 or 0.00: how much more one side has."""
    return f"+{yuan(fen)}" if fen > 0 else f"−{yuan(-fen)}" if fen < 0 else "0.00"


@dataclass(frozen=True)
class SumRow:
    """A line of the sums side by side."""

    label: str
    theirs: str
    ours: str
    gap: str
    is_even: bool


def sum_rows(bill: Bill) -> list[SumRow]:
    """Paid, refunded and what is left, by the bill and by our book."""
    lines = [
        (_("收款"), bill.paid_fen, bill.our_paid_fen),
        (_("退款"), bill.refunded_fen, bill.our_refunded_fen),
        (_("净额"), bill.paid_fen - bill.refunded_fen, bill.our_paid_fen - bill.our_refunded_fen),
    ]
    return [
        SumRow(label, yuan(theirs), yuan(ours), gap(theirs - ours), theirs == ours) for label, theirs, ours in lines
    ]


@dataclass(frozen=True)
class DifferenceRow:
    """A difference as its card tells it."""

    one: BillDifference
    what: str
    """付款 or 退款."""
    kind: str
    theirs: str
    ours: str
    advice: str
    who: str
    found: str
    resolved: str


def difference_row(one: BillDifference, names: Mapping[int, str]) -> DifferenceRow:
    """`names` of people by id."""
    is_refund = bool(one.refund_number)
    return DifferenceRow(
        one=one,
        what=_("退款") if is_refund else _("付款"),
        kind=str(one.get_kind_display()),
        theirs=told(one.theirs_fen),
        ours=told(one.ours_fen),
        advice=str(_ADVICE[one.kind, is_refund]),
        who=names.get(one.resolved_by_id or 0, ""),
        found=when(one.found_at),
        resolved=when(one.resolved_at),
    )
