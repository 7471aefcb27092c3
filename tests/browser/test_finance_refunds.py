"""Two people of finance give a part back, each at his own browser, by the keyboard; then a failed one again (F3)."""

from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import expect

from core import clock
from learning.models import Enrolment
from payments.models import Order, Refund
from payments.services import send_refund
from tests.browser.office import WIDTHS, screen
from tests.browser.waiting import follow, listed, serious_faults
from tests.cms import factories as content
from tests.identity import factories as people
from tests.payments import desk_orders as desk
from tests.payments import shop
from tests.payments.desk import finance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enters(page: Any, client: Any, base: str) -> Any:
    """That person's browser, logged in."""
    name = site.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])
    return page


def sound(page: Any) -> None:
    """What is ours has no serious fault, and nothing is wider than the screen."""
    assert serious_faults(page, ".xs-embed") == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is too wide"


def presses(page: Any, control: Any, key: str = "Enter") -> None:
    """Goes there by the keyboard and presses; waits for the page that comes."""
    page.evaluate("document.documentElement.setAttribute('data-left', '')")
    control.focus()
    page.keyboard.press(key)
    page.locator("html:not([data-left])").wait_for(state="attached")
    page.wait_for_load_state()


@pytest.fixture
def order(live_server: Any, sandbox: Any, settings: Any) -> Order:
    """李雷 paid for two classes with his phone."""
    settings.SITE_URL = live_server.url
    content.set_up_site()
    pages = [shop.paid_class(title="急诊急救"), shop.paid_class("hu-li", 500, title="重症护理")]
    return shop.paid(people.learner(), *pages)


@WIDTHS
def test_a_part_goes_back_by_two_people_and_the_learner_reads_it(
    open_page: Any, live_server: Any, order: Order, width: int
) -> None:
    one, two = finance(), finance("finance2")
    maker = enters(screen(open_page, width), one, live_server.url)
    checker = enters(screen(open_page, width), two, live_server.url)

    # The maker asks for ¥1.20 of one class, and keeps its learner in it.
    maker.goto(f"/admin/finance/orders/{order.no}/")
    sound(maker)
    presses(maker, maker.get_by_role("link", name="申请退款"))
    sound(maker)
    maker.get_by_role("radio", name="还没退的全部").focus()
    maker.keyboard.press("ArrowDown")
    part = maker.get_by_role("group", name="重症护理")
    part.get_by_role("checkbox", name="重症护理").focus()
    maker.keyboard.press("Space")
    part.get_by_label("退多少（元）").fill("9")
    part.get_by_role("checkbox", name="退款后停止学习").focus()
    maker.keyboard.press("Space")
    maker.get_by_label("退款原因").fill("讲课质量投诉")
    presses(maker, maker.get_by_role("button", name="下一步：核对"))
    expect(maker.get_by_text("要大于 0，最多 ¥5.00")).to_be_visible()
    expect(maker.get_by_label("退款原因")).to_have_value("讲课质量投诉")
    sound(maker)
    maker.get_by_role("group", name="重症护理").get_by_label("退多少（元）").fill("1.20")
    presses(maker, maker.get_by_role("button", name="下一步：核对"))
    expect(maker.get_by_role("heading", name="核对：退款 ¥1.20")).to_be_visible()
    sound(maker)
    presses(maker, maker.get_by_role("button", name="申请退款 ¥1.20"))

    # He reads why he can't approve it.
    expect(maker.get_by_text("要由另一位财务人员复核，你不能自己同意")).to_be_visible()
    expect(maker.get_by_role("button", name="同意并退款")).to_be_disabled()
    sound(maker)

    # The other finds it in the queue, says why not without a reason, and then yes.
    checker.goto("/admin/finance/refunds/")
    sound(checker)
    presses(checker, checker.get_by_role("link", name=order.no))
    expect(checker.get_by_role("heading", name="退款 ¥1.20，请你复核")).to_be_visible()
    sound(checker)
    presses(checker, checker.get_by_role("button", name="不同意"))
    expect(checker.get_by_text("不同意时写上原因")).to_be_visible()
    sound(checker)
    presses(checker, checker.get_by_role("button", name="同意并退款 ¥1.20"))
    expect(checker.get_by_text("已同意退款 ¥1.20")).to_be_visible()

    # The sandbox pays it back and tells so.
    refund = Refund.objects.get()
    send_refund(refund_id=refund.pk, clock=clock.now)
    listed(checker.reload, checker.locator(f"#refund-{refund.pk}").get_by_text("已退款"))
    expect(checker.get_by_role("row", name="退后留存")).to_contain_text("¥6.20")
    sound(checker)
    order.refresh_from_db()
    assert (order.state, order.returned_fen) == ("partly_refunded", 120)
    assert Enrolment.objects.filter(state="active").count() == 2

    # So does the learner's own page.
    learner = Client()
    learner.force_login(order.user, backend="identity.backends.LoginKeyBackend")
    his = enters(screen(open_page, width), learner, live_server.url)
    his.goto(f"/orders/{order.no}/")
    expect(his.get_by_text("退款已退回 ¥1.20")).to_be_visible()
    expect(his.get_by_text("部分退款")).to_be_visible()


@WIDTHS
def test_what_the_provider_could_not_give_back_is_tried_again(
    open_page: Any, live_server: Any, order: Order, sandbox: Any, width: int
) -> None:
    one, two = finance(), finance("finance2")
    refund = desk.approved(desk.asked(order, one.user, (0, 240)), two.user)
    sandbox.control.switch("refund_refused", number=refund.payment.number)
    send_refund(refund_id=refund.pk, clock=clock.now)
    page = enters(screen(open_page, width), one, live_server.url)

    page.goto("/admin/finance/refunds/?tab=failed")
    sound(page)
    follow(page.get_by_role("link", name=order.no))
    follow(page.get_by_role("link", name="再试一次"))
    sound(page)
    follow(page.get_by_role("button", name="再试一次"))
    expect(page.get_by_text("等另一位财务人员复核").first).to_be_visible()
    follow(page.get_by_role("link", name="撤回退款申请"))
    sound(page)
    follow(page.get_by_role("button", name="撤回退款申请"))
    expect(page.get_by_text("退款申请已撤回")).to_be_visible()
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "withdrawn"]
