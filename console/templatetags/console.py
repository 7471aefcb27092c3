"""Small words of the console's pages. No tag reads anything."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from registry.approvals.queries import CaseView, ToDo
from registry.approvals.services import Line

register = template.Library()

STATES = {
    "open": ("wait", _("审核中")),
    "waiting": ("idle", _("还没轮到")),
    "passed": ("ok", _("已通过")),
    "rejected": ("bad", _("已退回")),
    "withdrawn": ("idle", _("已撤回")),
    "skipped": ("idle", _("不再需要")),
}
_TIMELINE = {
    "passed": ("ok", "check-circle-fill"),
    "rejected": ("bad", "x-circle-fill"),
    "open": ("wait", "hourglass-split"),
}


@register.filter
def waiting(to_dos: Iterable[ToDo]) -> int:
    """How many wait in all."""
    return sum(one.count for one in to_dos)


@register.filter
def days_waited(since: datetime) -> str:
    """已等 3 天; nothing on the first day."""
    days = (timezone.localdate(clock.now()) - timezone.localdate(since)).days
    return ngettext("已等 %(n)s 天", "已等 %(n)s 天", days) % {"n": days} if days > 0 else ""


@register.filter
def state_kind(state: str) -> str:
    """The colour of a case's or step's state."""
    return STATES[state][0]


@register.filter
def state_label(state: str) -> str:
    """A case's or step's state in words."""
    return STATES[state][1]


@register.filter
def timeline_kind(state: str) -> str:
    """`data-kind` of a step in the timeline."""
    return _TIMELINE.get(state, ("", ""))[0]


@register.filter
def timeline_icon(state: str) -> str:
    """The icon of a step in the timeline."""
    return _TIMELINE.get(state, ("", "circle"))[1]


@register.filter
def item(counts: Mapping[int, int], key: int) -> int:
    """The count of a key, 0 for none."""
    return counts.get(key, 0)


@register.filter
def is_diff(case: CaseView) -> bool:
    """Whether the case changes something that was."""
    return any(line.before is not None for line in case.lines)


@register.filter
def changed(lines: Iterable[Line]) -> list[Line]:
    """The lines that change, and those that only state something: who decides reads both first."""
    return [line for line in lines if line.is_changed or line.before is None]


@register.filter
def unchanged(lines: Iterable[Line]) -> list[Line]:
    """The lines that stay as they were."""
    return [line for line in lines if not (line.is_changed or line.before is None)]
