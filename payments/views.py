"""Callbacks of both providers at the contract's addresses: plain views that translate. The signature is the login."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from core import clock
from core.errors import Refusal
from identity.lockout import address_of
from payments.providers import NoticeRefused, Provider
from payments.providers.base import Reply
from payments.providers.registry import NotOnOffer, provider
from payments.services import note_refused, take_notice

logger = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024
CONTENT_TYPES = {"wechat": "application/json", "alipay": "application/x-www-form-urlencoded"}


@csrf_exempt
def callback(request: HttpRequest, name: str) -> HttpResponse:
    """POST /payments/callbacks/wechat · /payments/callbacks/alipay."""
    try:
        adapter = provider(name)
    except NotOnOffer:
        raise Http404 from None
    body = request.read(MOST_BYTES + 1)
    told: list[str] = []
    try:
        _take(request, adapter, body, told)
    except (NoticeRefused, Refusal) as refusal:
        reason = refusal.reason if isinstance(refusal, NoticeRefused) else refusal.code
        number = told[0] if told else ""
        logger.warning("%s's notice refused: %s, number %s", name, reason, number or "unknown")
        address, now = address_of(request), clock.now()
        note_refused(provider_name=name, reason=reason, body=body, address=address, now=now, number=number)
        answer = _answer(adapter.refused(reason))
        if reason == "method":
            answer.status_code, answer["Allow"] = 405, "POST"
        return answer
    return _answer(adapter.accepted())


def _take(request: HttpRequest, adapter: Provider, body: bytes, told: list[str]) -> None:
    """Read the callback and do what it says; the number that it genuinely names is `told`.

    Raises NoticeRefused, UnknownPayment, PaymentMismatch.
    """
    if request.method != "POST":
        raise NoticeRefused("method")
    if len(body) > MOST_BYTES:
        raise NoticeRefused("size")
    if request.content_type not in ("", CONTENT_TYPES[adapter.name]):
        raise NoticeRefused("content_type")
    now = clock.now()
    notice = adapter.read_notice(headers=request.headers, body=body, now=now)
    if notice is None:
        return
    stated = notice.payment or notice.refund
    told += [stated.number] if stated else []
    take_notice(provider_name=adapter.name, notice=notice, now=now)


def _answer(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
