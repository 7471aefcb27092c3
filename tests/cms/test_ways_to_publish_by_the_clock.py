"""Ways to publish without an editor at his browser, by clock and program: written whole, or refused with reasons."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry

from cms import tasks
from cms.errors import PublishRefused
from cms.models import ClassPage
from cms.services import publish_scheduled
from cms.services.schedule import REFUSED_ACTION
from media_pipeline.models import VideoAsset
from tests.cms.editing import reload
from tests.cms.factories import class_page, course, lesson, video
from tests.cms.publications import NOT_READY, assert_published, assert_unpublished, draft

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def scheduled(page: ClassPage) -> ClassPage:
    """Published for a moment that has passed by now."""
    page.go_live_at = timezone.now() + timedelta(seconds=30)
    page.save_revision(clean=False).publish()
    revision = page.get_latest_revision()
    revision.content["go_live_at"] = (timezone.now() - timedelta(seconds=5)).isoformat()
    revision.approved_go_live_at = timezone.now() - timedelta(seconds=5)
    revision.save()
    return page


def test_a_scheduled_first_publication_writes_nothing_before_its_time():
    page = draft(ready=True)
    page.go_live_at = timezone.now() + timedelta(days=1)

    page.save_revision(clean=False).publish()

    assert_unpublished(page)


def test_scheduling_an_unfinished_class_is_refused():
    page = draft()
    page.go_live_at = timezone.now() + timedelta(days=1)

    with pytest.raises(PublishRefused):
        page.save_revision(clean=False).publish()

    assert page.scheduled_revision is None


def test_the_scheduled_task_publishes():
    page = scheduled(draft(ready=True))

    tasks.publish_scheduled()

    assert_published(page)


def test_a_refused_scheduled_class_keeps_no_other_waiting_and_says_so_once():
    bad_clip = video()
    bad = scheduled(class_page("bad", [course(lessons=[lesson("第一讲", bad_clip)])], publish=False))
    VideoAsset.objects.filter(pk=bad_clip.pk).update(state="failed")
    good = scheduled(draft(ready=True, slug="good"))

    first = publish_scheduled(now=timezone.now())
    publish_scheduled(now=timezone.now())

    assert (first.published, first.refused) == (1, 1)
    assert_published(good)
    assert not reload(bad).live
    entry = PageLogEntry.objects.get(action=REFUSED_ACTION)
    assert entry.page_id == bad.pk
    assert NOT_READY in entry.data["reasons"][0]
    assert NOT_READY in entry.message


def test_a_refused_scheduled_class_goes_live_once_its_video_is_ready():
    clip = video()
    page = scheduled(class_page(courses=[course(lessons=[lesson("第一讲", clip)])], publish=False))
    VideoAsset.objects.filter(pk=clip.pk).update(state="processing")
    publish_scheduled(now=timezone.now())

    VideoAsset.objects.filter(pk=clip.pk).update(state="ready")
    publish_scheduled(now=timezone.now())

    assert_published(page)


def test_an_expired_class_is_withdrawn():
    page = class_page()
    ClassPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    assert publish_scheduled(now=timezone.now()).withdrawn == 1

    assert not reload(page).live


def test_the_latest_revision_published_by_program():
    page = draft(ready=True)

    page.get_latest_revision().publish()

    assert_published(page)


def test_the_latest_revision_published_by_program_is_refused():
    page = draft()

    with pytest.raises(PublishRefused):
        page.get_latest_revision().publish()

    assert_unpublished(page)


def test_saving_a_live_row_directly_is_no_way_around():
    page = draft()
    page.live = True

    with pytest.raises(PublishRefused):
        page.save()

    assert_unpublished(page)


def test_a_publication_that_fails_half_way_leaves_nothing(monkeypatch):
    from cms.publishing import follow

    page = draft(ready=True)

    def fail(_page: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(follow, "_index_title", fail)
    with pytest.raises(RuntimeError):
        page.get_latest_revision().publish()

    assert_unpublished(page)
