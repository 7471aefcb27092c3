"""How videos are written in pages."""

from django import template

register = template.Library()


@register.filter
def clock_time(ms: int) -> str:
    """Milliseconds as 4:05 or 1:02:03; empty for an unknown length."""
    if not ms:
        return ""
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
