"""人员更正 in Wagtail's admin: one of support asks, another one confirms."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from core.models import AuditEntry
from identity.models import Membership, User
from registry.people.models import Correction, Profile
from registry.people.services import SUPPORT, set_up_support
from tests.identity import factories as people
from tests.people import factories
from tests.support.clock import START
from tests.support.files import upload

pytestmark = pytest.mark.django_db
FIND = "/admin/corrections/new/"


def supporter(username: str, name: str) -> Client:
    user = people.staff(username, name)
    user.groups.add(Group.objects.get(name=SUPPORT))
    browser = Client()
    browser.force_login(user, backend="identity.backends.LoginKeyBackend")
    return browser


@pytest.fixture
def first(clock):
    set_up_support()
    return supporter("support", "客服甲")


@pytest.fixture
def second(first):
    return supporter("support2", "客服乙")


@pytest.fixture
def lilei():
    user = people.learner()
    Profile.objects.create(user=user, **factories.PROFILE, updated_at=START)
    return user


def ask(browser, user, what="name", query="", **fields):
    data = {"name": "李磊", "reason": "户口本上是这样写的", "evidence": upload(), **fields}
    return browser.post(f"{FIND}{user.pk}/{what}/{query}", data)


def decide(browser, act="pass", opinion=""):
    return browser.post(f"/admin/corrections/{Correction.objects.get().pk}/", {"act": act, "opinion": opinion})


def text(answer) -> str:
    return answer.content.decode()


def test_somebody_is_found_by_his_whole_id_number_or_name(first, lilei):
    for q in (lilei.id_number, f" {lilei.id_number.lower()} ", "李雷"):
        page = text(first.post(FIND, {"q": q}))
        assert f"{FIND}{lilei.pk}/name/" in page
        assert "110101********" in page
    for q in (lilei.id_number[:-1], "李", "王五"):
        assert "没有找到" in text(first.post(FIND, {"q": q}))


def test_an_id_number_is_asked_for_in_no_address(first, lilei):
    page = text(first.get(FIND, {"q": lilei.id_number}))

    assert f"{FIND}{lilei.pk}/name/" not in page


def test_opening_somebody_is_written_down_for_him_to_read(first, lilei):
    first.get(f"{FIND}{lilei.pk}/name/")

    assert AuditEntry.objects.get(act="person.look_up").target_id == str(lilei.pk)


def test_a_name_is_asked_for_by_one_and_confirmed_by_another(first, second, lilei):
    ask(first, lilei)
    own = text(first.get(f"/admin/corrections/{Correction.objects.get().pk}/"))
    assert "要由另一位客服复核" in own
    assert "复核通过" not in own
    decide(first)
    assert User.objects.get(pk=lilei.pk).name == "李雷"

    decide(second)

    assert User.objects.get(pk=lilei.pk).name == "李磊"
    assert Correction.objects.get().state == "done"


def test_the_evidence_is_there_for_the_second_one(first, second, lilei):
    ask(first, lilei)
    row = Correction.objects.get()

    assert f"/admin/evidence/{row.evidence_id}/" in text(second.get(f"/admin/corrections/{row.pk}/"))
    answer = second.get(f"/admin/evidence/{row.evidence_id}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)


def test_an_id_number_with_wrong_digits_is_told_at_the_field_and_kept(first, lilei):
    page = text(ask(first, lilei, "id_number", id_type="resident", id_number="110101199003070135"))

    assert "身份证号码不对" in page
    assert "110101199003070135" in page
    assert "户口本上是这样写的" in page
    assert not Correction.objects.exists()


def test_turning_it_back_needs_words(first, second, lilei):
    ask(first, lilei)

    assert "写上原因" in text(decide(second, "refuse"))
    decide(second, "refuse", "材料看不清")

    assert Correction.objects.get().state == "refused"


def test_whoever_asked_takes_it_back(first, second, lilei):
    ask(first, lilei)
    assert decide(second, "withdraw").status_code == 404

    decide(first, "withdraw")

    assert Correction.objects.get().state == "withdrawn"


def test_a_unit_is_searched_chosen_and_changed_at_once(first, lilei):
    school = people.organisation("示例市第二中学")
    page = text(first.get(f"{FIND}{lilei.pk}/unit/", {"unit_q": "第二"}))
    assert "示例市第二中学" in page

    ask(first, lilei, "unit", "?unit_q=第二", unit=school.pk)

    assert Membership.objects.get(user=lilei, state="active").organisation_id == school.pk


def test_a_unit_that_was_not_found_can_not_be_chosen(first, lilei):
    people.organisation("示例市第二中学")

    page = text(ask(first, lilei, "unit", "?unit_q=第二", unit=people.organisation().pk))

    assert "正确的单位" in page
    assert not Correction.objects.exists()


def test_what_is_no_person_or_no_correction_is_not_there(first, lilei):
    staff = User.objects.get(username="support")

    for address in (f"{staff.pk}/name/", "0/name/", f"{lilei.pk}/password/"):
        assert first.get(f"{FIND}{address}").status_code == 404
    assert first.get("/admin/corrections/0/").status_code == 404
    ask(first, lilei)
    assert decide(first, "delete").status_code == 404


def test_the_list_shows_numbers_masked(first, lilei):
    number = people.id_number(77)
    ask(first, lilei, "id_number", id_type="resident", id_number=number)

    page = text(first.get("/admin/corrections/"))

    assert number not in page
    assert "110101********" in page


@pytest.mark.parametrize("address", ["/admin/corrections/", FIND, f"{FIND}1/name/", "/admin/corrections/1/"])
def test_other_staff_do_not_get_in(first, client, address):
    client.force_login(people.staff("editor", "编辑甲"), backend="identity.backends.LoginKeyBackend")

    assert client.get(address).status_code == 302
    assert client.post(address, {"q": "李雷", "act": "pass"}).status_code == 302
