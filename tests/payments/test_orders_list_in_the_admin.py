"""订单: finance finds orders by whatever it knows of them, page by page, in a constant number of queries (F3)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.services import EDITORS
from payments.models import Order, OrderEvent
from payments.queries.desk import A_PAGE, OrderFilters, orders_page
from payments.services import Source, begin_payment, cancel_order, change_provider, confirm_payment
from tests.exams.office import staff_of
from tests.identity import factories as people
from tests.payments import shop, units
from tests.payments.desk import finance, text

pytestmark = pytest.mark.django_db

LIST = "/admin/finance/orders/"


def listed(answer: Any) -> list[str]:
    """The numbers in the table, in its order."""
    return re.findall(r'class="xs-id" href="[^"]*/orders/(\w+)/"', text(answer))


def nos(*orders: Order) -> list[str]:
    return [order.no for order in orders]


@pytest.fixture
def browser(fakes, jobs, clock):
    return finance()


@pytest.fixture
def lilei(browser):
    return people.learner()


@pytest.fixture
def first_aid(browser):
    return shop.paid_class("ji-jiu", title="急救实务")


def pays(order: Order, fakes, clock, *, late: bool = False) -> Order:
    """The money comes, and the provider says so."""
    payment = shop.payment_of(order)
    fakes[payment.provider].pay(payment.number, late=late)
    stated = fakes[payment.provider].states(payment.number)
    confirm_payment(provider_name=payment.provider, stated=stated, source=Source.QUERY, now=clock.now())
    order.refresh_from_db()
    return order


@pytest.fixture
def world(browser, lilei, first_aid, fakes, clock):
    """Four orders, a day apart: 李雷's paid one and his open one, 王五's paid one, and his hospital's transfer."""
    pharmacy = shop.paid_class("yao-xue", price_fen=10_000, title="临床用药")
    other = people.learner("赵六", 77)
    paid = pays(shop.ordered(lilei, first_aid), fakes, clock)
    clock.tick(86_400)
    waiting = shop.ordered(lilei, pharmacy, provider="alipay")
    clock.tick(86_400)
    of_other = pays(shop.ordered(other, first_aid, pharmacy), fakes, clock)
    clock.tick(86_400)
    transfer = units.placed(people.administrator(), first_aid, seats=5)
    return {"paid": paid, "waiting": waiting, "of_other": of_other, "transfer": transfer}


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_newest_stand_first_with_who_what_and_how_much(browser, world):
    answer = browser.get(LIST)
    page = text(answer)
    assert listed(answer) == nos(world["transfer"], world["of_other"], world["waiting"], world["paid"])
    for words in (
        "赵六",
        "示例市第一医院",
        "急救实务",
        "等 2 个班",
        "102.40",
        "银行转账",
        "待付款",
        "已付款",
        "共 4 笔",
    ):
        assert words in page, words


def test_without_orders_it_says_where_they_come_from(browser):
    page = text(browser.get(LIST))
    assert "还没有订单" in page
    assert "下一页" not in page


def test_where_nothing_fits_it_offers_to_clear_the_filters(browser, world):
    page = text(browser.get(LIST, {"number": "20200101NOSUCH"}))
    assert "没有符合条件的订单" in page
    assert "清空条件" in page


def test_where_no_money_came_unexpectedly_it_says_so(browser, world):
    assert "没有重复到账的款项" in text(browser.get(LIST, {"event": "surplus"}))
    assert "没有符合条件的订单" in text(browser.get(LIST, {"event": "surplus", "provider": "bank"}))


def test_it_takes_as_many_queries_for_twenty_rows_as_for_one(browser, lilei, first_aid):
    shop.ordered(lilei, first_aid)
    browser.get(LIST)
    with CaptureQueriesContext(connection) as few:
        assert len(listed(browser.get(LIST))) == 1
    _many(20)
    with CaptureQueriesContext(connection) as many:
        assert len(listed(browser.get(LIST))) == 21
    assert len(many) == len(few)


def test_nobody_but_finance_reads_it(world):
    editor = staff_of(EDITORS)
    for address in (LIST, f"{LIST}choices/units/?q=医院", f"{LIST}choices/classes/?q=急救"):
        assert editor.get(address).status_code == 302
    assert world["paid"].no not in text(editor.get(LIST, follow=True))


