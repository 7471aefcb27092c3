"""Callbacks of both providers at the contract's addresses: plain views that translate. The signature is the login."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from core.errors import Refusal
from identity.lockout import address_of
from payments.providers import NoticeRefused
from payments.providers.base import Reply
from payments.providers.registry import NotOnOffer, provider
from payments.services import note_refused, take_notice

logger = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def callback(request: HttpRequest, name: str) -> HttpResponse:
    """POST /payments/callbacks/wechat · /payments/callbacks/alipay."""
    try:
        adapter = provider(name)
    except NotOnOffer:
        raise Http404 from None
    now = clock.now()
    body = request.read(MOST_BYTES + 1)
    number = ""
    try:
        if len(body) > MOST_BYTES:
            raise NoticeRefused("too_large")
        notice = adapter.read_notice(headers=request.headers, body=body, now=now)
        if notice:
            number = (notice.payment or notice.refund).number if notice.payment or notice.refund else ""
            take_notice(provider_name=name, notice=notice, now=now)
    except (NoticeRefused, Refusal) as refusal:
        reason = refusal.reason if isinstance(refusal, NoticeRefused) else refusal.code
        logger.warning("payment notice refused", extra={"provider": name, "reason": reason, "number": number})
        note_refused(provider_name=name, reason=reason, body=body, address=address_of(request), now=now, number=number)
        return _answer(adapter.refused(reason))
    return _answer(adapter.accepted())


def _answer(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
