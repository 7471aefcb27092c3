"""Editors write, reviewers publish; what learners hold on to isn't deleted."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Page, PageLogEntry, Workflow

from cms.models import ClassPage, Course, HomePage, SpecialtyPage
from cms.queries import contact, content_version
from cms.services import set_support, set_up
from learning.models import Enrolment
from tests.cms.editing import post_edit, reload
from tests.cms.factories import class_page
from tests.identity import factories as people

pytestmark = pytest.mark.django_db


def test_an_editor_can_write_but_not_publish(editor):
    page = class_page(publish=False)

    post_edit(editor, page, "action-publish", title="改过的题目")

    page = reload(page)
    assert not page.live
    assert page.get_latest_revision_as_object().title == "改过的题目"
    assert not page.permissions_for_user(editor.user).can_publish()


def test_a_reviewer_can_publish(reviewer):
    page = class_page(publish=False)

    post_edit(reviewer, page, "action-publish")

    assert reload(page).live


@pytest.mark.parametrize("who", ["editor", "reviewer"])
def test_neither_sees_users_groups_or_settings_of_the_system(request, who):
    client = request.getfixturevalue(who)

    assert client.get(reverse("wagtailusers_users:index")).status_code in {302, 403}
    assert client.get(reverse("wagtailusers_groups:index")).status_code in {302, 403}


def test_a_learner_does_not_get_into_the_admin(client, site):
    client.force_login(people.learner(), backend="identity.backends.LoginKeyBackend")

    assert client.get(reverse("wagtailadmin_home")).status_code == 302


def test_setting_up_twice_changes_nothing(site):
    pages, groups = Page.objects.count(), Group.objects.count()
    HomePage.objects.update(hero_title="自己写的")

    set_up([("health", "卫生", "heart-pulse"), ("law", "律师", "briefcase")])

    assert (Page.objects.count(), Group.objects.count(), Workflow.objects.count()) == (pages, groups, 1)
    assert HomePage.objects.get().hero_title == "自己写的"


def test_the_30_specialties_come_with_the_site(db):
    set_up()

    assert SpecialtyPage.objects.live().count() == 30


# --- Deleting ---------------------------------------------------------------------------------------------------------
def delete(client, page, **fields):
    return client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), fields)


def test_a_draft_can_be_deleted(root):
    page = class_page(publish=False)

    delete(root, page)

    assert not ClassPage.objects.exists()


def in_bulk(client, page):
    return client.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?id={page.pk}", {})


@pytest.mark.parametrize("way", [delete, in_bulk])
@pytest.mark.parametrize("what", ["class", "list of classes", "specialty"])
def test_what_learners_hold_on_to_is_not_deleted(root, messages_of, clock, what, way):
    page = class_page()
    Enrolment.objects.create(user=people.learner(), class_page=page, syllabus_version=1, enrolled_at=clock.now())
    target = {"class": page, "list of classes": page.get_parent(), "specialty": page.specialty}[what]
    pages = Page.objects.order_by("pk").values_list("pk", "numchild", "live")
    before = list(pages)

    response = way(root, target)

    assert response.status_code == 302
    # In bulk Wagtail itself keeps a specialty that is referred to; its page says by what.
    assert "不能删除" in messages_of(response)[0] or (way, what) == (in_bulk, "specialty")
    assert list(pages) == before
    assert Course.objects.filter(class_page=page).count() == 1
    assert not PageLogEntry.objects.filter(action="wagtail.delete").exists()


# --- Freshness --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", ["publish", "unpublish", "delete", "support"])
def test_the_content_version_changes_with_what_visitors_see(clock, change):
    page = class_page()
    before = content_version()
    assert content_version() == before

    if change == "publish":
        page.save_revision().publish()
    elif change == "unpublish":
        page.unpublish()
    elif change == "delete":
        Page.objects.get(slug="news").delete()
    else:
        set_support(phone="000-12345")

    assert content_version() != before


def test_saving_a_draft_does_not_change_it(clock):
    page = class_page()
    before = content_version()

    page.save_revision()

    assert content_version() == before


def test_the_contact_is_read_once_and_follows_the_setting(site, django_assert_num_queries):
    set_support(phone="000-12345", organiser="示例市人社局")
    assert contact().phone == "000-12345"

    with django_assert_num_queries(0):
        assert contact().organiser == "示例市人社局"

    set_support(phone="000-54321")
    assert contact().phone == "000-54321"
