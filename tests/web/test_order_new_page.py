"""The page before an order: what, for whom, how much, how; and placing it (F1, X11)."""

from datetime import timedelta
from typing import Any

import pytest

from learning.models import Enrolment
from payments.models import Order
from tests.cms import factories as content
from tests.identity import factories as people
from tests.payments import shop
from tests.support.clock import START
from tests.web.pages import browser, read, words

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/orders/new/?class=ji-jiu"


@pytest.fixture
def learner(transactional_db: None, clock: Any) -> Any:
    content.set_up_site()
    return people.learner()


def places(user: Any, *slugs: str, provider: str = "wechat", **more: str) -> Any:
    return browser(user).post("/orders/new/", {"class": slugs, "provider": provider, **more})


def test_it_says_what_is_bought_for_whom_at_which_price_and_when_it_goes_back(sandbox: Any, learner: Any) -> None:
    shop.paid_class(original_price_fen=360)

    page = read(browser(learner), NEW)
    said = words(page)

    for part in ("班级ji-jiu", "专业2学时", "¥2.40", "原价¥3.60", "报名人李雷，示例市第一医院", "微信支付", "支付宝"):
        assert part in said, part
    assert "付款不超过7天，可以自己申请全额退款" in said
    assert [radio["value"] for radio in page.select("input[type=radio]")] == ["wechat", "alipay"]
    assert not Order.objects.exists()


def test_several_classes_are_one_sum(sandbox: Any, learner: Any) -> None:
    shop.paid_class()
    shop.paid_class("hu-li", 360)

    page = read(browser(learner), f"{NEW}&class=hu-li")
    assert "2个班，4学时应付¥6.00" in words(page)
    drops = [link["href"] for link in page.find_all("a") if words(link).startswith("去掉")]
    assert drops == ["/orders/new/?class=hu-li", NEW]
    assert places(learner, "ji-jiu", "hu-li").status_code == 302
    assert Order.objects.get().amount_fen == 600


def test_who_chooses_more_brings_along_what_is_chosen(sandbox: Any, learner: Any) -> None:
    shop.paid_class()
    shop.paid_class("hu-li", 360)

    links = [link["href"] for link in read(browser(learner), f"{NEW}&class=hu-li").find_all("a")]

    assert "/catalogue/?free=0&class=ji-jiu&class=hu-li" in links
    assert browser(learner).get("/catalogue/?free=0&class=ji-jiu").status_code == 200


def test_the_price_is_the_servers_whatever_the_form_says(sandbox: Any, learner: Any) -> None:
    shop.paid_class()

    response = places(learner, "ji-jiu", amount_fen="1", price_fen="1")

    order = Order.objects.get()
    assert response["Location"] == f"/orders/{order.no}/pay/"
    assert (order.amount_fen, order.payments.get().amount_fen) == (240, 240)


def test_an_open_order_for_the_class_is_the_one_to_pay(sandbox: Any, learner: Any) -> None:
    order = shop.ordered(learner, shop.paid_class())
    shop.paid_class("hu-li")

    assert browser(learner).get(NEW)["Location"] == f"/orders/{order.no}/pay/"
    assert places(learner, "ji-jiu")["Location"] == f"/orders/{order.no}/pay/"
    told = browser(learner).get(f"{NEW}&class=hu-li", follow=True)
    assert "其中有班级已经在这张待付款的订单里" in told.content.decode()
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"price_fen": 0}, "是免费的，直接报名就可以学"),
        ({"starts_on": START.date() + timedelta(days=1)}, "开始"),
        ({"regions": ["120300"]}, "只对"),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_ordered(
    sandbox: Any, learner: Any, terms: dict[str, Any], says: str
) -> None:
    people.region("临河区", "120300")
    shop.paid_class(**terms)

    page = read(browser(learner), NEW)

    assert says in page.select_one("[role=alert]").get_text()
    assert all(button.has_attr("disabled") for button in page.select("button[type=submit]"))
    answer = places(learner, "ji-jiu")
    assert (answer.status_code, says in answer.content.decode()) == (200, True)
    assert not Order.objects.exists()


def test_who_is_in_the_class_already_isnt_asked_to_pay_again(sandbox: Any, learner: Any) -> None:
    shop.paid(learner, shop.paid_class())

    assert "你已经在" in read(browser(learner), NEW).select_one("[role=alert]").get_text()
    places(learner, "ji-jiu")
    assert Order.objects.count() == 1


def test_a_provider_that_is_down_is_said_on_the_orders_page_with_a_way_to_try_again(
    sandbox: Any, learner: Any, settings: Any
) -> None:
    shop.paid_class()
    gateway, settings.WECHAT_GATEWAY = settings.WECHAT_GATEWAY, "http://127.0.0.1:9"

    address = places(learner, "ji-jiu")["Location"]
    page = read(browser(learner), address)

    assert "微信支付暂时连不上，没有扣款" in words(page)
    assert not page.select("[data-code]")
    settings.WECHAT_GATEWAY = gateway
    browser(learner).post(page.find("button", string="再试一次").find_parent("form")["action"])
    assert read(browser(learner), address).select_one("[data-code]")["src"].startswith("data:image/svg+xml")


def test_where_no_provider_is_set_up_it_says_so(learner: Any) -> None:
    shop.paid_class()

    page = read(browser(learner), NEW)

    assert "本站的在线付费还没有开通" in page.select_one("[role=alert]").get_text()
    assert not page.select("input[type=radio]")


def test_an_unknown_class_is_404_and_no_class_leads_to_the_catalogue(sandbox: Any, learner: Any) -> None:
    assert browser(learner).get("/orders/new/?class=none").status_code == 404
    assert places(learner, "none").status_code == 404
    assert browser(learner).get("/orders/new/")["Location"] == "/catalogue/?free=0"


def test_a_visitor_logs_in_and_comes_back_and_another_role_is_told(sandbox: Any, learner: Any) -> None:
    shop.paid_class()

    assert browser().get(NEW)["Location"] == "/login/?next=/orders/new/%3Fclass%3Dji-jiu"
    administrator = people.administrator()
    assert browser(administrator).get(NEW).status_code == 403
    assert places(administrator, "ji-jiu").status_code == 403
    assert not Order.objects.exists()


def test_the_class_page_leads_to_it_and_enrolling_does(sandbox: Any, learner: Any) -> None:
    shop.paid_class()

    acts = read(browser(learner), "/classes/ji-jiu/").select(".btn-primary:not(header *)")
    assert [(words(act), act["href"]) for act in acts] == [("报名付款", NEW)] * 2
    assert browser(learner).post("/classes/ji-jiu/enrol/")["Location"] == NEW
    visitor = read(browser(), "/classes/ji-jiu/").select(".btn-primary:not(header *)")
    assert [words(act) for act in visitor] == ["登录后报名"] * 2
    assert not Enrolment.objects.exists()


def test_the_catalogue_lets_one_choose_what_one_may_buy(sandbox: Any, learner: Any) -> None:
    shop.paid_class()
    shop.paid_class("free", 0)
    shop.paid_class("later", starts_on=START.date() + timedelta(days=1))
    shop.paid(learner, shop.paid_class("mine"))

    form = read(browser(learner), "/catalogue/").select_one("form[data-gather]")

    assert [box["value"] for box in form.select("input[name=class]")] == ["ji-jiu"]
    assert (form["action"], form["method"]) == ("/orders/new/", "get")
    assert not read(browser(), "/catalogue/").select("form[data-gather]")
