"""What the pages of classes, 学习 and the years combine from several rooms, and the small words they share."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.queries import ClassTerms, Syllabus
from core import clock
from registry.hours.queries import YearTotals
from web.classes import Offer, class_address, exam_address, player_address
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
    year = _(" %(year)s 年度的") % {"year": terms.year} if terms.year else _("学完当年的")
    if terms.subject == "public":
        return _("全部小节学完后，%(hours)s 学时一次计入%(year)s公需科目。") % {
            "hours": hours(terms.hours),
            "year": year,
        }
    return _("每学完一门课程，这门课程的学时就计入%(year)s专业科目。") % {"year": year}


# --- The class page and the catalogue, which are Wagtail's ------------------------------------------------------------
@register.simple_tag(takes_context=True)
def class_offer(context: Context, terms: ClassTerms, syllabus: Syllabus) -> Offer:
    """What the class offers to who asks: progress, refusal, gap. A visitor's holds nothing of a person."""
    role = context["request"].role
    return Offer(terms=terms, syllabus=syllabus, role=role, today=timezone.localdate(clock.now()))


@register.simple_tag
def act_note(offer: Offer) -> str:
    """The sentence beside the class page's one button: what it does, or why it can't."""
    if offer.progress:
        return _note_for_mine(offer)
    if offer.is_on_sale:
        return _("登录后报名付款，付了马上开通") if offer.role.is_visitor else _("微信、支付宝扫码付款，付了马上开通")
    if offer.needs_payment:
        return _("这个班要付费，本站的在线付费还没有开通。")
    if offer.refusal:
        return str(offer.refusal)
    return _("登录后一键报名，马上可以学") if offer.role.is_visitor else _("一键报名，马上可以学，进度随时保存")


def _note_for_mine(offer: Offer) -> str:
    if offer.progress.completed:
        return _("你已经学完这个班，可以随时回看")
    if offer.closed:
        return str(offer.closed)
    if offer.progress.exam_to_sit:
        return _("“%(course)s”的视频学完了，下一步：考试") % {"course": offer.progress.exam_to_sit.title}
    if offer.progress.percent:
        return _("你已报名，学到 %(percent)s%%") % {"percent": offer.progress.percent}
    return _("你已报名，从第一个视频开始")


@register.simple_tag
def study_dates(terms: ClassTerms) -> str:
    """From when until when the class may be studied, in table style."""
    first, last = terms.starts_on, terms.ends_on
    if first and last:
        words = _("%(first)s 至 %(last)s") % {"first": first, "last": last}
    elif first:
        words = _("%(first)s 起") % {"first": first}
    elif last:
        words = _("到 %(last)s 为止") % {"last": last}
    else:
        return _("随时可以学")
    if terms.grace_until:
        words += _("，已报名的可学到 %(grace)s") % {"grace": terms.grace_until}
    return words


@register.filter
def as_rate(percent: int) -> str:
    """A playing speed: 150 → 1.5."""
    return f"{percent / 100:g}"


@register.simple_tag
def login_url(slug: str) -> str:
    """The login that comes back to the class."""
    return f"{reverse('web:login')}?{urlencode({'next': class_address(slug)})}"


# --- Addresses --------------------------------------------------------------------------------------------------------
@register.simple_tag
def player_url(enrolment_id: int, lesson_id: int) -> str:
    """Where an enrolled learner watches a lesson."""
    return player_address(enrolment_id, lesson_id)


@register.simple_tag
def exam_url(course_id: int) -> str:
    """Where a course's exam begins."""
    return exam_address(course_id)


@register.simple_tag
def year_trail(year: int) -> Trail:
    """The way to one year of mine."""
    return [("/me/", _("我")), (reverse("web:years"), _("年度完成情况")), ("", _("%(year)s 年度") % {"year": year})]


@register.simple_tag
def class_trail(terms: ClassTerms) -> Trail:
    """The way to a class through the catalogue."""
    if terms.subject == "public":
        return [("/catalogue/?subject=public", _("公需科目")), ("", terms.title)]
    trail = [("/catalogue/?subject=professional", _("专业科目"))]
    if terms.specialty_slug:
        trail.append((f"/catalogue/{terms.specialty_slug}/", terms.specialty_title))
    return [*trail, ("", terms.title)]


@register.simple_tag
def learn_trail(title: str) -> Trail:
    """The way to one of my classes."""
    return [(reverse("web:learn"), _("学习")), ("", title)]
