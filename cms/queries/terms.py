"""The terms of a class: what it is, for whom, when, for how much."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from cms.models import ClassPage, SyllabusVersion
from cms.queries.memory import Memory
from core import clock

_kept = Memory(most=2_000)


@dataclass(frozen=True)
class ClassTerms:
    """The published state of a class. Money in fen, `max_rate_pct` in percent, `presence_minutes` 0 for never.

    `region_paths` and `region_names` are empty where the class is open everywhere. `title_series` holds codes,
    `title_series_names` their words: a filter, never a bar. `version` is the current syllabus version.
    """

    id: int
    slug: str
    title: str
    subject: str
    specialty_slug: str
    specialty_title: str
    hours: Decimal
    year: int | None
    price_fen: int
    original_price_fen: int | None
    starts_on: date | None
    ends_on: date | None
    grace_until: date | None
    region_codes: tuple[str, ...]
    region_paths: tuple[str, ...]
    region_names: tuple[str, ...]
    title_series: tuple[str, ...]
    title_series_names: tuple[str, ...]
    max_rate_pct: int
    presence_minutes: int
    summary: str
    cover_tone: int
    version: int
    requirements: tuple[tuple[date, int], ...]
    is_live: bool

    @property
    def required_version(self) -> int | None:
        """The latest version that today even those who enrolled earlier need; None where the editor asked for none."""
        today = timezone.localdate(clock.now())
        return max((number for day, number in self.requirements if day <= today), default=None)

    @property
    def url(self) -> str:
        """The class's page."""
        return f"/classes/{self.slug}/"


def class_terms(class_id: int) -> ClassTerms:
    """The terms of a class that was ever published. One query where they are known already.

    Raises ClassPage.DoesNotExist. An unpublished class has terms too: its learners keep their place.
    """
    found = terms_of([class_id])
    if class_id not in found:
        raise ClassPage.DoesNotExist
    return found[class_id]


def class_by_slug(slug: str) -> ClassTerms:
    """The terms of a class on offer. Raises ClassPage.DoesNotExist for an unknown or unpublished one."""
    class_id = ClassPage.objects.live().filter(slug=slug).values_list("pk", flat=True).first()
    if class_id is None:
        raise ClassPage.DoesNotExist
    return class_terms(class_id)


def terms_of(class_ids: Iterable[int]) -> dict[int, ClassTerms]:
    """The terms of many classes by id; five queries at most, one where all are known. Unknown ids are left out."""
    stamps = ClassPage.objects.filter(pk__in=set(class_ids)).values_list("pk", "published_stamp", "live")
    found: dict[int, ClassTerms] = {}
    missing: dict[int, Any] = {}
    for pk, stamp, live in stamps:
        terms = _kept.get((pk, stamp, live))
        if terms is not None:
            found[pk] = terms
        else:
            missing[pk] = (pk, stamp, live)
    for terms in _read(missing):
        _kept.put(missing[terms.id], terms)
        found[terms.id] = terms
    return found


def stamps_of(class_ids: Iterable[int]) -> dict[int, UUID | None]:
    """What tells one published state of a class from another. One query."""
    return dict(ClassPage.objects.filter(pk__in=set(class_ids)).values_list("pk", "published_stamp"))


def _read(class_ids: Iterable[int]) -> list[ClassTerms]:
    ids = list(class_ids)
    if not ids:
        return []
    versions: dict[int, list[tuple[int, date | None]]] = defaultdict(list)
    rows = SyllabusVersion.objects.filter(class_page_id__in=ids).order_by("number")
    for pk, number, required_from in rows.values_list("class_page_id", "number", "required_from"):
        versions[pk].append((number, required_from))
    pages = (
        ClassPage.objects.filter(pk__in=[pk for pk in ids if pk in versions])
        .select_related("specialty")
        .defer("syllabus", "introduction")
        .prefetch_related("regions", "title_series")
    )
    return [_terms(page, versions[page.pk]) for page in pages]


def preview_terms(page: ClassPage) -> ClassTerms:
    """The terms as a draft would publish them, for the editor's preview; `version` is 0."""
    return _terms(page, [(0, None)])


def _terms(page: ClassPage, versions: list[tuple[int, date | None]]) -> ClassTerms:
    regions = sorted(page.regions.all(), key=lambda region: region.path)
    series = sorted(page.title_series.all(), key=lambda code: (code.sort, code.code))
    return ClassTerms(
        id=page.pk,
        slug=page.slug,
        title=page.title,
        subject=page.subject,
        specialty_slug=page.specialty.slug if page.specialty else "",
        specialty_title=page.specialty.title if page.specialty else "",
        hours=page.hours or Decimal(0),
        year=page.year,
        price_fen=page.price_fen,
        original_price_fen=page.original_price_fen,
        starts_on=page.starts_on,
        ends_on=page.ends_on,
        grace_until=page.grace_until,
        region_codes=tuple(region.code for region in regions),
        region_paths=tuple(region.path for region in regions),
        region_names=tuple(region.name for region in regions),
        title_series=tuple(code.code for code in series),
        title_series_names=tuple(code.label for code in series),
        max_rate_pct=page.max_rate_pct,
        presence_minutes=page.presence_minutes,
        summary=page.summary,
        cover_tone=page.cover_tone,
        version=versions[-1][0],
        requirements=tuple((day, number) for number, day in versions if day),
        is_live=page.live,
    )
