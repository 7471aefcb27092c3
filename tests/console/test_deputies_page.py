"""设代理人: naming one, recalling him, what is refused at the field."""

from datetime import timedelta

import pytest

from registry.approvals.models import Deputy
from tests.console.test_review_page import text
from tests.identity import factories
from tests.support.clock import START

DEPUTIES = "/console/deputies/"
TODAY = START.date()


@pytest.fixture
def clerk(hospital):
    user = factories.person("科员", 30)
    return factories.membership(user, "employer", hospital, modules=["registrations"])


def name(client, clerk, last=TODAY + timedelta(days=3)):
    data = {"deputy": clerk.pk, "starts_on": TODAY.isoformat(), "ends_on": last.isoformat()}
    return client.post(DEPUTIES, data, follow=True)


def test_a_colleague_is_named_and_recalled(noted, clerk, hanmei):
    assert "科员" in text(name(hanmei, clerk))

    row = Deputy.objects.get()
    hanmei.post(f"{DEPUTIES}{row.pk}/recall/")

    assert Deputy.objects.get().recalled_at is not None


def test_reversed_dates_are_said_at_the_field_and_nothing_typed_is_lost(noted, clerk, hanmei):
    answer = name(hanmei, clerk, TODAY - timedelta(days=1))

    assert "结束日期不能早于开始日期" in text(answer)
    assert TODAY.isoformat().encode() in answer.content
    assert not Deputy.objects.exists()


def test_without_a_colleague_the_page_says_what_to_do(noted, hanmei):
    assert "还没有第二位管理员" in text(hanmei.get(DEPUTIES))


def test_anothers_deputy_is_not_found(noted, clerk, hanmei, stranger):
    name(hanmei, clerk)

    assert stranger.post(f"{DEPUTIES}{Deputy.objects.get().pk}/recall/").status_code == 404
    assert Deputy.objects.get().recalled_at is None
