"""What follows when a class page's row changes, in the same transaction."""

from typing import Any

from django.db.models import Q

from cms.publishing.rows import publish_syllabus
from core import clock
from core.grams import grams


def follow_page(page: Any) -> None:
    """Bring the published syllabus and the search index in line with the row just saved."""
    if page.is_going_live:
        publish_syllabus(page=page, now=clock.now())
        _index_title(page)
    else:
        page.title_grams.all().delete()


def _index_title(page: Any) -> None:
    wanted = grams(page.title_key)
    known = set(page.title_grams.values_list("gram", flat=True))
    if known - wanted:
        page.title_grams.filter(~Q(gram__in=wanted)).delete()
    page.title_grams.bulk_create(
        [page.title_grams.model(class_page=page, gram=gram) for gram in sorted(wanted - known)]
    )
