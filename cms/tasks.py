"""Jobs of the content room."""

from celery import shared_task

from cms import services
from core import clock


@shared_task(name="cms.publish_scheduled")  # beat, every minute
def publish_scheduled() -> None:
    """Publish what is due. A lost or doubled run does no harm: the due revision is the job."""
    services.publish_scheduled(now=clock.now())
