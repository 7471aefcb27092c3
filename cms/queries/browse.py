"""Finding classes (L3): by subject, specialty, any part of a title, series, region, price and dates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.models import ClassPage, ClassTitleGram, SpecialtyPage
from cms.queries.memory import Memory
from cms.queries.site import content_version
from cms.queries.terms import ClassTerms, terms_of
from core import clock, grams
from identity.queries import NONE_CODE, codes, region_paths

CLASSES_A_PAGE = 20
MOST_A_PAGE = 100
MOST_CHOICES = 500

# What every list of classes is framed by; regions and series, which change without a publication, are a minute behind.
_frame = Memory(most=16)
_Found = TypeVar("_Found")

SORTS = {
    "newest": (_("最新发布"), ("-first_published_at", "-pk")),
    "starts": (_("最新开班"), ("-starts_on", "-pk")),
    "hours": (_("学时最多"), ("-hours", "-pk")),
    "price": (_("价格最低"), ("price_fen", "-pk")),
}
"""What a list may be sorted by: key → (words, columns)."""


@dataclass(frozen=True)
class ClassList:
    """A page of classes: `count` in all, this `page` of `pages` (from 1), `classes` as their terms."""

    count: int
    page: int
    pages: int
    classes: tuple[ClassTerms, ...]

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1


@dataclass(frozen=True)
class SpecialtyCount:
    """A specialty with the number of its classes on offer; `icon` is a name of Bootstrap Icons."""

    id: int
    slug: str
    title: str
    icon: str
    count: int

    @property
    def url(self) -> str:
        """The specialty's page."""
        return f"/catalogue/{self.slug}/"


@dataclass(frozen=True)
class Choice:
    """A value that a filter takes, and its words."""

    value: str
    label: str


def find_classes(
    *,
    subject: str | None = None,
    specialty: str | None = None,
    q: str = "",
    series: str | None = None,
    region: str | None = None,
    free: bool | None = None,
    open_now: bool = False,
    sort: str = "newest",
    page: int = 1,
    size: int = CLASSES_A_PAGE,
) -> ClassList:
    """A page of `size` (≤ 100) live classes that fit, in a constant number of queries (at most seven).

    `specialty`: slug. `q`: parts of a title, all of which must occur, whatever width and case. `series`: code.
    `region`: path of the region somebody is in: his classes are those open to it or to one above it, or to all.
    `free`: True free ones, False paid ones. `open_now`: those one may enrol in today by their dates.
    """
    found = _matching(q)
    if subject:
        found = found.filter(subject=subject)
    if specialty:
        found = found.filter(specialty__slug=specialty)
    if series:
        found = found.filter(Exists(_link("title_series", code__code=series)))
    if region is not None:
        found = found.filter(_open_to(region))
    if free is not None:
        found = found.filter(price_fen=0) if free else found.filter(price_fen__gt=0)
    if open_now:
        found = found.filter(_open_on(timezone.localdate(clock.now())))
    columns = SORTS[sort if sort in SORTS else "newest"][1]
    count = found.count()
    size = min(max(1, size), MOST_A_PAGE)
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    first = (page - 1) * size
    ids = list(found.order_by(*columns).values_list("pk", flat=True)[first : first + size])
    terms = terms_of(ids)
    return ClassList(count, page, pages, tuple(terms[pk] for pk in ids if pk in terms))


def _matching(q: str) -> "QuerySet[ClassPage]":
    """Live classes whose title holds every part of the query: narrowed by the index, then compared."""
    found: QuerySet[ClassPage] = ClassPage.objects.live()
    for term in grams.terms(q):
        for gram in sorted(grams.narrowing_grams(term)):
            found = found.filter(pk__in=ClassTitleGram.objects.filter(gram=gram).values("class_page_id"))
        if len(term) > 2:
            found = found.filter(title_key__contains=term)
    return found


def _link(field: str, **conditions: str) -> Any:
    """The rows that tie a class to regions or series."""
    through = getattr(ClassPage, field).through
    return through.objects.filter(classpage_id=OuterRef("pk"), **conditions)


def _open_to(path: str) -> Q:
    step = ClassPage._meta.get_field("regions").related_model.steplen
    ancestors = [path[:end] for end in range(step, len(path) + 1, step)]
    regions = getattr(ClassPage, "regions").through.objects.filter(classpage_id=OuterRef("pk"))  # noqa: B009
    return Q(~Exists(regions)) | Q(Exists(regions.filter(region__path__in=ancestors)))


def _open_on(day: date) -> Q:
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=day)
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return begun & not_over


def specialties_with_counts() -> tuple[SpecialtyCount, ...]:
    """The specialties in the editor's order, each with its classes on offer. No query while the content is the same."""
    return _remembered("specialties", _read_specialties)


def _read_specialties() -> tuple[SpecialtyCount, ...]:
    rows = (
        SpecialtyPage.objects.live()
        .annotate(offered=Count("classes", filter=Q(classes__live=True)))
        .order_by("path")
        .values_list("pk", "slug", "title", "icon", "offered")
    )
    return tuple(SpecialtyCount(*row) for row in rows)


def region_choices() -> tuple[Choice, ...]:
    """The active regions in the order of their tree, by code."""
    return _choices("region")


def series_choices() -> tuple[Choice, ...]:
    """The title series, by code."""
    return _choices("title_series")


def _choices(table: str) -> tuple[Choice, ...]:
    def read() -> tuple[Choice, ...]:
        found = codes(table, limit=MOST_CHOICES)
        return tuple(Choice(row["code"], row["label"]) for row in found if row["code"] != NONE_CODE)

    return _remembered(table, read)


def _remembered(name: str, read: Callable[[], _Found]) -> _Found:
    key = (name, content_version())
    found: _Found | None = _frame.get(key)
    if found is None:
        found = read()
        _frame.put(key, found)
    return found


def region_path(code: str) -> str | None:
    """The path of a region by its code, or None."""
    return next(iter(region_paths([code])), None)
