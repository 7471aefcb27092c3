"""Celery tasks of the media queue. The waiting row is the job; a task only starts it."""

from celery import shared_task
from celery.signals import worker_ready

from core import clock
from media_pipeline import services


@shared_task(name="media_pipeline.transcode_video")
def transcode_video(video_id: int) -> None:
    """Make one waiting video playable."""
    services.transcode(video_id=video_id, clock=clock.now)


@shared_task(name="media_pipeline.sweep_videos")
def sweep_videos() -> None:
    """Send again what a crash lost; by the beat."""
    services.sweep_videos(now=clock.now())


@worker_ready.connect
def send_what_waits(**_: object) -> None:
    """A new worker looks for work of its own accord: the broker's messages may have died with the old one."""
    services.sweep_videos(now=clock.now(), worker_is_new=True)
