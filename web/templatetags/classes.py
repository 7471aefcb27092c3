"""What the pages of classes, 学习 and the years combine from several rooms, and the small words they share."""

from datetime import datetime, timedelta

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.queries import ClassTerms
from core import clock
from registry.hours.queries import YearTotals
from web.classes import player_address
from web.templatetags.components import hours, status

register = template.Library()

Trail = list[tuple[str, str]]


# --- Time in words ----------------------------------------------------------------------------------------------------
@register.filter
def span_words(milliseconds: int | None) -> str:
    """A length as people say it: 40 秒, 22 分钟, 2 小时 20 分钟."""
    seconds = round(int(milliseconds or 0) / 1000)
    if seconds < 60:
        return _("%(seconds)s 秒") % {"seconds": seconds}
    whole, minutes = divmod(round(seconds / 60), 60)
    if not whole:
        return _("%(minutes)s 分钟") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)s 小时") % {"hours": whole}
    return _("%(hours)s 小时 %(minutes)s 分钟") % {"hours": whole, "minutes": minutes}


@register.filter
def lately(instant: datetime | None) -> str:
    """The day of something, short: 今天, 昨天, 11-03, 2025-11-03."""
    if instant is None:
        return ""
    today = timezone.localdate(clock.now())
    day = timezone.localdate(instant)
    if day == today:
        return _("今天")
    if day == today - timedelta(days=1):
        return _("昨天")
    return date_format(day, "m-d" if day.year == today.year else "Y-m-d", use_l10n=False)


@register.filter
def lately_at(instant: datetime | None) -> str:
    """The day and the time: 昨天 21:16."""
    if instant is None:
        return ""
    return f"{lately(instant)} {timezone.localtime(instant):%H:%M}"


# --- Hours in words ---------------------------------------------------------------------------------------------------
@register.simple_tag
def gap_words(missing: object) -> str:
    """What a subject's year still asks: 还差 6 学时, 已达标."""
    return _("还差 %(hours)s 学时") % {"hours": hours(missing)} if missing else _("已达标")


@register.simple_tag
def missing_words(totals: YearTotals) -> str:
    """What a year still asks, subject by subject: too much of one doesn't stand in for the other."""
    parts = []
    if totals.public_missing:
        parts.append(_("公需 %(hours)s") % {"hours": hours(totals.public_missing)})
    if totals.professional_missing:
        parts.append(_("专业 %(hours)s") % {"hours": hours(totals.professional_missing)})
    return _("还差%(parts)s 学时") % {"parts": "、".join(parts)}


@register.inclusion_tag("components/status.html")
def year_status(totals: YearTotals, this_year: int) -> dict[str, object]:
    """A year's state: complete, under way, or over with something missing."""
    if totals.complete:
        return status("ok", _("已达标"))
    if totals.year >= this_year:
        return status("warn", _("学习中"))
    return status("bad", missing_words(totals))


@register.simple_tag
def hours_rule(terms: ClassTerms) -> str:
    """When the class counts, and to which year (L7)."""
    year = _("%(year)s 年度") % {"year": terms.year} if terms.year else _("学完当年")
    if terms.subject == "public":
        return _("全部小节学完后，%(hours)s 学时一次计入%(year)s公需科目。") % {"hours": hours(terms.hours), "year": year}
    return _("每学完一门课程，这门课程的学时就计入%(year)s专业科目。") % {"year": year}


# --- Addresses --------------------------------------------------------------------------------------------------------
@register.simple_tag
def player_url(enrolment_id: int, lesson_id: int) -> str:
    """Where an enrolled learner watches a lesson."""
    return player_address(enrolment_id, lesson_id)


@register.simple_tag
def me_trail(year: int | None = None) -> Trail:
    """The way to 年度完成情况, or to one year of it."""
    trail = [("/me/", _("我"))]
    if year is None:
        return [*trail, ("", _("年度完成情况"))]
    return [*trail, (reverse("web:years"), _("年度完成情况")), ("", _("%(year)s 年度") % {"year": year})]


@register.simple_tag
def learn_trail(title: str) -> Trail:
    """The way to one of my classes."""
    return [(reverse("web:learn"), _("学习")), ("", title)]
