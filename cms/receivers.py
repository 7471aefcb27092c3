"""What changes the content version: Wagtail tells of it by its own signals, which stay inside this room."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from cms.models import SiteSupport
from cms.services.freshness import invalidate


def content_changed(**_signal: Any) -> None:
    """Something that visitors see is different now."""
    invalidate()


def page_deleted(sender: type, **_signal: Any) -> None:
    """A page of whatever type is gone."""
    if issubclass(sender, Page):
        invalidate()


def connect() -> None:
    """Called once when the application is ready."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(content_changed, dispatch_uid="cms.content_changed")
    post_save.connect(content_changed, sender=SiteSupport, dispatch_uid="cms.support_saved")
    post_delete.connect(page_deleted, dispatch_uid="cms.page_deleted")
