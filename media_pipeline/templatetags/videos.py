"""How videos are written in pages."""

from django import template

from media_pipeline.storage import public_url

register = template.Library()


@register.filter
def clock_time(ms: int) -> str:
    """Milliseconds as 4:05 or 1:02:03; empty for an unknown length."""
    if not ms:
        return ""
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def file_size(size: int) -> str:
    """Bytes as people say them: 512 KB, 38.5 MB, 1.2 GB."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit != "MB" else f"{amount:.1f} MB"
        amount /= 1024
    return f"{amount:.1f} GB"


@register.filter
def media_url(name: str) -> str:
    """The address a browser gets a public media file from."""
    return public_url(name)
