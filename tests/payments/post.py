"""Callbacks that the sandbox wrote, kept until a test hands them to the site, when and how often and how it likes."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from learning.models import Enrolment
from payments.models import Order, OrderEvent, OrderItem, Payment, Refund, RefusedNotice
from payments.sandbox import Sandbox
from payments.sandbox.alipay.signing import signed_text
from tests.payments.sandbox.merchant import Inbox, Received


class Post:
    """The site's letter box in front of which everything stops."""

    def __init__(self, sandbox: Sandbox, inbox: Inbox) -> None:
        self.sandbox, self.inbox, self.client = sandbox, inbox, Client()

    def paid(self, payment: Payment, act: str = "pay") -> Received:
        """Somebody pays; gives the callback that says so."""
        before = len(self.inbox.received)
        assert self.sandbox.control.pay(payment.number, provider=payment.provider, act=act)
        return self.inbox.wait(before + 1)[before]

    def hand_in(self, came: Received, *, method: str = "POST", **changed: str) -> HttpResponse:
        """Bring a callback to the site. `changed`: its headers, "" for one that is left out."""
        headers = {name.title(): value for name, value in came.headers.items()}
        headers |= {name.replace("_", "-").title(): value for name, value in changed.items()}
        kind = headers.pop("Content-Type", "")
        kept = {name: value for name, value in headers.items() if name.startswith("Wechatpay-") and value}
        return self.client.generic(method, came.path, came.body, kind, headers=kept)

    def signed_again(self, came: Received, **changed: str) -> Received:
        """A callback of Alipay's with other fields ("" leaves one out), genuinely signed."""
        fields = {name: value for name, value in (came.form | changed).items() if value}
        key = self.sandbox._world.keys.current("alipay_platform")
        fields["sign"] = key.sign(signed_text(fields, "sign_type").encode())
        return replace(came, body=urlencode(fields).encode())


def all_of_it() -> dict[str, Any]:
    """Every row that a callback could change."""
    kept = (Order, OrderItem, Payment, Refund, OrderEvent, Enrolment)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in kept}


def refusals() -> list[tuple[str, str, str]]:
    """Provider, reason and number of what was refused, in order of time."""
    rows = RefusedNotice.objects.order_by("pk")
    return list(rows.values_list("provider", "reason", "number"))
