"""Jobs of the content room."""

from celery import shared_task

from cms import services
from core import clock


@shared_task(name="cms.publish_scheduled")  # beat, every minute
def publish_scheduled() -> None:
    """Publish what is due. A lost or doubled run does no harm: the due revision is the job."""
    services.publish_scheduled(now=clock.now())


@shared_task(name="cms.import_questions")
def import_questions(import_id: int) -> None:
    """Do a waiting import of questions. The row is the job."""
    services.run_import(import_id=import_id, clock=clock.now)


@shared_task(name="cms.sweep_imports")  # beat, every minute
def sweep_imports() -> None:
    """Send imports again that a crash lost."""
    services.sweep_imports(now=clock.now())
