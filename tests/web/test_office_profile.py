"""用户资料管理 by its pages (T0, T1): three tabs, saved at once or sent to the unit, nothing typed is lost."""

from typing import Any

import pytest
from django.test import Client

from identity.models import Membership, Organisation, User, WorkDepartment
from registry.approvals.models import Case
from registry.people.models import Profile
from tests.identity import factories as people
from tests.people.office import asks_title, asks_transfer, decides, technician
from tests.support.clock import FakeClock
from tests.web.pages import browser, queries, read, words

pytestmark = pytest.mark.django_db

TITLE = {
    "title_series": "01",
    "title_level": "2",
    "qualification": "01201",
    "effective_on": "2025-09-28",
    "certificate_no": "FG2025-0001",
    "department": "",
}
CONTACTS = {"part": "contacts", "mobile": "13900002210", "email": "new@example.org", "landline": "", "ethnicity": "01"}


@pytest.fixture(autouse=True)
def _clock(clock: FakeClock) -> FakeClock:
    return clock


@pytest.fixture
def user(db: Any) -> User:
    return technician()


@pytest.fixture
def me(user: User) -> Client:
    return browser(user)


def told(client: Client, address: str, data: dict[str, str]) -> str:
    """What the page says after the form was sent."""
    return words(read_answer(client.post(address, data, follow=True)))


def read_answer(response: Any) -> Any:
    from bs4 import BeautifulSoup

    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content, "html.parser").body


# --- Tabs -------------------------------------------------------------------------------------------------------------
def test_the_first_tab_shows_name_masked_number_and_unit_that_cannot_be_changed(me, user):
    page = read(me, "/me/profile/")

    values = {field["id"]: field["value"] for field in page.select("input[readonly][id^=own]")}
    assert values["own-name"] == "陈思远"
    assert values["own-id"] == "110101********0011"
    assert values["own-unit"] == "示例市第一医院"
    assert user.id_number not in str(page)
    assert page.select_one("[name=mobile]")["value"] == "13800000001"


def test_contacts_are_saved_at_once(me, user):
    assert "已保存，马上生效" in told(me, "/me/profile/", CONTACTS)

    user.refresh_from_db()
    assert (user.mobile, user.email) == ("13900002210", "new@example.org")


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(me, user):
    page = read_answer(me.post("/me/profile/", {**CONTACTS, "mobile": "123", "landline": "010-5550100"}))

    assert page.select_one("[name=mobile]")["value"] == "123"
    assert page.select_one("[name=landline]")["value"] == "010-5550100"
    assert "手机号应是11位数字" in words(page)
    user.refresh_from_db()
    assert user.mobile == "13800000001"


def test_what_is_sent_beside_the_form_changes_nothing(me, user):
    me.post("/me/profile/", {**CONTACTS, "name": "陈大文", "id_number": "1", "organisation": "1", "title_level": "1"})

    user.refresh_from_db()
    assert (user.name, Profile.objects.get(user=user).title_level) == ("陈思远", "3")


def test_qualification_and_education_are_saved_at_once(me, user):
    me.post(
        "/me/profile/",
        {"part": "qualification", "professional_qualification": "0", "professional_level": "0", "post": "科主任"},
    )
    education = {"education": "21", "degree": "3", "school": "另一所大学", "major": "100201K"}
    me.post("/me/profile/", {"part": "education", **education, "graduated_on": "2014-06-30"})

    stated = Profile.objects.get(user=user)
    assert (stated.post, stated.school, stated.degree) == ("科主任", "另一所大学", "3")


def test_an_unknown_part_is_no_address(me):
    assert me.post("/me/profile/", {"part": "name", "name": "陈大文"}).status_code == 404


def test_who_has_no_profile_sees_why_and_can_still_change_his_contacts():
    user = people.learner(mobile="13800000013", email="l@example.org")
    me = browser(user)

    assert "你的职称还没有登记" in words(read(me, "/me/profile/?tab=title"))
    assert "你的学历还没有登记" in words(read(me, "/me/profile/?tab=education"))
    assert me.get("/me/profile/title/").status_code == 302
    assert "已保存" in told(me, "/me/profile/", {**CONTACTS})


# --- Title change -----------------------------------------------------------------------------------------------------
def test_the_form_holds_the_present_title_and_says_who_reviews(me):
    page = read(me, "/me/profile/title/")

    assert page.select_one("[name=certificate_no]")["value"] == "ZZ2019-0001"
    assert page.select_one("[name=qualification] option[selected]").get_text() == "主治医师"
    assert "示例市第一医院审核电话010-5550100" in words(page)


def test_a_title_change_is_sent_and_shown_with_who_reviews_it_since_when(me, user):
    assert "已提交，由示例市第一医院审核" in told(me, "/me/profile/title/", TITLE)

    page = read(me, "/me/profile/?tab=title")
    assert words(page.select_one(".xs-diff [data-changed]")) == "职称级别中级副高级"
    assert "示例市第一医院审核" in words(page.select_one(".xs-timeline"))
    assert page.find("button", string="催办")


