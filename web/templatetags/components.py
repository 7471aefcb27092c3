"""The design's shared parts as tags and filters. A component gets its inputs by name and never queries."""

import zlib
from decimal import Decimal

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()

SUBJECT_MARKS = {"public": "public", "professional": "pro"}
STATUS_ICONS = {
    "idle": "dash-circle",
    "wait": "hourglass-split",
    "ok": "check-circle-fill",
    "warn": "exclamation-circle-fill",
    "bad": "x-circle-fill",
}
ALERT_KINDS = {
    "success": ("success", "check-circle-fill"),
    "warning": ("warning", "exclamation-triangle-fill"),
    "error": ("danger", "exclamation-circle-fill"),
}
COVER_TONES = 4
# More ticks than this run into one another, so the ring is drawn without them (design guide).
MOST_TICKS = 120


# --- Figures ----------------------------------------------------------------------------------------------------------
@register.filter
def hours(value: Decimal | float | None) -> str:
    """Credit hours without needless zeros: 12, 2.5; nothing is 0."""
    return f"{Decimal(str(value or 0)).normalize():f}"


@register.filter
def yuan(fen: int | None) -> str:
    """An amount kept in fen as people read it: 240 → ¥2.40."""
    whole, rest = divmod(int(fen or 0), 100)
    return f"¥{whole:,}.{rest:02d}"


@register.filter
def clock(milliseconds: int | None) -> str:
    """A length or place in a video: 08:42, 1:02:03."""
    seconds = int(milliseconds or 0) // 1000
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes:02d}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


@register.filter
def subject_mark(subject: str) -> str:
    """The value of `data-subject` for a subject of the catalogue (`public`, `professional`)."""
    return SUBJECT_MARKS.get(subject, "public")


# --- Drawn from figures: every length is an SVG attribute, so the policy needs no inline style ------------------------
@register.inclusion_tag("components/ring.html")
def ring(
    *,
    public: Decimal,
    professional: Decimal,
    public_target: Decimal,
    professional_target: Decimal,
    name: str = "year",
) -> dict[str, object]:
    """The year's ring: one tick an hour, public then professional, each filled up to its own target.

    `name` makes the mask's id unique where a page has more than one ring.
    """
    target = public_target + professional_target
    done = public + professional
    return {
        "name": name,
        "target": target,
        "done": done,
        "public": public,
        "professional": professional,
        "public_target": public_target,
        "professional_target": professional_target,
        "circle": max(target, Decimal(1)),
        "public_drawn": min(public, public_target),
        "professional_drawn": min(professional, professional_target),
        "ticked": 0 < target <= MOST_TICKS,
    }


@register.inclusion_tag("components/meter.html")
def meter(*, done: float, total: float, label: str, subject: str = "public") -> dict[str, object]:
    """A bar towards a target; `label` says in words what it shows."""
    share = min(float(done) / float(total), 1.0) if total else 0.0
    return {"percent": f"{share * 100:.1f}", "label": label, "mark": subject_mark(subject)}


@register.inclusion_tag("components/cover.html")
def cover(title: str, key: object = "", tone: int | None = None) -> dict[str, object]:
    """A class's drawn cover: the first character of its title on its tone, or on one that the key always gives."""
    glyph = next((character for character in title if character.isalnum()), "学")
    drawn = tone or zlib.crc32(str(key or title).encode()) % COVER_TONES + 1
    return {"glyph": glyph.upper(), "tone": drawn}


# --- Small words with a colour ----------------------------------------------------------------------------------------
@register.inclusion_tag("components/subject.html")
def subject_tag(subject: str, hours: Decimal | None = None) -> dict[str, object]:
    """公需科目 or 专业科目, always with its colour and its word; with hours: 公需 12 学时."""
    return {"subject": subject, "mark": subject_mark(subject), "hours": hours}


@register.inclusion_tag("components/status.html")
def status(kind: str, label: str) -> dict[str, object]:
    """A record's state: `kind` is one of ok, wait, warn, bad, idle; the word carries it, not the colour alone."""
    return {"kind": kind, "label": label, "icon": STATUS_ICONS[kind]}


@register.filter
def alert_kind(tags: str) -> str:
    """Bootstrap's alert class for a Django message's level tag."""
    return ALERT_KINDS.get(tags, ("info", ""))[0]


@register.filter
def alert_icon(tags: str) -> str:
    """The icon that goes with `alert_kind`."""
    return ALERT_KINDS.get(tags, ("", "info-circle-fill"))[1]


# --- Forms ------------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, object]:
    """Label, control, help and error of one form field; the control names its help and errors for screen readers."""
    return {"field": bound, "control": control(bound), "hint": hint, "optional": not bound.field.required}


@register.simple_tag
def control(bound: BoundField, **attributes: str) -> SafeString:
    """Only the control of a field, in the design's class; `control form.name autocomplete="name"` adds attributes."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        names = "form-check-input"
    elif isinstance(widget, forms.Select):
        names = "form-select"
    else:
        names = "form-control"
    classes = [names, attributes.pop("class", ""), "is-invalid" if bound.errors else ""]
    attrs = {"class": " ".join(filter(None, classes))}
    attrs |= {name.replace("_", "-"): value for name, value in attributes.items()}
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, object]:
    """Links to the neighbouring pages; the other parameters of the address are kept."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": numbers, "request": context["request"]}


# --- Frame ------------------------------------------------------------------------------------------------------------
class CurrentNavigation(template.Node):
    """Renders what it holds and keeps the text as `nav` for the whole page, so that a block can say it once."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        context["nav"] = self.nodelist.render(context).strip()
        return ""


@register.tag
def current_navigation(parser: Parser, token: Token) -> CurrentNavigation:
    """`{% current_navigation %}{% block nav_current %}{% endblock %}{% endcurrent_navigation %}`, once in a base."""
    nodelist = parser.parse(("endcurrent_navigation",))
    parser.delete_first_token()
    return CurrentNavigation(nodelist)


@register.simple_tag
def site_name() -> str:
    """The site's name where no context stands: pages for when something is broken."""
    return settings.SITE_NAME
