"""What the page of an order says: what happened, line by line, and what is still to come."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Order, OrderEvent, Refund
from payments.money import yuan
from payments.office.words import pill, provider_words
from payments.queries.order_file import OrderFile, RefundFile

_Kind = OrderEvent.Kind
_SOURCES = {
    "callback": gettext_lazy("支付平台通知，已验签"),
    "query": gettext_lazy("向支付平台查询得知"),
    "bill": gettext_lazy("对账单得知"),
    "desk": gettext_lazy("财务登记"),
}
ASKED_AS = {"machine": gettext_lazy("系统"), "buyer": gettext_lazy("付款人"), "desk": gettext_lazy("财务")}
REFUND_PILLS = {
    "asked": ("wait", "time"),
    "rejected": ("idle", "cross"),
    "withdrawn": ("idle", "redirect"),
    "approved": ("wait", "rotate"),
    "sent": ("wait", "rotate"),
    "done": ("ok", "check"),
    "failed": ("bad", "warning"),
}
_DRAWN = {"ok": "success", "wait": "time", "bad": "error", "idle": "radio-empty"}
_KINDS = {
    _Kind.CLOSING: "idle",
    _Kind.CLOSED: "idle",
    _Kind.LATE: "wait",
    _Kind.SURPLUS: "wait",
    _Kind.NOT_ENROLLED: "bad",
    _Kind.REFUND_REJECTED: "bad",
    _Kind.REFUND_WITHDRAWN: "idle",
    _Kind.REFUND_FAILED: "bad",
    _Kind.ENROLMENT_ENDED: "idle",
}
_FOLDED_FROM = 4


@dataclass(frozen=True)
class Line:
    """A line of the timeline. `about`: who and what, in order; `raw`: what the provider said, as text; `rest`: the
    lines of the same kind that it stands for."""

    at: datetime | None
    words: str
    kind: str
    amount: str = ""
    about: tuple[str, ...] = ()
    raw: str = ""
    rest: tuple["Line", ...] = ()

    @property
    def icon(self) -> str:
        return _DRAWN[self.kind]


def order_pill(file: OrderFile) -> tuple[str, str, str]:
    """As the list shows its state; while a refund waits for its second person, that."""
    if file.sums.waiting:
        return "wait", "time", _("退款等第二人复核")
    return pill(file.order)


def refund_pill(refund: Refund) -> tuple[str, str, str]:
    """Kind, icon and words of a refund's state. At a bank nothing goes back by itself."""
    kind, icon = REFUND_PILLS[refund.state]
    words = str(refund.get_state_display())
    if refund.state == Refund.State.APPROVED and refund.payment.provider == "bank":
        words = _("待银行退款")
    return kind, icon, words


def asker(row: RefundFile) -> str:
    """陈思远（付款人）; the machine is nobody."""
    words = str(ASKED_AS[row.asked_as])
    return f"{row.asked_by}（{words}）" if row.asked_by else words


# --- The timeline -----------------------------------------------------------------------------------------------------
def timeline(file: OrderFile) -> list[Line]:
    """Everything that happened, the oldest first; last, what is to come. Many enrolments in a row are one line."""
    return [*_folded([_line(event, file) for event in file.events], file.events), *_to_come(file)]


def _line(event: OrderEvent, file: OrderFile) -> Line:
    kind = _KINDS.get(_Kind(event.kind), "ok")
    about = [file.names.get(event.actor_id or 0, ""), *_detail(event)]
    return Line(
        at=event.at,
        words=_words(event),
        kind=kind,
        amount=signed(event.amount_fen) if event.amount_fen else "",
        about=tuple(part for part in about if part),
        raw=json.dumps(event.message, ensure_ascii=False, indent=2, sort_keys=True) if event.message else "",
    )


def _words(event: OrderEvent) -> str:
    words = str(event.get_kind_display())
    if event.kind in (_Kind.ATTEMPTED, _Kind.PAID):
        return f"{words}（{provider_words(event.provider)}）"
    if event.refund and event.kind.startswith("refund_"):
        return f"{words} ¥{yuan(event.refund.amount_fen)}"
    return words


def _detail(event: OrderEvent) -> Sequence[str]:
    number = event.payment.number if event.payment else event.refund.number if event.refund else ""
    if event.kind == _Kind.CREATED:
        return [_("应付 ¥%s") % yuan(event.order.amount_fen)]
    if event.kind == _Kind.PROVIDER_CHANGED:
        return [provider_words(event.detail)]
    if event.kind == _Kind.PAID and event.payment:
        return [str(_SOURCES.get(event.detail, event.detail)), _("流水号 %s") % event.payment.transaction_id]
    if event.kind == _Kind.REFUNDED and event.refund and event.refund.provider_refund_id:
        return [provider_words(event.provider), _("退款流水 %s") % event.refund.provider_refund_id]
    return [event.detail, number]


def signed(fen: int) -> str:
    """+2.40, −1.00"""
    return f"+{yuan(fen)}" if fen > 0 else f"−{yuan(-fen)}"


def _folded(lines: Sequence[Line], events: Sequence[OrderEvent]) -> Iterable[Line]:
    row: list[Line] = []
    for line, event in zip([*lines, None], [*events, None], strict=True):
        if line and event and event.kind == _Kind.ENROLLED:
            row.append(line)
            continue
        if len(row) < _FOLDED_FROM:
            yield from row
        else:
            words = _("%(what)s × %(count)s") % {"what": row[0].words, "count": len(row)}
            yield replace(row[0], words=words, about=(), rest=tuple(row))
        row = []
        if line:
            yield line


def _to_come(file: OrderFile) -> Iterable[Line]:
    for row in file.refunds:
        amount = f"−{yuan(row.refund.amount_fen)}"
        if row.refund.state == Refund.State.ASKED:
            is_ours = row.asked_as == "desk"
            told = _("等另一位财务人员；%s 不能复核自己的申请") % row.asked_by if is_ours else _("等财务复核")
            yield Line(None, _("第二人复核"), "wait", amount, (told,))
        elif row.refund.state in (Refund.State.APPROVED, Refund.State.SENT):
            by_hand = row.refund.payment.provider == "bank"
            told = _("在银行退出去以后登记流水号") if by_hand else _("以支付平台的回执为准")
            yield Line(None, _("原路退回"), "wait", amount, (told,))
    if file.order.state == Order.State.OPEN:
        told = _("等财务登记到账") if file.order.provider == "bank" else _("等支付平台的消息")
        yield Line(None, _("付款"), "idle", "", (told,))
