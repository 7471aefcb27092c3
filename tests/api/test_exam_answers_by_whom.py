"""PATCH exam-attempts/{id}/answers: whose session or token it is, asked in the fast lane as everywhere else (P5–P7)."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from exams.models import Attempt
from exams.services import save_answers
from identity.models import AccessToken, Membership
from tests.exams.driving import code_of, open_exam, went_fast
from tests.identity import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(examinee):
    """An exam that is longer than a session may idle."""
    return examinee.opens(open_exam(examinee, minutes=600))


@pytest.fixture(params=["browser", "program"])
def sitting(request, examinee, paper):
    """李雷, who has just saved by the fast lane."""
    chosen = examinee if request.param == "browser" else examinee.with_token()
    assert went_fast(save(chosen, paper, 0))
    return chosen


def save(learner, paper, place, **headers):
    question = paper["questions"][0]
    return learner.sends(paper["id"], {"answers": {question["id"]: [question["options"][place]["id"]]}}, **headers)


def is_unchanged(paper):
    question = paper["questions"][0]
    return Attempt.objects.get().answers == {question["id"]: [question["options"][0]["id"]]}


def test_who_has_logged_out_is_asked_to_log_in(sitting, paper):
    assert sitting.post("auth/logout").status_code == 204

    assert save(sitting, paper, 1).status_code == 401
    assert is_unchanged(paper)


def test_a_changed_password_ends_what_was_open_elsewhere(sitting, paper):
    sitting.user.set_password("Another-2026")
    sitting.user.save()

    assert save(sitting, paper, 1).status_code == 401
    assert is_unchanged(paper)


def test_a_closed_account_saves_nothing(sitting, paper):
    sitting.user.is_active = False
    sitting.user.save()

    assert save(sitting, paper, 1).status_code == 401
    assert is_unchanged(paper)


def test_a_one_time_password_is_to_be_changed_first(sitting, paper):
    sitting.user.must_change_password = True
    sitting.user.save()

    assert code_of(save(sitting, paper, 1)) == (403, "password_change_required")
    assert is_unchanged(paper)


def test_a_second_factor_is_to_be_set_up_first(sitting, paper, settings):
    settings.SECOND_FACTOR_FOR = frozenset({"staff"})
    sitting.user.is_staff = True
    sitting.user.save()

    assert code_of(save(sitting, paper, 1)) == (403, "second_factor_setup_required")
    assert is_unchanged(paper)


def test_who_acts_in_another_role_has_no_exam(sitting, paper):
    unit = factories.organisation("示例市第二医院")
    other = factories.membership(sitting.user, "employer", unit, is_super=True)
    assert sitting.post("auth/role", role=str(other.pk)).status_code == 200

    assert code_of(save(sitting, paper, 1)) == (404, "not_found")
    assert is_unchanged(paper)


def test_who_is_no_technician_any_more_has_no_exam(sitting, paper):
    Membership.objects.update(state=Membership.State.ENDED)

    assert save(sitting, paper, 1).status_code in (401, 404)
    assert is_unchanged(paper)


def test_a_session_that_is_gone_saves_nothing(examinee, paper):
    save(examinee, paper, 0)
    key = examinee.client.session.session_key
    examinee.client.session.delete(key)
    Session.objects.filter(session_key=key).delete()

    assert save(examinee, paper, 1).status_code == 401
    assert is_unchanged(paper)


def test_a_session_that_idled_too_long_saves_nothing(examinee, paper, clock, settings):
    save(examinee, paper, 0)
    clock.tick(settings.SESSION_COOKIE_AGE + 1)

    assert save(examinee, paper, 1).status_code == 401
    assert is_unchanged(paper)


def test_a_session_that_saves_does_not_idle(examinee, paper, clock, settings):
    """Every few minutes the fast lane notes the use as every page does, and the cookie lives on."""
    noted = []
    for _ in range(settings.SESSION_COOKIE_AGE // 200 + 2):
        clock.tick(200)
        response = save(examinee, paper, 1)
        assert (response.status_code, went_fast(response)) == (200, True)
        noted.append(settings.SESSION_COOKIE_NAME in response.cookies)

    assert noted[:4] == [False, True, False, True]
    assert examinee.get("exams").status_code == 200


def test_a_session_that_ends_while_it_saves_stays_ended(examinee, paper, clock, monkeypatch):
    """A log-out overtakes the saving of a session whose use is just being noted: it is over, and nothing is saved."""
    save(examinee, paper, 0)
    clock.tick(301)
    key = examinee.client.session.session_key

    def overtaken(**kwargs):
        examinee.client.session.delete(key)
        return save_answers(**kwargs)

    monkeypatch.setattr("api.exam_saving.save_answers", overtaken)

    assert save(examinee, paper, 1).status_code == 401
    assert is_unchanged(paper)
    assert not Session.objects.filter(session_key=key).exists()


def test_a_token_that_has_expired_saves_nothing(examinee, paper, clock):
    program = examinee.with_token()
    AccessToken.objects.update(expiry=clock.now() + timedelta(seconds=100))
    assert went_fast(save(program, paper, 0))
    clock.tick(101)

    assert save(program, paper, 1).status_code == 401
    assert is_unchanged(paper)


def test_an_odd_header_is_nobody(client, paper):
    for header in ("Bearer", "Bearer x", "Bearer \xe4", "Basic x", "Bearer " + "a" * 5000):
        client.defaults["HTTP_AUTHORIZATION"] = header
        response = client.patch(f"/api/v1/exam-attempts/{paper['id']}/answers", {"answers": {}}, "application/json")
        assert response.status_code == 401, header


def test_a_visitor_is_asked_to_log_in(client, paper):
    response = client.patch(f"/api/v1/exam-attempts/{paper['id']}/answers", {"answers": {}}, "application/json")

    assert code_of(response) == (401, "not_authenticated")


def strict(examinee):
    """The same browser, as another site would use it: nothing is added to its requests."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = examinee.client.cookies
    examinee.client = browser
    return examinee


def test_another_site_saves_nothing(examinee, paper):
    save(examinee, paper, 0)

    assert save(strict(examinee), paper, 1).status_code == 403
    assert is_unchanged(paper)


def test_a_page_of_ours_saves_fast(examinee, paper):
    examinee.client.get("/login/")
    mine = strict(examinee)
    mine.client.cookies["csrftoken"] = "a" * 32

    response = save(mine, paper, 1, **{"x-csrftoken": "a" * 32})

    assert (response.status_code, went_fast(response)) == (200, True)


def test_a_token_of_ours_sent_from_another_site_saves_nothing(examinee, paper):
    save(examinee, paper, 0)
    mine = strict(examinee)
    mine.client.cookies["csrftoken"] = "a" * 32

    response = save(mine, paper, 1, **{"x-csrftoken": "a" * 32, "origin": "https://elsewhere.example"})

    assert response.status_code == 403
    assert is_unchanged(paper)


def test_a_program_needs_no_csrf_token(examinee, paper):
    program = examinee.with_token()
    program.client.handler.enforce_csrf_checks = True

    assert save(program, paper, 1).status_code == 200
