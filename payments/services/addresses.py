"""Where providers send their callbacks (contract.md)."""

from django.conf import settings


def notify_url(provider_name: str) -> str:
    """The callback's address at this site."""
    return f"{settings.SITE_URL}/payments/callbacks/{provider_name}"
