"""Every address × every kind of role, from the URL configuration itself: what has no declared policy fails
(security.md: one acting role a request, nothing outside it).
"""

import re
from collections.abc import Iterator
from copy import copy

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from exams.services import start_attempt
from identity.acting import modules_of
from identity.models import PermissionRole, WorkDepartment
from learning.models import Enrolment
from payments.models import Order
from registry.inbox.services import send
from tests.api.policies import OPEN_IN_TREES, POLICIES, TREES, Policy
from tests.approvals.factories import applicant, noted_kind, open_noted
from tests.exams import classes
from tests.exams.practising import add_questions
from tests.identity import factories
from tests.support.clock import START

ROLES = ("visitor", "technician", "employer", "department", "bureau", "base", "staff")


ADMINISTRATORS = ("employer", "department", "bureau", "base")


HOLDERS: dict[str, set[str]] = {
    "learner": {"technician"},
    "staff": {"staff"},
    "another's": set(),
    "kept back": set(),
    "administrator": set(ADMINISTRATORS),
    "bureau": {"bureau"},
}
"""Whom a policy lets in, by its word."""


def holders(who: str) -> set[str]:
    """The roles that a policy lets in; of a module, the administrators whose super has it."""
    module = who.removeprefix("module ")
    if who in HOLDERS:
        return HOLDERS[who]
    return {kind for kind in ADMINISTRATORS if module in modules_of(kind, kind)}


def addresses(resolver=None, prefix="") -> Iterator[str]:
    """Every address as the configuration spells it; of a tree of another package, its root."""
    for entry in (resolver or get_resolver()).url_patterns:
        spelled = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern) or (spelled in TREES and _is_foreign(entry)):
            yield spelled
        else:
            yield from addresses(entry, spelled)


def _is_foreign(entry: URLResolver) -> bool:
    return getattr(entry.urlconf_name, "__name__", "").startswith(("wagtail.", "captcha."))


def test_every_address_has_a_policy():
    undeclared = {address for address in addresses() if address not in POLICIES and address not in TREES}

    assert undeclared == set()


def test_no_policy_is_for_an_address_that_is_gone():
    assert {*POLICIES, *TREES} - set(addresses()) == set()


@pytest.fixture
def world(learner, class_of, clock, browsers):
    """A class with a lesson being watched by the technician, and a browser for each kind of role."""
    exam = exam_of(learner)
    page, lessons = class_of([(60, [30])])
    enrolment = learner.enrols(page).json()["id"]
    sitting = learner.starts(lessons[0])
    playlist = sitting.opened["playlist"]
    rendition = next(line for line in learner.get(playlist).text.splitlines() if line and line[0] != "#")
    examples = {
        "slug": page.slug,
        "lesson": str(lessons[0].pk),
        "enrolment": enrolment,
        "year": "2026",
        "table": "degree",
        "watch": sitting.id,
        "ticket": playlist.split("/")[-2],
        "quiz": f"q{lessons[0].quiz_points.get().pk}",
        "window": "0",
        "rendition": rendition.removesuffix(".m3u8"),
        "key": "no-such-key",
        "uid": "MQ",
        "token": "no-such-token",
        "what": "codes",
        "public_id": "00000000-0000-0000-0000-000000000000",
        "path": "no-such-file.ts",
        "signature": "no-such-signature",
        "image_id": "1",
        "filter_spec": "original",
        "name": "wechat",
        **exam,
        **anothers(),
    }
    return browsers, examples


def exam_of(learner) -> dict[str, str]:
    """A course whose exam the technician sits just now, and which he may practise."""
    bank_id = classes.bank()
    page, (course,) = classes.exam_class(classes.exam(bank_id))
    add_questions(bank_id, 1)
    learner.enrols(page)
    classes.watch_all(learner, course)
    attempt, _is_new = start_attempt(actor=factories.role(learner.user), course_id=course.pk, now=learner.clock.now())
    return {"course": str(course.pk), "str:course": f"c{course.pk}", "attempt": str(attempt.public_id)}


