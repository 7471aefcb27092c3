"""Small words of the exam pages."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def time_used(seconds: int | None) -> str:
    """How long somebody took: 40分30秒, 45秒; hours stay minutes, as the time allowed is told."""
    minutes, rest = divmod(int(seconds or 0), 60)
    if not minutes:
        return _("%(seconds)s秒") % {"seconds": rest}
    return _("%(minutes)s分%(seconds)s秒") % {"minutes": minutes, "seconds": rest}


@register.filter
def time_allowed(seconds: int | None) -> str:
    """How long an exam is: 90分钟, to the second only where it isn't whole minutes."""
    minutes, rest = divmod(int(seconds or 0), 60)
    return time_used(seconds) if rest else _("%(minutes)s分钟") % {"minutes": minutes}
