"""The catalogue's own tags; what they show is worked out in web/catalogue.py."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.browsing import CatalogueFilters
from cms.queries import Choice, ClassList, ClassTerms, SpecialtyCount
from core import clock
from web import catalogue

register = template.Library()


@register.simple_tag
def catalogue_title(filters: CatalogueFilters, specialty: Any) -> str:
    """The list's name: 公需科目, 专业科目, a specialty, or all."""
    if specialty:
        return str(specialty.title)
    return {"public": _("公需科目"), "professional": _("专业科目")}.get(filters.subject, _("全部班级"))


@register.simple_tag
def catalogue_intro(page: Any, filters: CatalogueFilters) -> str:
    """What the editor wrote, or what this training is about."""
    if filters.subject == "public":
        return _("每个人都要学的科目，学完整个班，学时一次计入。")
    return page.intro or _("选你的专业，学完一门课，学时自动计入。")


@register.simple_tag
def catalogue_trail(filters: CatalogueFilters, specialty: Any) -> list[tuple[str, str]]:
    """The way to the list."""
    home = ("/", _("首页"))
    if specialty:
        return [home, ("/catalogue/?subject=professional", _("专业科目")), ("", str(specialty.title))]
    return [home, ("", catalogue_title(filters, None))]


@register.simple_tag
def catalogue_chips(
    filters: CatalogueFilters, series: tuple[Choice, ...], regions: tuple[Choice, ...]
) -> list[catalogue.Chip]:
    """The filters that are set."""
    return catalogue.chips_of(filters, series, regions)


@register.simple_tag
def catalogue_reset(filters: CatalogueFilters) -> str:
    """The address with nothing narrowed."""
    return catalogue.without_filters(filters)


@register.simple_tag
def specialty_list(specialties: tuple[SpecialtyCount, ...], chosen: str) -> str:
    """The specialties with their counts; `chosen` is a slug or nothing."""
    return catalogue.specialty_list(specialties, chosen or "")


@register.simple_tag
def page_numbers(result: ClassList) -> list[int]:
    """The page numbers to offer; 0 for a gap."""
    return catalogue.page_numbers(result)


@register.inclusion_tag("web/class_cards.html", takes_context=True)
def class_cards(context: Context, classes: tuple[ClassTerms, ...]) -> dict[str, object]:
    """Classes as cards, with one's own state where a learner looks."""
    today = timezone.localdate(clock.now())
    cards = catalogue.cards_of(classes, context["request"].role, today)
    return {"cards": cards, "can_gather": any(card.can_gather for card in cards)}