def anothers() -> dict[str, str]:
    """Rows of a unit that nobody of the matrix has anything to do with."""
    noted_kind()
    elsewhere = factories.organisation("外市职业学校", region=factories.region("外市", "120100"))
    owner = factories.administrator("外校管理员", 71, elsewhere)
    case = open_noted(elsewhere, applicant())
    role = PermissionRole.objects.create(organisation=elsewhere, kind="employer", name="外校审核员")
    order = Order.objects.create(
        no="20260302ELSEWHERE0",
        user=owner,
        provider="wechat",
        amount_fen=240,
        created_at=START,
        expires_at=START,
        next_look_at=START,
    )
    message = send(user_id=owner.pk, kind="notice", title="外校的消息", now=START)
    return {
        "case": str(case.pk),
        "kind": "noted",
        "unit": str(elsewhere.pk),
        "membership": str(owner.memberships.get().pk),
        "role": str(role.pk),
        "department": str(WorkDepartment.objects.create(organisation=elsewhere, name="外校教务处").pk),
        "message": str(message),
        "no": order.no,
        "person": str(owner.pk),
        "deputy": "999999",
    }


def concrete(address: str, examples: dict[str, str]) -> str:
    """The address with its examples put in; one that the API spells otherwise than the pages is named with its type."""
    return "/" + re.sub(r"<((?:\w+:)?(\w+))>", lambda place: examples.get(place[1]) or examples[place[2]], address)


def ask(client: Client, path: str, policy: Policy):
    if policy.method == "GET":
        return client.get(path)
    kind = "application/json" if policy.body.startswith("{") else "application/x-www-form-urlencoded"
    return client.generic(policy.method, path, policy.body, content_type=kind)


def answers(client: Client, examples: dict[str, str]) -> Iterator[tuple[str, Policy, HttpResponse]]:
    """Every address with what it answers. Each request meets the same world, whatever the one before did to it."""
    cookies = copy(client.cookies)
    for address, policy in POLICIES.items():
        client.cookies = copy(cookies)
        with transaction.atomic():
            yield address, policy, ask(client, concrete(address, examples), policy)
            transaction.set_rollback(True)


def is_sent_to_log_in(response) -> bool:
    if response.status_code == 401:
        return True
    return response.status_code == 302 and response["Location"].startswith(("/login/", "/admin/login/"))


def is_refused(response) -> bool:
    return response.status_code == 403 or is_sent_to_log_in(response)


def is_as_declared(policy: Policy, role: str, response) -> bool:
    """Whether this role was let in or kept out as the policy says."""
    unknown, refused = response.status_code == 404, is_refused(response)
    match policy.who:
        case "machine":
            return unknown
        case "everybody":
            return not refused and response.status_code < 500
        case "capability":
            return unknown == (role != "technician")
        case "ticket":
            return unknown == (role not in ("technician", "visitor"))
    if role == "visitor":
        return is_sent_to_log_in(response)
    if policy.who == "learner, told on the page":
        only_his = Enrolment.objects.count() == 2  # as `world` made them
        return only_his and response.headers.get("Location", "").startswith("/classes/")
    if policy.who in HOLDERS or policy.who.startswith("module "):
        return (unknown or refused) == (role not in holders(policy.who))
    return not refused and response.status_code < 500


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_an_address_lets_in_whom_its_policy_names(world, role):
    clients, examples = world
    client = clients[role]
    client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    faults = {
        address: f"{response.status_code} {response.headers.get('Location', '')}"
        for address, policy, response in answers(client, examples)
        if not is_as_declared(policy, role, response)
    }

    assert faults == {}


def paths_of(tree: str) -> list[str]:
    """The addresses of another package's tree that need no argument, ready to be asked."""
    resolver = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == tree)
    spelled = {re.sub(r"[\^$]|\\Z", "", address) for address in addresses(resolver, tree)}
    return sorted(path for path in spelled if not re.search(r"[<(\\?]", path))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role != "staff"])
@pytest.mark.parametrize("tree", [tree for tree, policy in TREES.items() if policy.who == "staff"])
def test_a_tree_of_the_platform_s_own_people_is_closed_to_all_others(world, tree, role):
    clients, _examples = world
    asked = [path for path in paths_of(tree) if path not in OPEN_IN_TREES]
    assert len(asked) > 20

    answers = {path: clients[role].get(f"/{path}") for path in asked}

    opened = [path for path, answer in answers.items() if not is_refused(answer) and answer.status_code != 404]
    assert not opened, " ".join(opened)
