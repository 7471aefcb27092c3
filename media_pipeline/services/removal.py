"""Deleting a video that no lesson uses."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from wagtail.models import ReferenceIndex

from core import audit
from media_pipeline import queries
from media_pipeline.errors import VideoInUse
from media_pipeline.models import VideoAsset
from media_pipeline.storage import after_commit, remove, remove_folder, video_folder

_SHOWN = 5


@transaction.atomic
def delete_video(*, video_id: int, actor_id: int | None, now: datetime) -> None:
    """Delete a video with all its files. Raises VideoInUse with the places that use it.

    A worker busy with it loses its lease and throws its work away.
    """
    video = VideoAsset.objects.get(pk=video_id)
    drafts = [str(page) for page, _ in ReferenceIndex.get_grouped_references_to(video)]
    if drafts:
        raise VideoInUse(places=_named(drafts))
    try:
        video.delete()
    except ProtectedError as protected:
        raise VideoInUse(places=_named([str(place) for place in protected.protected_objects])) from None
    audit.record(
        act="video.delete",
        now=now,
        actor_id=actor_id,
        acting_as="staff",
        target=("video", video_id),
        before={"title": video.title},
    )
    queries.forget(video_id)
    after_commit(lambda: remove([video.source, video.captions]))
    after_commit(lambda: remove_folder(video_folder(video.public_id)))


def _named(places: list[str]) -> str:
    distinct = sorted(set(places))
    return "、".join(distinct[:_SHOWN]) + ("…" if len(distinct) > _SHOWN else "")
