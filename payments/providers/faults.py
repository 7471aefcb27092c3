"""What is wrong with a provider that is set up, in sentences for whoever can mend it. `doctor` asks.

Reading a key checks that its halves belong together. Whether the two sides' keys do is seen by a question that changes
nothing: the provider must be able to verify it, and we its answer.
"""

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from payments.providers import accounts, alipay_client, registry, wechat_client
from payments.providers.alipay import Alipay
from payments.providers.base import ProviderDown, ProviderRefused
from payments.providers.wechat import WeChat

SECONDS = 5.0
NOBODYS_NUMBER = "doctor_asks_after_nothing"
"""No order has it."""


def wechat_faults() -> Iterator[str]:
    """Of WeChat Pay; none where it isn't set up."""
    if not registry.is_set_up(WeChat.name):
        return
    try:
        account = accounts.wechat_account()
    except ImproperlyConfigured as fault:
        yield str(fault)
        return
    try:
        WeChat(account, seconds=SECONDS).query(number=NOBODYS_NUMBER)
    except wechat_client.NotSigned as fault:
        if fault.status == 401:
            yield _(
                "微信支付不认商户的签名，检查 WECHAT_MCHID、WECHAT_CERT_SERIAL 和 WECHAT_PRIVATE_KEY：%(fault)s"
            ) % {"fault": fault}
        else:
            yield _("微信支付的应答验不了签名，检查 WECHAT_PUBLIC_KEY、WECHAT_PUBLIC_KEY_ID 和本机时间：%(fault)s") % {
                "fault": fault
            }
    except ProviderDown as fault:
        yield _unanswered("微信支付", account.gateway, fault)


def alipay_faults() -> Iterator[str]:
    """Of Alipay; none where it isn't set up."""
    if not registry.is_set_up(Alipay.name):
        return
    try:
        account = accounts.alipay_account()
    except ImproperlyConfigured as fault:
        yield str(fault)
        return
    try:
        Alipay(account, seconds=SECONDS).query(number=NOBODYS_NUMBER)
    except alipay_client.NotSigned as fault:
        yield _("支付宝的应答验不了签名，检查 ALIPAY_APPID、ALIPAY_PRIVATE_KEY 和 ALIPAY_PUBLIC_KEY：%(fault)s") % {
            "fault": fault
        }
    except ProviderDown as fault:
        yield _unanswered("支付宝", account.gateway, fault)


def _unanswered(name: str, gateway: str, fault: ProviderDown) -> str:
    if isinstance(fault.__cause__, ProviderRefused):
        return _("%(name)s不接受商户的请求，检查它的各项设置：%(fault)s") % {"name": name, "fault": fault}
    return _("%(name)s没有应答，检查 %(gateway)s：%(fault)s") % {"name": name, "gateway": gateway, "fault": fault}
