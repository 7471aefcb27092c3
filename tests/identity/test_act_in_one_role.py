"""One person, several roles; each request acts in exactly one (P7)."""

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry
from identity.acting import NOBODY, ActingRole, find_role, role_for_session, roles_of
from identity.middleware import ActingRoleMiddleware
from identity.models import Membership
from identity.services import on_session_end
from tests.identity import factories
from tests.identity.driving import code_of, masked

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(lilei):
    """李雷, who administers his unit too."""
    factories.membership(lilei, "employer", modules=["hours"])
    return lilei


def role_id(user, kind):
    return str(Membership.objects.get(user=user, kind=kind).pk)


# --- What a role is ---------------------------------------------------------------------------------------------------
def test_a_role_knows_where_it_acts(lilei):
    unit = factories.organisation()

    role = factories.role(lilei)

    assert role == ActingRole(
        user_id=lilei.pk,
        kind="technician",
        membership_id=int(role_id(lilei, "technician")),
        organisation_id=unit.pk,
        organisation_name=factories.HOSPITAL,
        organisation_path=unit.path,
        organisation_kind="employer",
        region_path=unit.region.path,
    )
    assert (role.is_learner, role.is_visitor, role.label) == (True, False, "专业技术人员")


def test_an_administrator_may_what_was_granted(both):
    role = factories.role(both, "employer")

    assert role.may("hours")
    assert not role.may("people")


def test_a_super_administrator_may_everything(hanmei):
    assert factories.role(hanmei, "employer").may("administrators")


def test_staff_are_no_unit(db):
    role = factories.role(factories.staff(), "staff")

    assert (role.id, role.label, role.organisation_id, role.may("people")) == ("staff", "平台工作人员", None, False)


def test_nobody_is_a_visitor():
    assert (NOBODY.is_visitor, NOBODY.id, NOBODY.label, NOBODY.is_learner) == (True, "", "访客", False)


def test_roles_come_learner_first_and_staff_last(both):
    both.is_staff = True
    both.save()

    assert [role.kind for role in roles_of(both)] == ["technician", "employer", "staff"]


# --- Choosing ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("user_type", "acts_as"), [("employer", "employer"), ("technician", "technician")])
def test_the_user_type_preselects_the_role(program, both, user_type, acts_as):
    body = program.logs_in(both, user_type=user_type)

    assert body["role"]["kind"] == acts_as
    assert [role["kind"] for role in body["roles"]] == ["technician", "employer"]
    assert program.get("me").json()["role"]["kind"] == acts_as


def test_a_user_type_one_does_not_have_takes_the_first_role(program, both):
    assert program.logs_in(both, user_type="bureau")["role"]["kind"] == "technician"


def test_a_token_switches_without_logging_in_again(program, both):
    program.logs_in(both)

    answer = program.post("auth/role", {"role": role_id(both, "employer")})

    assert (answer.status_code, answer.json()["role"]["kind"]) == (200, "employer")
    assert program.get("me").json()["role"]["kind"] == "employer"


def test_a_browser_switches_without_logging_in_again(browser, both):
    browser.logs_in(both, factories.role(both))

    answer = browser.post("auth/role", {"role": role_id(both, "employer")})

    assert (answer.status_code, answer.json()["role"]["kind"]) == (200, "employer")
    assert browser.get("me").json()["role"]["kind"] == "employer"


def test_switching_is_written_down_and_ends_what_runs(program, both, clock):
    told = []
    take_back = on_session_end(lambda **what: told.append(what))
    program.logs_in(both)

    program.post("auth/role", {"role": role_id(both, "employer")})

    take_back()
    assert told == [{"user_id": both.pk, "reason": "left", "now": clock.now()}]
    entry = AuditEntry.objects.get(act="role.switch")
    assert (entry.actor_id, entry.acting_as) == (both.pk, f"employer:{role_id(both, 'employer')}")


@pytest.mark.parametrize("door", ["program", "browser"])
def test_somebody_elses_role_is_unknown(request, door, both, hanmei):
    who = request.getfixturevalue(door)
    who.logs_in(both)

    answer = who.post("auth/role", {"role": role_id(hanmei, "employer")})

    assert (answer.status_code, code_of(answer)) == (404, "role_not_yours")
    assert who.get("me").json()["role"]["kind"] == "technician"


@pytest.mark.parametrize("state", ["in_review", "rejected", "ended"])
def test_a_role_that_is_not_valid_cannot_be_taken(program, both, state):
    Membership.objects.filter(kind="employer").update(state=state)
    program.logs_in(both)

    assert program.post("auth/role", {"role": role_id(both, "employer")}).status_code == 404


@pytest.mark.parametrize("wrong", ["staff", "visitor", "-1", "١", "9" * 20, "1 OR 1=1", "𬭎", "0"])
def test_what_is_no_role_of_ones_own_is_unknown(program, lilei, wrong):
    program.logs_in(lilei)

    assert program.post("auth/role", {"role": wrong}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"role": ""}, {"role": None}, {"role": ["1"]}, {"role": "a\0"}])
def test_a_bad_choice_names_its_field(program, lilei, body):
    program.logs_in(lilei)

    answer = program.post("auth/role", body)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "role")


# --- In a session -----------------------------------------------------------------------------------------------------
def test_a_role_that_ended_gives_way_to_what_is_left(browser, both):
    browser.logs_in(both, factories.role(both, "employer"))
    Membership.objects.filter(kind="employer").update(state="ended")

    assert browser.get("me").json()["role"]["kind"] == "technician"


def test_without_any_role_left_one_is_a_visitor(browser, lilei):
    browser.logs_in(lilei, factories.role(lilei))
    Membership.objects.update(state="ended")

    assert browser.get("me").json()["role"] == {"id": "", "kind": "visitor", "organisation": None, "label": "访客"}


@pytest.mark.parametrize("chosen", [True, False])
def test_finding_the_role_takes_two_queries_at_most(lilei, chosen):
    request = RequestFactory().get("/")
    request.user, request.session = lilei, {"role": role_id(lilei, "technician") if chosen else "999"}

    with CaptureQueriesContext(connection) as captured:
        role = role_for_session(request)

    assert role.kind == "technician"
    assert len(captured) == (1 if chosen else 2)


def test_a_request_that_asks_for_no_role_reads_no_session(browser, lilei):
    browser.logs_in(lilei)
    request = RequestFactory().get("/")
    request.session = browser.client.session
    request.session.accessed = False
    AuthenticationMiddleware(lambda request: None).process_request(request)

    ActingRoleMiddleware(lambda request: HttpResponse())(request)
    assert not request.session.accessed

    assert request.role.kind == "technician"
    assert request.session.accessed


def test_a_visitor_has_no_me(browser):
    assert browser.get("me").status_code == 401


def test_me_shows_the_number_masked(browser, both):
    browser.logs_in(both)

    body = browser.get("me").json()

    assert (body["name"], body["id_number_masked"], body["id_type"]) == ("李雷", masked(both), "resident")
    assert both.id_number not in str(body)
    assert len(body["roles"]) == 2


def test_a_role_is_found_by_its_owner_alone(lilei, hanmei):
    assert find_role(lilei, role_id(hanmei, "employer")) is None
