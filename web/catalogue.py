"""The catalogue as its pages draw it: set filters as chips, cards with one's own state, numbers of pages (L3)."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.template.loader import get_template
from django.utils.translation import gettext as _

from cms.browsing import CatalogueFilters
from cms.queries import Choice, ClassList, ClassTerms, SpecialtyCount
from identity.acting import ActingRole
from learning.errors import PaymentRequired
from learning.queries import ClassProgress, my_enrolments, why_not
from payments.queries import on_offer

NEIGHBOURS = 1
"""How many page numbers stand on each side of the present one."""


@dataclass(frozen=True)
class Chip:
    """A filter that is set: its words, and the address without it."""

    label: str
    address: str


def address_of(filters: CatalogueFilters) -> str:
    """The query of the list as filtered, from its first page; never empty, so that a link can be made of it."""
    values = {
        "subject": filters.subject,
        "q": filters.q,
        "series": filters.series,
        "region": filters.region,
        "free": filters.free,
        "open": "1" if filters.open else "",
        "sort": "" if filters.sort == "newest" else filters.sort,
    }
    return "?" + urlencode({name: value for name, value in values.items() if value})


def without_filters(filters: CatalogueFilters) -> str:
    """The query of the same list with nothing narrowed: subject and order stay."""
    return address_of(CatalogueFilters(subject=filters.subject, sort=filters.sort))


def chips_of(filters: CatalogueFilters, series: tuple[Choice, ...], regions: tuple[Choice, ...]) -> list[Chip]:
    """What narrows the list, each with the way to take it off."""

    def label(choices: tuple[Choice, ...], value: str) -> str:
        return next((choice.label for choice in choices if choice.value == value), value)

    chips = []
    if filters.q:
        chips.append(Chip(_("含“%(words)s”") % {"words": filters.q}, address_of(replace(filters, q=""))))
    if filters.series:
        chips.append(Chip(label(series, filters.series), address_of(replace(filters, series=""))))
    if filters.region:
        chips.append(Chip(label(regions, filters.region), address_of(replace(filters, region=""))))
    if filters.free:
        chips.append(Chip(_("免费") if filters.free == "1" else _("付费"), address_of(replace(filters, free=""))))
    if filters.open:
        chips.append(Chip(_("现在能报名"), address_of(replace(filters, open=False))))
    return chips


def page_numbers(result: ClassList) -> list[int]:
    """The numbers to offer: the ends and the neighbours of the present page; 0 stands for what is left out."""
    near = range(result.page - NEIGHBOURS, result.page + NEIGHBOURS + 1)
    shown = sorted({1, result.pages} | {number for number in near if 1 <= number <= result.pages})
    numbers: list[int] = []
    for number in shown:
        if numbers and number - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


@lru_cache(maxsize=4_000)
def _drawn(template: str, terms: ClassTerms) -> str:
    """A part of a card that is the same for everybody: drawn once, and again when the terms are other ones."""
    return get_template(template).render({"terms": terms})


@lru_cache(maxsize=64)
def specialty_list(specialties: tuple[SpecialtyCount, ...], chosen: str) -> str:
    """The specialties with their counts, drawn once for each that may be chosen."""
    return get_template("web/catalogue_specialties.html").render({"specialties": specialties, "chosen": chosen})


@dataclass(frozen=True)
class Card:
    """A class in a list; `progress` is one's own, `when` says of its dates what one must know before opening it.

    `can_gather`: this learner may buy it now, alone or with others in one order (X11).
    """

    terms: ClassTerms
    progress: ClassProgress | None
    when: str
    can_gather: bool = False

    @property
    def face(self) -> str:
        return _drawn("web/class_face.html", self.terms)

    @property
    def price(self) -> str:
        return _drawn("web/class_price.html", self.terms)


def cards_of(classes: tuple[ClassTerms, ...], role: ActingRole, today: date) -> list[Card]:
    """The cards for one role on one day; for a visitor no query, for a learner as many however many classes."""
    mine: dict[int, ClassProgress] = {}
    if role.is_learner:
        for card in my_enrolments(role, [terms.id for terms in classes]):
            mine[card.progress.class_id] = card.progress
    buys = role.is_learner and bool(on_offer())
    return [
        Card(
            terms,
            mine.get(terms.id),
            _when(terms, today),
            buys and terms.id not in mine and isinstance(why_not(role, terms, today), PaymentRequired),
        )
        for terms in classes
    ]


def _when(terms: ClassTerms, today: date) -> str:
    if terms.starts_on and today < terms.starts_on:
        return _("%(day)s 开始") % {"day": terms.starts_on}
    if terms.ends_on and today > terms.ends_on:
        return _("已结束")
    return ""
