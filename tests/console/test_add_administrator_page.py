"""添加管理员: three ways, three steps, in one form that loses nothing (U2)."""

import pytest

from identity.models import Membership, User
from tests.console.conftest import browser_of
from tests.console.test_review_page import text
from tests.identity import factories
from tests.units import colleagues

ADD = "/console/administrators/add/"


@pytest.fixture
def reviewing(hospital):
    return colleagues.permission_role("人事审核员", "registrations", unit=hospital)


@pytest.fixture
def lilei(hospital):
    return factories.learner(unit=hospital)


def newcomer(**changed):
    return {
        "way": "new",
        "id_type": "resident",
        "id_number": factories.id_number(77),
        "name": "罗婉清",
        "mobile": "139 0000 1111",
        "email": "luo@hospital.example",
        "password": "Mulberry-7731",
        **changed,
    }


def test_one_of_our_people_is_found_and_added(hanmei, reviewing, lilei):
    found = hanmei.post(ADD, {"way": "colleague", "q": "李", "find": "people"})
    assert "找到 1 人" in text(found)
    assert "还有几处" not in text(found)
    assert lilei.id_number not in found.content.decode()

    done = hanmei.post(ADD, {"way": "colleague", "q": "李", "person": lilei.pk, "roles": [reviewing]}, follow=True)

    assert "李雷已是本单位管理员" in text(done)
    assert "角色：人事审核员" in text(done)
    assert colleagues.modules(lilei) == {"registrations"}


def test_searching_keeps_what_was_typed_and_picked(hanmei, reviewing, lilei, hospital):
    factories.learner("王芳", 44, hospital)

    typed = newcomer(q="王", person=str(lilei.pk), find="people", roles=[reviewing], way="colleague")
    answer = hanmei.post(ADD, typed).content.decode()

    assert "王芳" in answer
    assert f'value="{lilei.pk}"' in answer
    assert "luo@hospital.example" in answer
    assert "Mulberry-7731" not in answer


def test_who_is_administrator_already_cannot_be_picked(hanmei, reviewing, lilei, hospital):
    factories.membership(lilei, "employer", hospital)

    assert "已经是管理员" in text(hanmei.post(ADD, {"q": "李", "find": "people"}))
    again = hanmei.post(ADD, {"way": "colleague", "person": lilei.pk, "roles": [reviewing]})
    assert "已经有这个身份" in text(again)


def test_somebody_new_is_registered_and_added(hanmei, reviewing):
    done = hanmei.post(ADD, newcomer(roles=[reviewing]), follow=True)

    assert "已为罗婉清提交" in text(done)
    user = User.objects.get(name="罗婉清")
    assert user.mobile == "13900001111"
    assert colleagues.modules(user) == {"registrations"}


def test_a_known_number_gets_the_very_same_page(hanmei, reviewing):
    wangwu = factories.stranger()
    new = hanmei.post(ADD, newcomer(roles=[reviewing]), follow=True)

    known = hanmei.post(ADD, newcomer(roles=[reviewing], id_number=wangwu.id_number), follow=True)

    assert text(known) == text(new)
    assert known.redirect_chain == new.redirect_chain
    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id_number": "110101199003070135"}, "身份证号码不对"),
        ({"id_number": "110101900307013"}, "15 位的旧身份证"),
        ({"id_number": ""}, "填写证件号码"),
        ({"password": "12345678"}, "密码"),
        ({"mobile": "12"}, "手机号应是"),
        ({"email": "luo@"}, "邮箱地址不对"),
        ({"name": "罗\x07婉清"}, "控制字符"),
        ({"name": ""}, "填写证件上的姓名"),
        ({"roles": []}, "至少给一个角色"),
    ],
)
def test_faults_are_said_at_the_field_and_nothing_typed_is_lost(hanmei, reviewing, changed, words):
    answer = hanmei.post(ADD, newcomer(roles=[reviewing]) | changed)

    assert words in text(answer)
    assert b"luo@" in answer.content
    assert not User.objects.filter(email="luo@hospital.example").exists()


@pytest.mark.parametrize("name", ["𬭎㛃", "买买提·艾力"])
def test_rare_characters_and_dots_are_names(hanmei, reviewing, name):
    hanmei.post(ADD, newcomer(roles=[reviewing], name=name))

    assert User.objects.filter(name=name).exists()


def test_the_owner_of_an_account_types_his_password(hanmei, reviewing):
    wangwu = factories.stranger()
    typed = {
        "way": "account",
        "account_type": "resident",
        "account_number": wangwu.id_number.lower(),
        "account_password": factories.PASSWORD,
        "roles": [reviewing],
    }

    wrong = hanmei.post(ADD, typed | {"account_password": "Wrong-2026"})
    unknown = hanmei.post(ADD, typed | {"account_number": factories.id_number(99)})
    done = hanmei.post(ADD, typed, follow=True)

    assert "证件号码或密码不对" in text(wrong)
    assert "证件号码或密码不对" in text(unknown)
    assert b"Wrong-2026" not in wrong.content
    assert "王五已是本单位管理员" in text(done)


def test_a_locked_account_is_said(hanmei, reviewing):
    wangwu = factories.stranger()
    typed = {
        "way": "account",
        "account_type": "resident",
        "account_number": wangwu.id_number,
        "account_password": "Wrong-2026",
        "roles": [reviewing],
    }
    for _ in range(5):
        hanmei.post(ADD, typed)

    assert "分钟后再试" in text(hanmei.post(ADD, typed | {"account_password": factories.PASSWORD}))
    assert not Membership.objects.filter(user=wangwu, kind="employer").exists()


def test_sent_twice_nothing_is_doubled(hanmei, reviewing):
    for _ in range(2):
        hanmei.post(ADD, newcomer(roles=[reviewing]))

    assert Membership.objects.filter(user__name="罗婉清").count() == 1


def test_without_any_role_the_page_says_to_make_one_first(hanmei, lilei):
    assert "先建一个角色" in text(hanmei.get(ADD))


def test_the_done_page_of_nobody_leads_to_the_list(hanmei, reviewing):
    assert hanmei.get("/console/administrators/added/").url == "/console/administrators/"


def test_people_of_another_unit_are_not_found(stranger, hospital, lilei):
    role = Membership.objects.get(user__name="外校管理员")
    colleagues.permission_role("外校角色", "registrations", unit=role.organisation)

    assert "没有这样的人" in text(stranger.post(ADD, {"q": "李", "find": "people"}))
    assert "没有这样的人" in text(stranger.post(ADD, {"q": lilei.id_number, "find": "people"}))


def test_nonsense_is_met_with_words(hanmei, reviewing, lilei):
    for typed in ({"way": "?"}, {"person": "9" * 40}, {"person": "x"}, {"roles": ["x"]}, {"roles": ["999999"]}):
        answer = hanmei.post(ADD, {"way": "colleague", "person": lilei.pk, "roles": [reviewing]} | typed)
        assert answer.status_code == 200
        assert "还有几处需要改一下" in text(answer)
    assert browser_of(colleagues.acting(User.objects.get(name="韩梅"))).get(ADD).status_code == 200
