"""角色: making, copying, changing, deleting several; what one lacks is locked (U4, decision 0006)."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.models import PermissionRole
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.units import colleagues

LIST = "/console/roles/"


@pytest.fixture
def reviewing(hospital):
    return colleagues.permission_role("人事审核员", "registrations", "statistics", unit=hospital)


@pytest.fixture
def small(hospital, clock):
    """The browser of 罗芳, who manages roles and reviews registrations, and has no more."""
    user = colleagues.colleague("罗芳", 46, "roles", "registrations", unit=hospital)
    return browser_of(colleagues.acting(user))


def checked(answer) -> set[str]:
    found = BeautifulSoup(answer.content, "html.parser").select(
        "input[name=modules]:checked, input[name=modules][checked]"
    )
    return {one["value"] for one in found}


def test_without_any_role_the_form_of_a_new_one_is_open(hanmei):
    words = text(hanmei.get(LIST))

    assert "还没有角色" in words
    assert "新角色" in words


def test_a_role_is_made_and_opened(hanmei):
    answer = hanmei.post(f"{LIST}new/", {"name": "学时审核员", "modules": ["hours", "statistics"]}, follow=True)

    assert "角色建好了" in text(answer)
    assert checked(answer) == {"hours", "statistics"}
    assert PermissionRole.objects.get().modules == ["hours", "statistics"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "modules": ["hours"]}, "给角色起个名字"),
        ({"name": "空的"}, "至少选一项权限"),
        ({"name": "人事审核员", "modules": ["hours"]}, "已经有一个角色叫这个名字"),
        ({"name": "人\x07事", "modules": ["hours"]}, "控制字符"),
        ({"name": "字" * 31, "modules": ["hours"]}, "30"),
        ({"name": "越权", "modules": ["policy"]}, "还有几处需要改一下"),
    ],
)
def test_faults_are_said_and_nothing_is_made(hanmei, reviewing, typed, words):
    answer = hanmei.post(f"{LIST}new/", {"note": "打过的说明", **typed})

    assert words in text(answer)
    assert "打过的说明" in answer.content.decode()
    assert PermissionRole.objects.count() == 1


def test_a_copy_starts_from_what_one_has_oneself(small, hanmei, reviewing):
    answer = small.get(f"{LIST}new/", {"copy": reviewing})

    assert "人事审核员 副本" in answer.content.decode()
    assert checked(answer) == {"registrations"}
    assert checked(hanmei.get(f"{LIST}new/", {"copy": reviewing})) == {"registrations", "statistics"}
    assert checked(hanmei.get(f"{LIST}new/", {"copy": "x"})) == set()


def test_saving_says_how_many_it_holds_for(hanmei, hospital, reviewing):
    clerk = colleagues.colleague("韩志强", 53, unit=hospital, role_ids=(reviewing,))
    assert "保存，1 人马上生效" in text(hanmei.get(f"{LIST}{reviewing}/"))

    answer = hanmei.post(f"{LIST}{reviewing}/", {"name": "人事审核员", "modules": ["hours"]}, follow=True)

    assert "1 人马上生效" in text(answer)
    assert colleagues.modules(clerk) == {"hours"}


def test_what_one_lacks_is_locked_and_stays(small, reviewing):
    page = small.get(f"{LIST}{reviewing}/")
    assert "已有 ，你没有这项权限，不能拿掉" in text(page)
    assert checked(page) == {"registrations"}

    small.post(f"{LIST}{reviewing}/", {"name": "人事审核员", "modules": ["roles"]})

    assert PermissionRole.objects.get(pk=reviewing).modules == ["roles", "statistics"]


def test_taking_from_oneself_is_asked_first(small):
    own = PermissionRole.objects.get(name="罗芳的角色")

    asked = small.post(f"{LIST}{own.pk}/", {"name": own.name, "modules": ["registrations"]})
    assert "我知道，收回我自己的这些权限" in text(asked)
    assert checked(asked) == {"registrations"}
    own.refresh_from_db()
    assert own.modules == ["registrations", "roles"]

    small.post(f"{LIST}{own.pk}/", {"name": own.name, "modules": ["registrations"], "confirmed": "on"})
    own.refresh_from_db()
    assert own.modules == ["registrations"]


def test_several_are_deleted_together_and_those_in_use_are_not(hanmei, hospital, reviewing):
    other = colleagues.permission_role("临时导入", "import", unit=hospital)
    used = colleagues.permission_role("在用的", "hours", unit=hospital)
    colleagues.colleague("韩志强", 53, unit=hospital, role_ids=(used,))

    refused = hanmei.post(f"{LIST}delete/", {"role": [other, used]}, follow=True)
    assert "「在用的」还有人在用" in text(refused)
    assert PermissionRole.objects.count() == 3

    answer = hanmei.post(f"{LIST}delete/", {"role": [other, reviewing]}, follow=True)
    assert "删除了 2 个角色" in text(answer)
    assert PermissionRole.objects.get().pk == used
    assert "先选中" in text(hanmei.post(f"{LIST}delete/", {"role": ["x"]}, follow=True))


def test_another_units_role_has_no_page(stranger, reviewing):
    assert stranger.get(f"{LIST}{reviewing}/").status_code == 404
    assert stranger.post(f"{LIST}{reviewing}/", {"name": "改名", "modules": ["hours"]}).status_code == 404
    assert stranger.post(f"{LIST}delete/", {"role": [reviewing]}).status_code == 404
    assert PermissionRole.objects.get(pk=reviewing).name == "人事审核员"


def test_without_the_module_there_is_no_such_page(hospital, reviewing, clock):
    browser = browser_of(colleagues.acting(colleagues.colleague("韩志强", 53, "administrators", unit=hospital)))

    for address in (LIST, f"{LIST}new/", f"{LIST}{reviewing}/"):
        assert browser.get(address).status_code == 404


def test_it_takes_as_many_queries_for_twenty_as_for_one(hanmei, hospital, reviewing):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert hanmei.get(LIST).status_code == 200
        return len(captured)

    hanmei.get(LIST)
    before = queries()
    for number in range(19):
        colleagues.permission_role(f"角色{number}", "hours", unit=hospital)

    assert queries() == before
