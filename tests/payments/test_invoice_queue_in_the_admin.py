"""发票 in the admin: the queue with its tabs and filters, one request, what can be done there, what waits (F3)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock as server_clock
from core.models import AuditEntry
from payments.models import Invoice, Refund, RefusedNotice
from payments.office.invoices import InvoiceDesk
from payments.services import FINANCE
from tests.identity import factories as people
from tests.payments import shop, units
from tests.payments.desk import finance, text
from tests.payments.invoices import ANOTHER, NUMBER, asked, issued, paid_order, red, rejected
from tests.support.files import PDF, upload

pytestmark = pytest.mark.django_db
INDEX = "/admin/finance/invoices/"


@pytest.fixture
def desk(db, clock):
    return finance()


@pytest.fixture
def page(db):
    return shop.paid_class()


@pytest.fixture
def bought(db, clock, page):
    return paid_order(people.learner(), page)


@pytest.fixture
def invoice(bought):
    return asked(bought.order)


def many(page, count, start=0):
    """So many requests, a minute apart."""
    made = []
    for number in range(start, start + count):
        user = people.learner(f"学员{number}", 100 + 2 * number)
        made.append(asked(paid_order(user, page).order, f"抬头{number:02}", later=number))
    return made


def headings(answer):
    return [row["invoice"].heading for row in answer.context["rows"]]


def at(invoice):
    return f"{INDEX}{invoice.pk}/"


def does(desk, invoice, act, **fields):
    file = fields.pop("file", None)
    data = {"act": act} | {f"{act}-{name}": value for name, value in fields.items()}
    return desk.post(at(invoice), data | ({f"{act}-file": file} if file else {}))


# --- The queue --------------------------------------------------------------------------------------------------------
def test_what_waits_stands_oldest_first_and_what_was_done_latest_first(desk, page, clock):
    first, second, third = many(page, 3)
    assert headings(desk.get(INDEX)) == ["抬头00", "抬头01", "抬头02"]
    issued(second)
    clock.tick(60)
    issued(first, number=ANOTHER)
    rejected(third)
    assert headings(desk.get(INDEX)) == []
    assert headings(desk.get(INDEX, {"tab": "issued"})) == ["抬头00", "抬头01"]
    assert headings(desk.get(INDEX, {"tab": "rejected"})) == ["抬头02"]


def test_a_refund_after_the_invoice_stands_in_the_tab_of_red_letters(desk, bought, invoice):
    issued(invoice)
    assert headings(desk.get(INDEX, {"tab": "red"})) == []
    bought.gives_back(server_clock.now(), [(bought.items[0], 100)])
    answer = desk.get(INDEX, {"tab": "red"})
    assert headings(answer) == ["李雷"]
    assert answer.context["tabs"][3]["count"] == 1
    assert answer.context["rows"][0]["due"] == "1.00"
    red(invoice)
    assert headings(desk.get(INDEX, {"tab": "red"})) == []


def test_a_long_queue_is_read_page_by_page_and_back(desk, page):
    many(page, 55)
    seen, address = [], INDEX
    for _ in range(3):
        answer = desk.get(address)
        seen += headings(answer)
        address = f"{INDEX}?tab=asked&page={answer.context['listed'].older}"
    assert seen == [f"抬头{number:02}" for number in range(55)]
    assert answer.context["listed"].older == ""
    back = desk.get(f"{INDEX}?tab=asked&page={answer.context['listed'].newer}")
    assert headings(back) == seen[25:50]
    first = desk.get(f"{INDEX}?tab=asked&page={back.context['listed'].newer}")
    assert headings(first) == seen[:25]
    assert first.context["listed"].newer == ""


def test_it_is_found_by_heading_order_number_and_days(desk, page):
    made = many(page, 3)
    Invoice.objects.filter(pk=made[2].pk).update(asked_at=made[2].asked_at + timedelta(days=2))
    day = made[0].asked_at.date()
    assert headings(desk.get(INDEX, {"heading": "头01"})) == ["抬头01"]
    assert headings(desk.get(INDEX, {"order_no": f" {made[1].order.no.lower()} "})) == ["抬头01"]
    assert headings(desk.get(INDEX, {"asked_to": str(day)})) == ["抬头00", "抬头01"]
    assert headings(desk.get(INDEX, {"asked_from": str(day + timedelta(days=1))})) == ["抬头02"]
    nothing = desk.get(INDEX, {"heading": "没有这个"})
    assert "没有符合条件的发票" in text(nothing)


def test_what_is_wrong_with_a_filter_is_said_at_its_field_and_what_was_typed_stays(desk, invoice):
    answer = desk.get(INDEX, {"asked_from": "2026-03-02", "asked_to": "2026-03-01", "heading": "李"})
    assert "这一天不能早于前一天" in text(answer)
    assert answer.context["listed"] is None
    assert 'value="李"' in text(answer)
    assert desk.get(INDEX, {"asked_from": "昨天"}).context["form"].errors["asked_from"]


@pytest.mark.parametrize("page_of", ["nonsense", "o1-2-3", "n9999999999999999-1", "o0-0", "n0-0"])
def test_a_broken_place_in_the_list_is_no_error(desk, invoice, page_of):
    assert desk.get(INDEX, {"page": page_of}).status_code == 200
    assert desk.get(INDEX, {"tab": "nonsense"}).context["tab"] == "asked"


def test_an_empty_queue_says_so(desk):
    assert "没有等着开的发票" in text(desk.get(INDEX))
    assert "没有要开的红字发票" in text(desk.get(INDEX, {"tab": "red"}))


def test_the_queue_asks_as_many_queries_for_twenty_as_for_one(desk, page):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(INDEX).status_code == 200
        return len(queries)

    many(page, 1)
    count()
    one = count()
    many(page, 19, start=1)
    assert count() == one


# --- One request ------------------------------------------------------------------------------------------------------
def test_it_tells_all_that_is_copied_into_the_tax_system(desk, clock):
    order = units.bought(people.administrator())
    invoice = asked(
        order, "示例市第一医院", heading_kind="unit", tax_number="91350100M000100Y43", email="cw@example.org"
    )
    shown = text(desk.get(at(invoice)))
    for words in ("单位", "示例市第一医院", "91350100M000100Y43", "cw@example.org", "7.20", order.no):
        assert words in shown
    assert reverse("finance_orders:one", args=[order.no]) in shown
    assert 'data-copy="copy-tax"' in shown


def test_what_somebody_wrote_is_text_and_no_markup(desk, bought):
    shown = text(desk.get(at(asked(bought.order, "<script>alert(1)</script>"))))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_it_is_issued_there(desk, invoice):
    answer = does(desk, invoice, "issue", number=NUMBER, file=upload("发票.pdf", PDF), expected_fen=240)
    assert answer.status_code == 302
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.decided_by_id) == ("issued", NUMBER, desk.user.pk)
    shown = text(desk.get(at(invoice)))
    assert "已开票" in shown
    assert desk.user.name in shown
    download = desk.get(f"{at(invoice)}file/")
    assert b"".join(download.streaming_content) == PDF
    assert download["Content-Disposition"].startswith("attachment")


def test_a_wrong_file_is_said_at_its_field_and_the_number_stays(desk, invoice):
    answer = does(desk, invoice, "issue", number=NUMBER, file=upload("发票.png"))
    assert "发票要传 pdf 文件" in text(answer)
    assert f'value="{NUMBER}"' in text(answer)
    invoice.refresh_from_db()
    assert invoice.state == "asked"


def test_a_wrong_number_is_said_and_that_the_file_is_to_be_chosen_again(desk, invoice):
    answer = does(desk, invoice, "issue", number="12", file=upload("发票.pdf", PDF))
    form = answer.context["issue_form"]
    assert list(form.errors) == ["number", "file"]
    assert "浏览器不会保留文件" in text(answer)


def test_an_amount_that_went_down_meanwhile_is_told_and_nothing_is_issued(desk, bought, invoice):
    bought.gives_back(server_clock.now(), [(bought.items[0], 100)])
    answer = does(desk, invoice, "issue", number=NUMBER, file=upload("发票.pdf", PDF), expected_fen=240)
    assert "可开金额刚刚变成了 ¥1.40" in text(answer)
    assert Invoice.objects.get().state == "asked"
    assert 'name="issue-expected_fen" value="140"' in text(answer)


def test_while_a_refund_is_under_way_there_is_no_form_but_why(desk, bought, invoice):
    refund = bought.gives_back(server_clock.now(), [(bought.items[0], 100)])
    Refund.objects.filter(pk=refund.pk).update(state="asked")
    shown = text(desk.get(at(invoice)))
    assert "退款正在处理" in shown
    assert 'value="issue"' not in shown
    assert "有退款正在处理" in text(does(desk, invoice, "issue", number=NUMBER, file=upload("发票.pdf", PDF)))
    assert Invoice.objects.get().state == "asked"


def test_it_is_sent_back_there_with_a_reason(desk, invoice):
    assert "写上原因，申请人会看到" in text(does(desk, invoice, "reject", reason=""))
    assert Invoice.objects.get().state == "asked"
    assert does(desk, invoice, "reject", reason="税号不对").status_code == 302
    assert "税号不对" in text(desk.get(at(invoice)))


def test_what_somebody_else_decided_meanwhile_is_told(desk, invoice):
    rejected(invoice)
    answer = does(desk, invoice, "issue", number=NUMBER, file=upload("发票.pdf", PDF))
    assert "这张发票申请已经处理过了" in text(answer)
    assert Invoice.objects.get().state == "rejected"


def test_a_replacement_and_a_red_letter_stand_in_its_record(desk, bought, invoice):
    issued(invoice)
    assert does(desk, invoice, "replace", number=ANOTHER, reason="号码抄错了").status_code == 302
    bought.gives_back(server_clock.now(), [(bought.items[0], 100)])
    assert "要开红字发票 ¥1.00" in text(desk.get(at(invoice)))
    assert does(desk, invoice, "red", number="26112000009").status_code == 302
    shown = text(desk.get(at(invoice)))
    for words in (f"号码 {NUMBER} → {ANOTHER}", "号码抄错了", "红字发票号码 26112000009"):
        assert words in shown
    assert "要开红字发票 ¥1.00" not in shown
    assert AuditEntry.objects.filter(act__startswith="invoice.", actor_id=desk.user.pk).count() == 2


def test_one_that_isnt_there_and_an_act_that_isnt_one_are_not_found(desk, invoice):
    assert desk.get(f"{INDEX}{invoice.pk + 1}/").status_code == 404
    assert does(desk, invoice, "burn").status_code == 404
    assert desk.get(f"{at(invoice)}file/").status_code == 404


def test_the_page_asks_as_many_queries_with_a_long_record_as_with_none(desk, bought, invoice):
    issued(invoice)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at(invoice)).status_code == 200
        return len(queries)

    count()
    one = count()
    for number in range(26112000001, 26112000021):
        does(desk, invoice, "replace", number=str(number), reason="再改")
    desk.get(at(invoice))
    assert count() == one


# --- Who may ----------------------------------------------------------------------------------------------------------
def test_who_may_only_look_sees_no_form_and_can_do_nothing(desk, invoice):
    group = Group.objects.get(name=FINANCE)
    group.permissions.remove(Permission.objects.get(codename="change_invoice"))
    assert 'name="act"' not in text(desk.get(at(invoice)))
    assert does(desk, invoice, "reject", reason="不行").status_code == 404
    assert Invoice.objects.get().state == "asked"


def test_others_of_the_staff_and_visitors_are_sent_away(invoice, client):
    support = people.staff("support", "客服乙")
    support.groups.add(Group.objects.create(name="看看"))
    client.force_login(support, backend="identity.backends.LoginKeyBackend")
    for address in (INDEX, at(invoice), f"{at(invoice)}file/"):
        assert client.get(address).status_code == 302
    client.logout()
    assert client.get(at(invoice)).status_code == 302


# --- The first page ---------------------------------------------------------------------------------------------------
def test_the_first_page_counts_what_waits_with_links(desk, bought, invoice):
    RefusedNotice.objects.create(provider="wechat", reason="signature", digest="0" * 64, received_at=server_clock.now())
    yesterday = server_clock.now() - timedelta(days=1)
    RefusedNotice.objects.create(provider="wechat", reason="signature", digest="1" * 64, received_at=yesterday)
    waits = {str(wait["words"]): wait for wait in _waits(desk)}
    assert waits["发票等开"]["count"] == 1
    assert waits["发票等开"]["url"] == INDEX
    assert waits["要开红字发票"]["count"] == 0
    assert waits["今天拒收的支付通知"]["count"] == 1
    assert waits["退款等复核"]["count"] == 0
    assert waits["对账差异没有处理"]["count"] == 0


def test_who_may_see_none_of_it_has_no_such_panel(client):
    support = people.staff("support", "客服乙")
    group = Group.objects.create(name="看看")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    support.groups.add(group)
    client.force_login(support, backend="identity.backends.LoginKeyBackend")
    assert "财务待办" not in text(client.get("/admin/"))


def test_who_may_see_some_of_it_finds_that_alone(client):
    clerk = people.staff("clerk", "开票员")
    group = Group.objects.create(name="只管发票")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_invoice"]))
    clerk.groups.add(group)
    client.force_login(clerk, backend="identity.backends.LoginKeyBackend")
    assert [str(wait["words"]) for wait in _waits(client)] == ["发票等开", "要开红字发票"]


def test_the_first_page_asks_as_many_queries_for_many_as_for_one(desk, page):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert "财务待办" in text(desk.get("/admin/"))
        return len(queries)

    many(page, 1)
    count()
    one = count()
    many(page, 14, start=1)
    assert count() == one


def test_a_count_goes_no_further_than_needed(desk, page, monkeypatch):
    monkeypatch.setattr("payments.queries.waiting.MOST_COUNTED", 2)
    monkeypatch.setattr("payments.office.home.MOST_COUNTED", 2)
    many(page, 5)
    assert next(wait["shown"] for wait in _waits(desk) if wait["url"] == INDEX) == "2+"


def _waits(desk):
    answer = desk.get("/admin/")
    return next(context["waits"] for context in answer.context if "waits" in context)


def test_its_place_in_the_menu_is_below_finance(desk):
    assert InvoiceDesk().menu_label == "发票"
    assert INDEX in text(desk.get("/admin/"))