# --- Each filter ------------------------------------------------------------------------------------------------------
def test_any_of_its_numbers_finds_an_order(browser, world):
    payment = shop.payment_of(world["paid"])
    refund = shop.asked_back(world["of_other"])
    assert listed(browser.get(LIST, {"number": world["waiting"].no})) == nos(world["waiting"])
    assert listed(browser.get(LIST, {"number": payment.number})) == nos(world["paid"])
    assert listed(browser.get(LIST, {"number": f" {payment.transaction_id} "})) == nos(world["paid"])
    assert listed(browser.get(LIST, {"number": refund.number})) == nos(world["of_other"])


def test_a_whole_name_finds_a_learners_orders(browser, world, lilei):
    answer = browser.post(LIST, {"person": "李雷"}, follow=True)
    assert listed(answer) == nos(world["waiting"], world["paid"])
    assert "去掉学员" in text(answer)
    assert browser.post(LIST, {"person": "李"}).status_code == 200, "a part of a name finds nobody"


def test_a_whole_id_number_finds_them_and_never_stands_in_an_address(browser, world, lilei):
    number = people.id_number(13)
    answer = browser.post(LIST, {"person": number})
    assert answer.status_code == 302
    assert number not in answer.url
    assert listed(browser.get(answer.url)) == nos(world["waiting"], world["paid"])


def test_a_class_finds_its_orders_and_its_words_are_kept(browser, world, first_aid):
    answer = browser.post(LIST, {"class_words": "急救实务"}, follow=True)
    assert listed(answer) == nos(world["transfer"], world["of_other"], world["paid"])
    assert 'value="急救实务 · ji-jiu"' in text(answer)
    again = browser.post(LIST, {"class_words": "急救实务 · ji-jiu", "of_class": str(first_aid.pk), "state": "open"})
    assert listed(browser.get(again.url)) == nos(world["transfer"])


def test_a_specialty_finds_its_orders(browser, world):
    item = world["waiting"].items.get()
    type(item).objects.filter(pk=item.pk).update(specialty="药学")
    assert listed(browser.get(LIST, {"specialty": "药学"})) == nos(world["waiting"])
    assert "药学" in text(browser.get(LIST)), "it can be chosen"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"provider": "wechat"}, ["of_other", "paid"]),
        ({"provider": "alipay"}, ["waiting"]),
        ({"state": "open"}, ["transfer", "waiting"]),
        ({"state": "paid", "provider": "bank"}, []),
        ({"least": "2.41"}, ["transfer", "of_other", "waiting"]),
        ({"most": "2.40"}, ["paid"]),
        ({"least": "100", "most": "¥100.00"}, ["waiting"]),
        ({"least": "999999999"}, []),
    ],
)
def test_provider_state_and_amount_narrow_it(browser, world, asked, found):
    assert listed(browser.get(LIST, asked)) == nos(*(world[name] for name in found))


def test_the_days_of_ordering_are_inclusive(browser, world):
    day = world["waiting"].created_at.astimezone().date()
    asked = {"created_from": f"{day}", "created_to": f"{day}"}
    assert listed(browser.get(LIST, asked)) == nos(world["waiting"])
    assert listed(browser.get(LIST, {"created_from": f"{day}"})) == nos(
        world["transfer"], world["of_other"], world["waiting"]
    )


def test_the_days_of_paying_are_inclusive_and_leave_out_what_is_not_paid(browser, world):
    day = world["of_other"].paid_at.astimezone().date()
    assert listed(browser.get(LIST, {"paid_from": f"{day}", "paid_to": f"{day}"})) == nos(world["of_other"])
    assert listed(browser.get(LIST, {"paid_to": f"{day - timedelta(days=1)}"})) == nos(world["paid"])


def test_money_that_came_days_after_its_order_is_found_by_the_day_it_came(browser, world, clock):
    clock.tick(5 * 86_400)
    assert units.arrives(world["transfer"])
    day = clock.now().date()
    assert listed(browser.get(LIST, {"paid_from": f"{day}", "paid_to": f"{day}"})) == nos(world["transfer"])


