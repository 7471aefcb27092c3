"""What the pages of orders say: a state in a word, what happened in sentences, the policy before one pays (F1, F3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.queries import OrderView, StoryEvent, yuan

PROVIDERS: Mapping[str, object] = {
    "wechat": gettext_lazy("微信支付"),
    "alipay": gettext_lazy("支付宝"),
    "bank": gettext_lazy("银行转账"),
}
FILTERS: Mapping[str, tuple[object, tuple[str, ...]]] = {
    "": (gettext_lazy("全部"), ()),
    "open": (gettext_lazy("待付款"), ("open",)),
    "paid": (gettext_lazy("已付款"), ("paid", "paid_late")),
    "refund": (gettext_lazy("退款"), ("refunding", "partly_refunded", "refunded")),
    "closed": (gettext_lazy("已关闭"), ("closing", "closed")),
}
"""The tabs of 我的订单: name → words, states."""
PAID_STATES = ("paid", "paid_late", "refunding", "partly_refunded", "refunded")
GONE_STATES = ("closing", "closed")


def provider_name(provider: str) -> str:
    """微信支付, 支付宝, 银行转账."""
    return str(PROVIDERS.get(provider, provider))


@dataclass(frozen=True)
class StateWords:
    """A state as `components/status.html` shows it, and a line that says more; `is_open`: it can be paid now."""

    kind: str
    label: str
    more: str
    is_open: bool = False


def state_words(view: OrderView, now: datetime) -> StateWords:
    """Where an order stands."""
    order = view.order
    if order.state == "open" and now < order.expires_at:
        minutes = max(1, round((order.expires_at - now).total_seconds() / 60))
        return StateWords("wait", _("待付款"), _("还剩 %(minutes)s 分钟") % {"minutes": minutes}, is_open=True)
    if order.state in ("open", *GONE_STATES):
        return StateWords("idle", _("已关闭"), _("没有付款"))
    asked = next((refund for refund in view.refunds if refund.state == "asked"), None)
    if asked and order.state in ("paid", "partly_refunded"):
        return StateWords("wait", _("退款审核中"), _("退 ¥%(amount)s") % {"amount": yuan(asked.amount_fen)})
    back = _("已退 ¥%(amount)s") % {"amount": yuan(order.returned_fen)}
    paid = provider_name(order.provider)
    return {
        "paid": StateWords("ok", _("已付款"), paid),
        "paid_late": StateWords("wait", _("已到账"), paid),
        "refunding": StateWords("wait", _("退款中"), _("原路退回，到账以支付平台为准")),
        "partly_refunded": StateWords("ok", _("部分退款"), back),
        "refunded": StateWords("idle", _("已退款"), back),
    }[order.state]


def policy_words() -> list[str]:
    """What holds for a refund, said before one pays."""
    return [
        _("还没开始学、付款不超过 %(days)s 天，可以自己申请全额退款，财务复核后原路退回。")
        % {"days": settings.REFUND_DAYS},
        _("已经开始学的，请联系客服；已经计入年度的学时，一般不能再退。"),
        _("重复付款，或付了款却没能开通的班，会自动原路退回。"),
    ]


# --- What happened ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StoryLine:
    """One line of the timeline; `kind` and `icon` as the design draws them."""

    at: datetime | None
    text: str
    more: str
    kind: str
    icon: str


_DRAWN = {
    "ok": "check-circle-fill",
    "wait": "hourglass-split",
    "bad": "x-circle-fill",
    "idle": "circle",
}


def _line(at: datetime | None, text: str, kind: str = "ok", more: str = "") -> StoryLine:
    return StoryLine(at, text, more, kind, _DRAWN[kind])


def story_lines(events: Iterable[StoryEvent], view: OrderView) -> list[StoryLine]:
    """What happened, in words, the oldest first; last, what is still to come.

    What only the machine knows of (another QR code, a refund handed over) is left out.
    """
    told = (_told(event) for event in events)
    return [*(line for line in told if line), *_to_come(view)]


def _told(event: StoryEvent) -> StoryLine | None:
    detail, amount, name = event.detail, yuan(event.amount_fen), provider_name(event.provider)
    sentences: dict[str, tuple[str, str, str]] = {
        "created": (_("下单"), "ok", ""),
        "provider_changed": (_("改用%(name)s") % {"name": provider_name(detail)}, "ok", ""),
        "closing": (detail, "idle", ""),
        "closed": (_("订单已关闭"), "idle", ""),
        "paid": (_("%(name)s到账 ¥%(amount)s") % {"name": name, "amount": amount}, "ok", ""),
        "late": (_("订单关闭以后才到账"), "wait", ""),
        "surplus": (_("重复付款，会自动退回"), "wait", ""),
        "enrolled": (_("已开通：%(title)s") % {"title": detail}, "ok", ""),
        "not_enrolled": (_("没有开通：%(title)s，会自动退款") % {"title": detail}, "bad", ""),
        "refund_asked": (_("申请退款 ¥%(amount)s") % {"amount": amount}, "ok", detail),
        "refund_rejected": (_("退款申请没有通过"), "bad", detail),
        "refund_withdrawn": (_("撤回退款申请"), "idle", ""),
        "refund_approved": (_("同意退款 ¥%(amount)s") % {"amount": amount}, "ok", detail),
        "refund_failed": (_("退款没有成功，工作人员会处理"), "bad", ""),
        "refunded": (_("退款已退回 ¥%(amount)s") % {"amount": amount}, "ok", name),
        "enrolment_ended": (_("已退出：%(title)s") % {"title": detail}, "idle", ""),
        "enrolment_kept": (_("保留学习：%(title)s") % {"title": detail}, "ok", ""),
        "enrolment_restored": (_("恢复学习：%(title)s") % {"title": detail}, "ok", ""),
        "invoiced": (_("发票已开好"), "ok", detail),
    }
    if event.kind not in sentences:
        return None
    text, drawn, more = sentences[event.kind]
    return _line(event.at, text, drawn, more)


def _to_come(view: OrderView) -> Sequence[StoryLine]:
    states = {refund.state for refund in view.refunds}
    lines = []
    if view.order.state == "open":
        lines.append(_line(None, _("等待付款"), "wait"))
    if "asked" in states:
        lines.append(_line(None, _("财务复核"), "wait", _("财务人员复核后退款")))
    if states & {"asked", "approved", "sent"}:
        lines.append(_line(None, _("原路退回"), "idle", _("一般 1 到 3 天到账")))
    if any(invoice.state == "asked" for invoice in view.invoices):
        lines.append(_line(None, _("等待开发票"), "wait"))
    return lines
