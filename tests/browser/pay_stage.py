"""A learner who buys, at a browser page, and the sandbox's page as his phone."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from core import clock
from payments.models import Order
from tests.browser.waiting import serious_faults
from tests.cms import factories as content
from tests.identity import factories as people
from tests.learning.driving import Learner
from tests.support.clock import FakeClock


class Buyer(Learner):
    """李雷 at a page; `open_page` gives his phone a page of its own."""

    def __init__(self, page: Any, base: str, open_page: Any) -> None:
        super().__init__(people.learner(), FakeClock(clock.now()))
        self.page, self.open_page = page, open_page
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": self.client.cookies[name].value, "url": base}])

    @property
    def order(self) -> Order:
        return Order.objects.order_by("-pk")[0]

    def orders(self, class_page: Any, provider: str = "微信支付") -> Order:
        """From the class to the QR code."""
        page = self.page
        page.goto(f"/classes/{class_page.slug}/")
        page.get_by_role("link", name="报名付款").locator("visible=true").click()
        page.get_by_role("radio", name=provider).check()
        page.get_by_role("button", name="提交订单").locator("visible=true").click()
        expect(page.get_by_role("img", name=f"{provider}付款二维码")).to_be_visible()
        return self.order

    def scans(self, act: str = "支付", order: Order | None = None) -> None:
        """Opens the code's address on his phone and presses a button there."""
        payment = (order or self.order).payments.order_by("-pk")[0]
        phone = self.open_page(width=390, height=844)
        phone.goto(payment.code_url)
        phone.get_by_role("button", name=act, exact=True).click()
        phone.wait_for_load_state()
        phone.context.close()


def sound(page: Any) -> None:
    """Nothing serious for axe-core, nothing wider than the screen."""
    assert serious_faults(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.fixture(params=["desk", "pocket"])
def buyer(request: Any, open_page: Any, live_server: Any, sandbox: Any, settings: Any) -> Buyer:
    """At 1280 px and at 390 px. Callbacks reach the live server."""
    settings.SITE_URL = live_server.url
    content.set_up_site()
    options = {} if request.param == "desk" else {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
    return Buyer(open_page(**options), live_server.url, open_page)
