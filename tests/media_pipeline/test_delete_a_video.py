"""Deleting: everything goes, unless a class uses it."""

from collections.abc import Callable
from typing import Any

import pytest
from wagtail.models import ReferenceIndex

from core.models import AuditEntry
from media_pipeline import services
from media_pipeline.errors import VideoInUse, VideoNotReady
from media_pipeline.models import VideoAsset
from media_pipeline.queries import media_of
from tests.cms import factories as content
from tests.media_pipeline.factories import ready_video, transcoded_video
from tests.support.clock import START

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_deleted_video_takes_all_its_files_along(
    stored: Callable[..., list[str]], django_capture_on_commit_callbacks: Any
) -> None:
    video = transcoded_video("plain")
    assert len(stored()) == 3
    assert media_of(video.pk)

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_video(video_id=video.pk, actor_id=None, now=START)

    assert stored() == []
    with pytest.raises(VideoNotReady):
        media_of(video.pk)
    entry = AuditEntry.objects.get(act="video.delete")
    assert (entry.target_id, entry.before) == (str(video.pk), {"title": "plain"})


@pytest.mark.parametrize("still_in_the_editor", [True, False])
def test_a_video_that_a_class_uses_stays(still_in_the_editor: bool) -> None:
    """Also when an editor has replaced it: learners who began earlier still watch it."""
    content.set_up_site()
    video = ready_video()
    page = content.class_page("kang-fu", [content.course("康复基础", [content.lesson("第一讲", video)])])
    if not still_in_the_editor:
        ReferenceIndex.remove_for_object(page)

    with pytest.raises(VideoInUse, match=page.title if still_in_the_editor else "第一讲"):
        services.delete_video(video_id=video.pk, actor_id=None, now=START)

    assert VideoAsset.objects.filter(pk=video.pk).exists()
    assert not AuditEntry.objects.filter(act="video.delete").exists()
