"""The console's queues and cases: what each shows, what each refuses, with the words for it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from core.models import AuditEntry
from identity.models import User
from registry.approvals.models import Case
from registry.approvals.services import PASS, decide_case, raise_overdue
from tests.approvals.factories import applicant, open_noted
from tests.console.conftest import browser_of
from tests.identity import factories
from tests.support.clock import START

QUEUE = "/console/reviews/noted/"


def text(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def state(case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def test_the_queue_shows_what_waits_and_what_wants_a_closer_look(noted, hospital, hanmei):
    open_noted(hospital, marks=[{"code": "odd", "text": "职称级别高于资格"}])

    words = text(hanmei.get(QUEUE))

    assert "待审核 1" in words
    assert "急诊科 · 03-02 提交 · 要细看" in words


def test_the_queue_alone_looks_nobody_up(noted, hospital, hanmei):
    open_noted(hospital)

    hanmei.get(QUEUE)

    assert not AuditEntry.objects.filter(act="person.look_up").exists()


@pytest.mark.parametrize("part", ["case", "facts"])
def test_a_script_gets_the_case_without_the_page_around_it_and_that_is_a_look_up_too(noted, hospital, hanmei, part):
    case = open_noted(hospital)

    answer = hanmei.get(f"/console/cases/{case.pk}/", {"part": part})

    assert "副高级" in text(answer)
    assert b"<html" not in answer.content
    assert AuditEntry.objects.filter(act="person.look_up").count() == 1


def test_what_is_odd_is_passed_by_a_button_that_does_not_stand_out(noted, hospital, hanmei):
    plain = open_noted(hospital)
    odd = open_noted(hospital, applicant(2), marks=[{"code": "odd", "text": "职称级别高于资格"}])

    passing = [
        BeautifulSoup(hanmei.get(f"/console/cases/{one.pk}/").content, "html.parser").select_one(
            "form[data-decision] [value=pass]"
        )["class"]
        for one in (plain, odd)
    ]

    assert "btn-primary" in passing[0]
    assert "btn-outline-primary" in passing[1]


def test_a_list_says_whose_case_rose_and_which_is_ones_own(noted, hospital, reviewer, superior, hanmei, clock):
    open_noted(hospital, User.objects.get(pk=reviewer.user_id))
    clock.tick(timedelta(days=4).total_seconds())
    raise_overdue(now=clock.now())

    assert "自己的，不能审" in text(hanmei.get(QUEUE))
    assert "示例市第一医院没有按时审" in text(browser_of(superior).get(QUEUE))


def test_an_empty_queue_says_so(noted, hanmei):
    assert "都审完了" in text(hanmei.get(QUEUE))


def test_a_search_without_a_hit_offers_the_way_back(noted, hospital, hanmei):
    open_noted(hospital)

    answer = hanmei.get(QUEUE, {"q": "没有这个人"})

    found = BeautifulSoup(answer.content, "html.parser").select_one("#case")
    assert "没有符合条件的" in found.text
    assert found.get("class") is None  # a phone shows it too
    assert not BeautifulSoup(answer.content, "html.parser").select("[data-pass]")


def test_nonsense_in_the_address_is_nothing(noted, hospital, hanmei):
    open_noted(hospital)

    for query in ({"page": "x"}, {"page": "0"}, {"department": "9" * 30}, {"only": "?"}, {"state": "?"}):
        assert "申请人1" in text(hanmei.get(QUEUE, query))


def test_an_unknown_kind_is_no_page(hanmei):
    assert hanmei.get("/console/reviews/nothing/").status_code == 404


def test_a_kind_outside_ones_modules_is_no_page(noted, hospital, reviewer, clock):
    clerk = factories.person("科员", 30)
    factories.membership(clerk, "employer", hospital, modules=["registrations"])

    assert browser_of(factories.role(clerk, "employer")).get(QUEUE).status_code == 404


def test_a_case_is_passed_and_the_list_comes_back(noted, hospital, hanmei):
    case = open_noted(hospital)

    answer = hanmei.post(f"/console/cases/{case.pk}/decide/", {"decision": "pass"}, follow=True)

    assert state(case) == "passed"
    assert "已通过" in text(answer)


def test_a_rejection_without_reason_keeps_the_case_and_says_what_is_missing(noted, hospital, hanmei):
    case = open_noted(hospital)

    answer = hanmei.post(f"/console/cases/{case.pk}/decide/", {"decision": "reject", "opinion": " "})

    assert (answer.status_code, state(case)) == (409, "open")
    assert "退回要写明原因" in text(answer)


def test_what_was_typed_stays_when_the_decision_is_refused(noted, hospital, reviewer, hanmei):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    answer = hanmei.post(f"/console/cases/{case.pk}/decide/", {"decision": "reject", "opinion": "证书不清晰"})

    assert "已经有人审过了" in text(answer)
    assert "你刚才写的没有发出：证书不清晰" in text(answer)


def test_a_stale_case_cannot_be_passed_and_says_why(noted, hospital, hanmei):
    case = open_noted(hospital)
    noted.stale.add(case.pk)

    assert "资料又变过" in text(hanmei.get(f"/console/cases/{case.pk}/"))
    answer = hanmei.post(f"/console/cases/{case.pk}/decide/", {"decision": "pass"})
    assert (answer.status_code, state(case)) == (409, "open")


def test_ones_own_case_is_shown_without_a_decision(noted, hospital, reviewer, hanmei):
    case = open_noted(hospital, User.objects.get(pk=reviewer.user_id))

    page = hanmei.get(f"/console/cases/{case.pk}/")

    assert "不能自己审" in text(page)
    assert b'name="decision" value="pass" class' not in page.content
    hanmei.post(f"/console/cases/{case.pk}/decide/", {"decision": "pass"})
    assert state(case) == "open"


@pytest.mark.parametrize("act", ["", "decide/", "reveal/"])
def test_another_units_case_is_no_page(noted, hospital, stranger, act):
    case = open_noted(hospital)
    address = f"/console/cases/{case.pk}/{act}"

    answer = stranger.post(address, {"decision": "pass"}) if act else stranger.get(address)

    assert (answer.status_code, state(case)) == (404, "open")


def test_many_are_decided_and_each_that_was_not_is_named(noted, hospital, reviewer, hanmei):
    fresh, done = open_noted(hospital, applicant(1)), open_noted(hospital, applicant(2))
    decide_case(actor=reviewer, case_id=done.pk, decision=PASS, now=START)

    answer = hanmei.post(f"{QUEUE}decide/", {"case": [fresh.pk, done.pk, "x"], "decision": "pass"}, follow=True)

    assert state(fresh) == "passed"
    assert "已通过 1 条" in text(answer)
    assert "申请人2：这一条已经有人审过了" in text(answer)


def test_a_script_gets_the_results(noted, hospital, hanmei):
    case = open_noted(hospital)

    answer = hanmei.post(
        f"{QUEUE}decide/", {"case": [case.pk], "decision": "pass"}, headers={"Accept": "application/json"}
    )

    assert answer.json() == {"results": [{"id": case.pk, "decided": True, "detail": ""}]}


def test_without_scripts_a_page_asks_why_many_are_rejected(noted, hospital, hanmei):
    cases = [open_noted(hospital, applicant(serial)) for serial in (1, 2)]
    chosen = {"case": [case.pk for case in cases], "decision": "reject"}

    asked = hanmei.post(f"{QUEUE}decide/", chosen)
    assert "退回 2 条" in text(asked)
    assert b"is-invalid" not in asked.content
    assert b"is-invalid" in hanmei.post(f"{QUEUE}decide/", {**chosen, "opinion": " "}).content
    assert [state(case) for case in cases] == ["open", "open"]

    fields = BeautifulSoup(asked.content, "html.parser").select("main form [name=case]")
    again = {"case": [field["value"] for field in fields], "decision": "reject", "opinion": "材料不清晰"}
    assert "已退回 2 条" in text(hanmei.post(f"{QUEUE}decide/", again, follow=True))
    assert [state(case) for case in cases] == ["rejected", "rejected"]


def test_what_was_sent_while_the_page_went_is_told_on_the_next_one(noted, hospital, reviewer, hanmei):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    answer = hanmei.post(f"{QUEUE}decide/", {"case": [case.pk], "decision": "pass", "leaving": "1"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "申请人1：这一条已经有人审过了" in text(hanmei.get("/console/"))


def test_nothing_chosen_is_said(noted, hanmei):
    assert "先选中" in text(hanmei.post(f"{QUEUE}decide/", {"decision": "pass"}, follow=True))


def test_done_ones_are_listed_and_can_leave_the_list(noted, hospital, reviewer, hanmei):
    case = open_noted(hospital)
    decide_case(actor=reviewer, case_id=case.pk, decision=PASS, now=START)

    assert "申请人1" in text(hanmei.get(QUEUE, {"state": "done"}))
    answer = hanmei.post(f"{QUEUE}hide/", {"case": [case.pk]}, follow=True)

    assert "申请人1" not in text(answer)
    assert hanmei.get(f"/console/cases/{case.pk}/").status_code == 200


def test_reading_a_persons_case_is_written_down_once_a_day(noted, hospital, reviewer, hanmei):
    case = open_noted(hospital)

    for _ in range(2):
        hanmei.get(f"/console/cases/{case.pk}/")

    entry = AuditEntry.objects.get(act="person.look_up")
    assert (entry.actor_id, entry.target_id) == (reviewer.user_id, str(case.applicant_id))


def test_the_whole_number_is_shown_to_who_may_look_people_up_and_written_down(noted, hospital, hanmei):
    case = open_noted(hospital)

    assert factories.id_number(101).encode() not in hanmei.get(f"/console/cases/{case.pk}/").content
    answer = hanmei.post(f"/console/cases/{case.pk}/reveal/")

    assert factories.id_number(101) in text(answer)
    assert AuditEntry.objects.filter(act="person.reveal").count() == 1
    assert "messages" not in hanmei.cookies
    assert factories.id_number(101).encode() not in hanmei.get(f"/console/cases/{case.pk}/").content


def test_without_the_people_module_the_number_stays_masked(noted, hospital, reviewer, clock):
    clerk = factories.person("科员", 30)
    factories.membership(clerk, "employer", hospital, modules=["title_changes"])
    case = open_noted(hospital)

    answer = browser_of(factories.role(clerk, "employer")).post(f"/console/cases/{case.pk}/reveal/")

    assert answer.status_code == 404
    assert not AuditEntry.objects.filter(act="person.reveal").exists()


@pytest.mark.parametrize("cases", [1, 20, 60])
def test_the_first_page_takes_at_most_twelve_queries(noted, hospital, hanmei, django_assert_max_num_queries, cases):
    for serial in range(1, cases + 1):
        open_noted(hospital, applicant(serial))

    hanmei.get("/console/")
    with django_assert_max_num_queries(12):
        hanmei.get(QUEUE)
