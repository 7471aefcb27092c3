"""What the pages of the catalogue and of a class show: read from their address, asked of `cms.queries`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from cms.queries import (
    SORTS,
    Choice,
    class_terms,
    drafted_syllabus,
    find_classes,
    region_choices,
    series_choices,
    specialties_with_counts,
    syllabus_of,
)
from cms.queries.browse import region_path
from cms.queries.terms import preview_terms
from core import clock

SUBJECTS = ("public", "professional")
MOST_LETTERS = 100


@dataclass(frozen=True)
class CatalogueFilters:
    """What the address asks for; anything unknown in it is left out.

    `q`, `subject` (public, professional or empty), `series` and `region` (codes), `free` ("1", "0" or empty),
    `open` (bool), `sort` (key of `SORTS`), `page` (from 1).
    """

    q: str = ""
    subject: str = ""
    series: str = ""
    region: str = ""
    free: str = ""
    open: bool = False
    sort: str = "newest"
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> "CatalogueFilters":
        """Read them from an address."""
        page = query.get("page", "1")
        subject, free, sort = query.get("subject", ""), query.get("free", ""), query.get("sort", "")
        return cls(
            q=query.get("q", "").replace("\x00", "").strip()[:MOST_LETTERS],
            subject=subject if subject in SUBJECTS else "",
            series=query.get("series", "").replace("\x00", "")[:20],
            region=query.get("region", "").replace("\x00", "")[:20],
            free=free if free in {"0", "1"} else "",
            open=query.get("open") == "1",
            sort=sort if sort in SORTS else "newest",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def any_set(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.q or self.series or self.region or self.free or self.open)

    @property
    def without_page(self) -> str:
        """The address's query without the page, for links to other pages; ends in & where it isn't empty."""
        values = {
            "q": self.q,
            "subject": self.subject,
            "series": self.series,
            "region": self.region,
            "free": self.free,
            "open": "1" if self.open else "",
            "sort": "" if self.sort == "newest" else self.sort,
        }
        text = urlencode({name: value for name, value in values.items() if value})
        return f"{text}&" if text else ""


def catalogue_context(query: QueryDict, specialty: Any = None) -> dict[str, Any]:
    """What the catalogue's templates get, in a constant number of queries.

    `filters` (CatalogueFilters), `result` (`cms.queries.ClassList`), `specialty` (SpecialtyPage or None),
    `specialties` (tuple of SpecialtyCount), `regions`, `title_series`, `sorts` (tuples of Choice).
    """
    filters = CatalogueFilters.from_query(query)
    result = find_classes(
        subject=filters.subject or None,
        specialty=specialty.slug if specialty else None,
        q=filters.q,
        series=filters.series or None,
        region=region_path(filters.region) if filters.region else None,
        free=None if not filters.free else filters.free == "1",
        open_now=filters.open,
        sort=filters.sort,
        page=filters.page,
    )
    return {
        "filters": filters,
        "result": result,
        "specialty": specialty,
        "specialties": specialties_with_counts(),
        "regions": region_choices(),
        "title_series": series_choices(),
        "sorts": tuple(Choice(key, str(words)) for key, (words, _columns) in SORTS.items()),
    }


def class_context(page: Any, *, is_preview: bool) -> dict[str, Any]:
    """What a class's template gets: `terms` (ClassTerms), `syllabus` (Syllabus), `today`.

    An editor's preview shows the draft: terms and syllabus as they would be published.
    """
    if is_preview:
        terms, syllabus = preview_terms(page), drafted_syllabus(page)
    else:
        terms = class_terms(page.pk)
        syllabus = syllabus_of(page.pk, terms.version)
    return {"terms": terms, "syllabus": syllabus, "today": timezone.localdate(clock.now())}
