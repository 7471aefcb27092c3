"""Slugs as they stand in addresses: Wagtail makes them of titles, so ours are mostly Chinese (L3)."""

from django.urls.converters import StringConverter


class PageSlugConverter(StringConverter):
    """What Wagtail allows in a slug; Django's own `slug` knows ASCII only."""

    regex = r"[-\w]+"
