"""The first page: what waits, what below needs a look (U0, S2)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from console.access import administrator, reviewing
from core import clock
from identity import queries as identity
from registry.approvals.queries import attention_below, deputies_of

_NOON, _EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class Greeting:
    """The words at the top: by the hour of the day, with the days left of the year."""

    words: str
    today: datetime
    days_left: int


def greeting(now: datetime) -> Greeting:
    """上午好, 下午好 or 晚上好."""
    local = timezone.localtime(now)
    words = _("上午好") if local.hour < _NOON else _("下午好") if local.hour < _EVENING else _("晚上好")
    last = local.replace(month=12, day=31)
    return Greeting(words, local, (last.date() - local.date()).days)


@require_GET
@administrator()
def home(request: HttpRequest) -> HttpResponse:
    """To-dos with the overdue ones in red, units below that need a look, figures of one's own people."""
    now, role = clock.now(), request.role
    context = {
        "greeting": greeting(now),
        "attention": attention_below(role, now=now, modules=reviewing(request)),
        "deputies": deputies_of(role, now=now),
        "figures": identity.figures_of(role),
        "workdays": settings.REVIEW_WORKDAYS,
    }
    return render(request, "console/home.html", context)
