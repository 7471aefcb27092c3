"""Publishing and withdrawing at the hour an editor set."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from cms.errors import PublishRefused

REFUSED_ACTION = "cms.publish_refused"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How many pages went live, were refused, were withdrawn."""

    published: int
    refused: int
    withdrawn: int


def publish_scheduled(*, now: datetime) -> Outcome:
    """Withdraw what has expired and publish what is due, each on its own: a refused class keeps nobody else waiting.

    A refused one stays due and is tried again; the first refusal is written into the page's history, where its editors
    find the reasons. Safe to call twice.
    """
    withdrawn = 0
    for page in Page.objects.live().filter(expire_at__lt=now).order_by("expire_at"):
        page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        withdrawn += 1
    published = refused = 0
    for revision in Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at"):
        if _publish(revision):
            published += 1
        else:
            refused += 1
    return Outcome(published, refused, withdrawn)


def _publish(revision: Revision) -> bool:
    try:
        with transaction.atomic():
            revision.publish(log_action="wagtail.publish.scheduled")
    except PublishRefused as refusal:
        _tell(revision, list(refusal.reasons))
    except (ValidationError, IntegrityError) as fault:
        _tell(revision, [str(fault)])
    else:
        return True
    return False


def _tell(revision: Revision, reasons: list[str]) -> None:
    logger.warning("scheduled publication refused: page %s: %s", revision.object_id, "; ".join(reasons))
    if not PageLogEntry.objects.filter(action=REFUSED_ACTION, revision=revision).exists():
        log(instance=revision.content_object, action=REFUSED_ACTION, revision=revision, data={"reasons": reasons})
