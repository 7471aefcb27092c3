"""What the lists of the desk say: providers, states of orders, why a callback was refused."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from payments.models import Order

PROVIDERS: Mapping[str, object] = {"wechat": _("微信支付"), "alipay": _("支付宝"), "bank": _("银行转账")}
PILLS: Mapping[str, tuple[str, str]] = {
    "open": ("wait", "time"),
    "closing": ("idle", "time"),
    "closed": ("idle", "cross"),
    "paid": ("ok", "check"),
    "paid_late": ("warn", "warning"),
    "refunding": ("wait", "rotate"),
    "partly_refunded": ("ok", "history"),
    "refunded": ("idle", "history"),
}
"""An order's state as its pill shows it: kind (design: colour roles) and one of the admin's icons."""
REFUSALS: Mapping[str, object] = {
    "signature": _("签名不对"),
    "serial": _("签名所用的证书或公钥不认识"),
    "timestamp": _("时间差超过 5 分钟"),
    "ciphertext": _("内容解不开，可能被改过"),
    "size": _("内容过大"),
    "headers": _("缺少签名信息"),
    "algorithm": _("签名或加密的算法不对"),
    "content": _("内容不完整"),
    "body": _("内容读不懂"),
    "doubled": _("同一个字段出现两次"),
    "merchant": _("商户号不是我们的"),
    "content_type": _("内容格式不对"),
    "method": _("不是支付平台的请求方式"),
    "replay": _("同一条通知重复出现"),
    "unknown_payment": _("没有这笔支付"),
    "payment_mismatch": _("金额、商户或应用和订单不一致"),
}
"""Reasons of `RefusedNotice` in words."""


def provider_words(provider: str) -> str:
    """微信支付, 支付宝, 银行转账."""
    return str(PROVIDERS.get(provider, provider))


def pill(order: Order) -> tuple[str, str, str]:
    """Kind, icon and words of an order's state."""
    kind, icon = PILLS[order.state]
    return kind, icon, str(order.get_state_display())


def refusal_words(reason: str) -> str:
    """Why a callback was refused; a reason without words of its own stands as it is."""
    return str(REFUSALS.get(reason, reason))
