"""What the pages of a unit's purchases say: a state in a word, who pays how, what happened (F4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.queries import OrderView, StoryEvent, yuan

PROVIDERS: Mapping[str, object] = {
    "wechat": gettext_lazy("微信支付"),
    "alipay": gettext_lazy("支付宝"),
    "bank": gettext_lazy("对公转账"),
}
FILTERS: Mapping[str, tuple[object, tuple[str, ...]]] = {
    "": (gettext_lazy("全部"), ()),
    "open": (gettext_lazy("待付款"), ("open",)),
    "paid": (gettext_lazy("已付款"), ("paid", "paid_late", "partly_refunded")),
    "refund": (gettext_lazy("退款"), ("refunding", "refunded")),
    "closed": (gettext_lazy("已关闭"), ("closing", "closed")),
}
"""The tabs of the list: name → words, states."""
SEAT_STATES: Mapping[str, object] = {
    "": gettext_lazy("全部"),
    "free": gettext_lazy("未使用"),
    "used": gettext_lazy("已使用"),
    "refunded": gettext_lazy("已退"),
}
GONE_STATES = ("closing", "closed")
UNPAID_STATES = ("open", *GONE_STATES)


def provider_name(provider: str) -> str:
    """微信支付, 支付宝, 对公转账."""
    return str(PROVIDERS.get(provider, provider))


@dataclass(frozen=True)
class StateWords:
    """A state as `components/status.html` shows it; `is_open`: it can be paid now."""

    kind: str
    label: str
    is_open: bool = False


def state_words(view: OrderView, now: datetime) -> StateWords:
    """Where an order stands."""
    order = view.order
    if order.state == "open" and now < order.expires_at:
        return StateWords("wait", _("待到账") if order.provider == "bank" else _("待付款"), is_open=True)
    if order.state in UNPAID_STATES:
        return StateWords("idle", _("已关闭"))
    if any(refund.state == "asked" for refund in view.refunds) and order.state in ("paid", "partly_refunded"):
        return StateWords("wait", _("退款审核中"))
    return {
        "paid": StateWords("ok", _("已付款")),
        "paid_late": StateWords("wait", _("已到账")),
        "refunding": StateWords("wait", _("退款中")),
        "partly_refunded": StateWords("ok", _("部分退款")),
        "refunded": StateWords("idle", _("已退款")),
    }[order.state]


@dataclass(frozen=True)
class StoryLine:
    """One line of the timeline; `kind` and `icon` as the design draws them."""

    at: datetime
    text: str
    more: str
    kind: str
    icon: str


_ICONS = {"ok": "check-circle-fill", "wait": "hourglass-split", "bad": "x-circle-fill", "idle": "circle"}


def story_lines(events: Iterable[StoryEvent]) -> list[StoryLine]:
    """What happened, in words, the oldest first; who got which seat stands in the list of seats."""
    return [line for event in events if (line := _told(event))]


def _told(event: StoryEvent) -> StoryLine | None:
    detail, amount, name = event.detail, yuan(event.amount_fen), provider_name(event.provider)
    sentences: dict[str, tuple[str, str, str]] = {
        "created": (_("下单"), "ok", ""),
        "provider_changed": (_("改用%(name)s") % {"name": provider_name(detail)}, "ok", ""),
        "closing": (detail, "idle", ""),
        "closed": (_("订单已关闭"), "idle", ""),
        "paid": (_("%(name)s到账 ¥%(amount)s") % {"name": name, "amount": amount}, "ok", ""),
        "late": (_("订单关闭以后才到账"), "wait", ""),
        "surplus": (_("重复付款，会退回"), "wait", ""),
        "seats_opened": (_("名额可用：%(what)s") % {"what": detail}, "ok", ""),
        "not_enrolled": (_("有人没有开通，名额空着"), "bad", detail),
        "refund_asked": (_("申请退款 ¥%(amount)s") % {"amount": amount}, "ok", detail),
        "refund_rejected": (_("退款申请没有通过"), "bad", detail),
        "refund_withdrawn": (_("撤回退款申请"), "idle", ""),
        "refund_approved": (_("同意退款 ¥%(amount)s") % {"amount": amount}, "ok", detail),
        "refund_failed": (_("退款没有成功，工作人员会处理"), "bad", ""),
        "refunded": (_("退款已退回 ¥%(amount)s") % {"amount": amount}, "ok", name),
        "invoiced": (_("发票已开好"), "ok", detail),
    }
    if event.kind not in sentences:
        return None
    text, kind, more = sentences[event.kind]
    return StoryLine(event.at, text, more, kind, _ICONS[kind])
