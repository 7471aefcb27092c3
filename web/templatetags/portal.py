"""Tags of the portal's pages."""

from django import template
from django.template.context import Context

from web.portal import Portal, portal_for

register = template.Library()

NEWS_MARKS = {"notice": "warn", "new_class": "wait", "policy": "ok", "maintenance": "idle"}


@register.simple_tag(takes_context=True)
def portal(context: Context) -> Portal:
    """What the home page shows beside its own content."""
    return portal_for(context["request"])


@register.filter
def news_mark(label: str) -> str:
    """The colour of a piece of news's label, a value of `data-kind`."""
    return NEWS_MARKS.get(label, "idle")


@register.filter
def file_size(size: int | None) -> str:
    """A file's size as people read it: 84 KB, 1.2 MB; nothing where it isn't known."""
    if not size:
        return ""
    kilobytes = size / 1024
    return f"{max(round(kilobytes), 1)} KB" if kilobytes < 1000 else f"{kilobytes / 1024:.1f} MB"