def test_a_unit_finds_what_it_ordered_for_its_people(browser, world):
    unit = world["transfer"].organisation
    for words in ("示例市第一医院", f"{unit.name} · {unit.code}"):
        answer = browser.post(LIST, {"unit_words": words}, follow=True)
        assert listed(answer) == nos(world["transfer"]), words


def test_what_may_be_chosen_is_offered_as_it_is_typed(browser, world):
    assert browser.get(f"{LIST}choices/classes/", {"q": "急"}).json() == {"results": ["急救实务 · ji-jiu"]}
    unit = world["transfer"].organisation
    assert browser.get(f"{LIST}choices/units/", {"q": "医院"}).json() == {"results": [f"{unit.name} · {unit.code}"]}
    assert browser.get(f"{LIST}choices/classes/", {"q": "\0"}).json() == {"results": []}


def test_each_chip_takes_one_filter_away(browser, world):
    page = text(browser.get(LIST, {"provider": "wechat", "most": "2.40", "event": ""}))
    links = re.findall(r'<a href="[^"]*\?([^"]*)" aria-label="去掉([^"]*)"', page)
    assert links == [("most=2.40", "支付方式"), ("provider=wechat", "金额（元），到")]


# --- Money that nobody expected ---------------------------------------------------------------------------------------
def test_money_after_closing_has_a_list_of_its_own(browser, lilei, first_aid, world, fakes, clock):
    late = world["waiting"]
    cancel_order(actor=shop.role_of(lilei), order_no=late.no, clock=clock.now)
    pays(late, fakes, clock, late=True)
    answer = browser.get(LIST, {"event": "late"})
    assert listed(answer) == nos(late)
    assert "100.00" in text(answer)
    assert listed(browser.get(LIST, {"event": "late", "provider": "wechat"})) == []


def test_money_that_came_twice_has_a_list_of_its_own(browser, world, lilei, first_aid, fakes, clock):
    twice = shop.ordered(lilei, shop.paid_class("hu-li"), provider="alipay")
    first = shop.payment_of(twice)
    change_provider(actor=shop.role_of(lilei), order_no=twice.no, provider_name="wechat", now=clock.now())
    begin_payment(order_id=twice.pk, now=clock.now())
    pays(twice, fakes, clock)
    fakes["alipay"].pay(first.number, late=True)
    confirm_payment(
        provider_name="alipay", stated=fakes["alipay"].states(first.number), source=Source.CALLBACK, now=clock.now()
    )
    assert OrderEvent.objects.filter(kind="surplus").count() == 1
    assert listed(browser.get(LIST, {"event": "surplus"})) == nos(twice)
    assert listed(browser.get(LIST, {"event": "late"})) == []


# --- Pages ------------------------------------------------------------------------------------------------------------
def _many(count: int, *, at_once: bool = False) -> None:
    """So many open orders of one class, made in one go; `at_once`: within the same microsecond."""
    user, page = people.learner("钱七", 91), shop.paid_class("pi-liang")
    order = shop.ordered(user, page)
    copies = [
        Order(
            no=f"{order.no[:-4]}{number:04}",
            user=user,
            provider="wechat",
            amount_fen=240,
            created_at=order.created_at + timedelta(seconds=0 if at_once else number),
            expires_at=order.expires_at,
            next_look_at=order.next_look_at,
        )
        for number in range(count - 1)
    ]
    item = order.items.get()
    for copy in Order.objects.bulk_create(copies):
        type(item).objects.create(
            order=copy, class_page=page, title=item.title, price_fen=240, seats=1, syllabus_version=1, is_open=False
        )


def _walk(browser: Any, link: str, address: str) -> list[str]:
    """Every order met by following the links of this kind from an address."""
    met: list[str] = []
    while True:
        answer = browser.get(address)
        met += listed(answer)
        following = re.search(rf'rel="{link}" href="([^"]+)"', text(answer))
        if following is None:
            return met
        address = LIST + following[1].replace("&amp;", "&")


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("by_class", [False, True])
def test_a_walk_through_the_pages_meets_every_order_once(browser, at_once, by_class):
    _many(3 * A_PAGE + 3, at_once=at_once)
    asked = {"of_class": str(Order.objects.latest("pk").items.get().class_page_id)} if by_class else {}
    first = browser.get(LIST, asked)
    met = _walk(browser, "next", first.wsgi_request.get_full_path())
    assert len(met) == len(set(met)) == 3 * A_PAGE + 3
    keys = ("-pk",) if by_class else ("-created_at", "-pk")
    assert met == list(Order.objects.order_by(*keys).values_list("no", flat=True))


