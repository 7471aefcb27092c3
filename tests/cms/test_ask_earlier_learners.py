"""A later syllabus is asked of those who enrolled earlier only where the editor says from when (mechanism 5)."""

from datetime import timedelta

import pytest

from cms.models import SyllabusVersion
from cms.queries import class_terms
from tests.cms.editing import post_edit, reload
from tests.cms.factories import class_page, course, lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_versions(clock):
    """`two_versions(required_from=day)`: a class at version 2, published with that date."""

    def publish(**fields):
        first = lesson("一")
        class_page(courses=[course(lessons=[first])])
        return class_page(courses=[course(lessons=[first, lesson("二")])], **fields)

    return publish


def test_usually_nothing_is_asked(two_versions):
    assert class_terms(two_versions().pk).required_version is None


def test_from_the_day_on_the_version_is_required(two_versions, clock):
    page = two_versions(required_from=clock.now().date() + timedelta(2))

    assert class_terms(page.pk).required_version is None
    clock.tick(2 * 24 * 3600)
    assert class_terms(page.pk).required_version == 2


def test_the_date_of_an_earlier_version_is_not_asked_for_a_later_one(two_versions, clock):
    day = clock.now().date()
    page = two_versions(required_from=day)
    clock.tick(3 * 24 * 3600)

    class_page(courses=[course(lessons=[lesson("三")])], required_from=day)

    terms = class_terms(page.pk)
    assert (terms.version, terms.required_version) == (3, 2)


def test_the_date_can_be_set_and_cleared_without_a_new_version(clock):
    only = [course(lessons=[lesson("一")])]
    page = class_page(courses=only)

    class_page(courses=only, required_from=clock.now().date())
    assert class_terms(page.pk).required_version == 1

    class_page(courses=only)
    assert class_terms(page.pk).required_version is None
    assert SyllabusVersion.objects.count() == 1


def test_an_editor_cannot_ask_for_yesterday(editor, clock):
    page = class_page(publish=False)

    response = post_edit(editor, page, required_from=f"{clock.now().date() - timedelta(1)}")

    assert response.status_code == 200
    assert "不能早于今天" in str(response.context["form"].errors["required_from"])
    assert reload(page).get_latest_revision_as_object().required_from is None