def test_sent_twice_it_is_one_case(me):
    me.post("/me/profile/title/", TITLE)
    me.post("/me/profile/title/", TITLE)

    assert Case.objects.count() == 1


def test_a_rejected_one_shows_why_and_keeps_what_was_typed(me, user):
    decides(asks_title(user, certificate_no="写错的编号"), "reject", "证书编号和证书不一致")

    tab = read(me, "/me/profile/?tab=title")
    form = read(me, "/me/profile/title/")

    assert "证书编号和证书不一致" in words(tab)
    assert tab.find("a", string="改好再提交")["href"] == "/me/profile/title/"
    assert form.select_one("[name=certificate_no]")["value"] == "写错的编号"
    assert form.select_one("[name=qualification] option[selected]").get_text() == "副主任医师"


def test_a_fault_in_the_title_is_told_at_its_field(me):
    page = read_answer(me.post("/me/profile/title/", {**TITLE, "qualification": "02201", "certificate_no": "编号7"}))

    assert "这个资格不属于所选职称系列" in words(page)
    assert page.select_one("[name=certificate_no]")["value"] == "编号7"
    assert not Case.objects.exists()


def test_while_a_transfer_is_open_the_button_says_what_to_finish_first(me, user):
    asks_transfer(user, people.organisation("示例市急救中心"))

    page = read(me, "/me/profile/?tab=title")
    answer = read_answer(me.post("/me/profile/title/", TITLE))

    assert page.find("button", string="变更职称").has_attr("disabled")
    assert "有一件单位调转还在等新单位确认" in words(answer)
    assert answer.select_one("[name=certificate_no]")["value"] == "FG2025-0001"


def test_the_unit_s_departments_are_the_choices(me, user):
    WorkDepartment.objects.create(organisation=people.organisation(), name="急诊科")
    WorkDepartment.objects.create(organisation=people.organisation("别处"), name="外科")

    options = words(read(me, "/me/profile/title/").select_one("[name=department]"))

    assert "急诊科" in options
    assert "外科" not in options


def test_without_javascript_searching_a_qualification_loses_nothing(me):
    found = read_answer(me.post("/me/profile/title/", {**TITLE, "find": "qualification", "qualification_q": "药师"}))

    assert found.select_one("[name=certificate_no]")["value"] == "FG2025-0001"
    assert not Case.objects.exists()


def test_the_tab_takes_the_same_queries_for_a_short_and_a_long_history(me, user, clock):
    decides(asks_title(user), "reject", "看不清")
    few = queries(me, "/me/profile/?tab=title")
    for number in range(8):
        clock.tick(60)
        decides(asks_title(user, certificate_no=f"编号{number}"), "reject", "看不清")

    assert queries(me, "/me/profile/?tab=title") == few


# --- Transfer ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def emergency(db: Any) -> Organisation:
    return people.organisation("示例市急救中心")


def asked(unit: Organisation, **changed: str) -> dict[str, str]:
    return {"organisation": str(unit.pk), "starts_on": "2026-03-16", "phone": "010-5550100", **changed}


def test_a_transfer_is_sent_and_shown_while_it_waits(me, emergency):
    assert "已提交，等新单位确认" in told(me, "/me/transfer/", asked(emergency))

    page = read(me, "/me/transfer/")
    assert "示例市第一医院示例市急救中心" in words(page.select_one(".xs-diff"))
    assert "示例市急救中心审核" in words(page.select_one(".xs-timeline"))


def test_a_transfer_s_fault_is_told_at_its_field_and_nothing_typed_is_lost(me, emergency):
    page = read_answer(me.post("/me/transfer/", asked(emergency, phone="13800000001")))

    assert "这是你自己的手机号" in words(page)
    assert page.select_one("[name=organisation] option[selected]").get_text() == "示例市急救中心"
    assert page.select_one("[name=starts_on]")["value"] == "2026-03-16"


def test_while_a_title_change_is_open_the_page_says_what_to_finish_first(me, user, emergency):
    asks_title(user)

    page = read(me, "/me/transfer/")
    answer = read_answer(me.post("/me/transfer/", asked(emergency)))

    assert page.find("button", string="提交调转").has_attr("disabled")
    assert "有一条职称变更还在审核" in words(answer)
    assert Case.objects.get().kind == "title_change"


def test_who_left_logs_in_and_finds_a_new_unit(user, emergency):
    Membership.objects.update(state="ended", ended_at="2026-02-01T00:00:00+08:00")
    me = browser(user)

    assert "你现在不属于任何单位" in words(read(me, "/me/transfer/"))
    told(me, "/me/transfer/", asked(emergency, phone=""))
    decides(Case.objects.get(), "pass")

    assert Membership.objects.get(user=user, state="active").organisation == emergency
    assert read(me, "/me/profile/").select_one("#own-unit")["value"] == "示例市急救中心"


def test_the_units_he_was_in_are_told(me, user, emergency):
    decides(asks_transfer(user, emergency), "pass")

    assert "示例市急救中心2026-03-02至今示例市第一医院" in words(read(me, "/me/transfer/"))