def test_a_walk_back_ends_at_the_first_page(browser):
    _many(3 * A_PAGE)
    found = [orders_page(OrderFilters())]
    while found[-1].older:
        found.append(orders_page(OrderFilters(), cursor=found[-1].older))
    assert len(found) == 3
    back = orders_page(OrderFilters(), cursor=found[2].newer)
    assert [row.order.no for row in back.rows] == [row.order.no for row in found[1].rows]
    back = orders_page(OrderFilters(), cursor=back.newer)
    assert [row.order.no for row in back.rows] == [row.order.no for row in found[0].rows]
    assert back.newer == ""


@pytest.mark.parametrize("cursor", ["x", "o", "o1", "n-5", "o99999999999999999-1", "o9999999999999999-1", "o1-2-3"])
def test_a_cursor_that_is_none_shows_a_page_all_the_same(browser, world, cursor):
    assert browser.get(LIST, {"page": cursor}).status_code == 200


def test_more_than_a_thousand_are_not_counted(browser, world, monkeypatch):
    monkeypatch.setattr("payments.queries.desk.MOST_COUNTED", 3)
    monkeypatch.setattr("payments.office.orders.MOST_COUNTED", 3)
    assert "共 3+ 笔" in text(browser.get(LIST))


# --- What can't be asked for ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"created_from": "2026-02-30"}, "created_from", "写成日期"),
        ({"created_from": "0001-01-01"}, "created_from", "2000 年到 2099 年之间"),
        ({"paid_to": "9999-12-31"}, "paid_to", "2000 年到 2099 年之间"),
        ({"created_from": "2026-03-02", "created_to": "2026-03-01"}, "created_to", "不能早于前一天"),
        ({"least": "十元"}, "least", "写成金额"),
        ({"least": "1.005"}, "least", "写成金额"),
        ({"least": "20", "most": "10"}, "most", "不能小于前一格"),
        ({"state": "paid2"}, "state", "paid2"),
        ({"person": "没有这人"}, "person", "没有找到这个人"),
        ({"class_words": "没有这班"}, "class_words", "没有这样的班级"),
        ({"unit_words": "没有这单位"}, "unit_words", "没有这样的单位"),
        ({"of_class": "12x"}, "class_words", "没有这样的班级"),
        ({"people": "x-y"}, "person", "没有找到这个人"),
        ({"number": "a\0b"}, "number", ""),
    ],
)
def test_what_is_written_wrongly_is_told_at_its_field_and_kept(browser, world, asked, field, words):
    for answer in (browser.get(LIST, asked), browser.post(LIST, asked)):
        assert answer.status_code == 200
        told = re.findall(rf'<p class="error-message" id="id_{field}_error">([^<]+)', text(answer))
        assert len(told) == 1
        assert words in told[0]
        assert listed(answer) == []
        assert "改好后再筛选" in text(answer)
        kept = next(iter(asked.values()))
        assert field == "state" or "\0" in kept or f'value="{kept}"' in text(answer)


def test_a_name_that_too_many_have_asks_for_the_number(browser, world, monkeypatch):
    monkeypatch.setattr("payments.office.filters.MOST_NAMED", 2)
    people.learner("李雷", 14)
    assert "请填写完整证件号码" in text(browser.post(LIST, {"person": "李雷"}))


def test_a_title_that_several_classes_have_asks_to_choose(browser, world):
    shop.paid_class("ji-jiu-2", title="急救实务")
    assert "不止一个" in text(browser.post(LIST, {"class_words": "急救实务"}))
    answer = browser.post(LIST, {"class_words": "急救实务 · ji-jiu-2"}, follow=True)
    assert "没有符合条件的订单" in text(answer)


def test_the_order_page_is_linked_from_its_number(browser, world):
    assert f'href="{reverse("finance_orders:one", args=[world["paid"].no])}"' in text(browser.get(LIST))
