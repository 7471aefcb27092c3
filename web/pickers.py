"""What picker dialogs search (assets/js/picker.js): units, values of a code table, departments of a unit."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from identity import queries
from web.picker_fields import department_choices

PAGE = 20
_MOST_DIGITS = 18
KINDS = ("employer", "department", "bureau", "base")

Found = tuple[list[dict[str, str]], str]


@never_cache
@require_GET
def pick(request: HttpRequest, what: str) -> JsonResponse:
    """`{results: [{value, label, note}], next}`; `next` goes back as `after` for what follows, empty at the end."""
    search = _SEARCHES.get(what)
    if search is None:
        raise Http404
    results, following = search(request.GET, request.GET.get("q", "").replace("\0", "")[:60].strip())
    return JsonResponse({"results": results, "next": following}, json_dumps_params={"ensure_ascii": False})


def _organisations(asked: QueryDict, q: str) -> Found:
    kinds = [kind for kind in asked.get("kind", "").split(",") if kind in KINDS] or list(KINDS)
    rows = queries.find_organisations(kinds=kinds, q=q, after_id=_number(asked.get("after")), limit=PAGE + 1)
    shown = rows[:PAGE]
    results = [
        {"value": str(row.id), "label": row.name, "note": organisation_note(row.nature, row.region_name)}
        for row in shown
    ]
    return results, str(shown[-1].id) if len(rows) > PAGE else ""


def organisation_note(nature: str, region_name: str) -> str:
    """What tells units of one name apart: 事业单位 · 城东区."""
    return " · ".join(filter(None, [queries.label("unit_nature", nature), region_name]))


def _codes(asked: QueryDict, q: str) -> Found:
    offset = min(_number(asked.get("after")), 100_000)
    rows = queries.codes(
        asked.get("table", "").replace("\0", "")[:40],
        q,
        PAGE + 1,
        parent=asked.get("parent", "").replace("\0", "")[:20],
        level=asked.get("level", "").replace("\0", "")[:20],
        offset=offset,
    )
    results = [{"value": row["code"], "label": row["label"], "note": ""} for row in rows[:PAGE]]
    return results, str(offset + PAGE) if len(rows) > PAGE else ""


def _departments(asked: QueryDict, q: str) -> Found:
    choices = department_choices(_number(asked.get("organisation")))
    return [
        {"value": value, "label": label, "note": ""} for value, label in choices if q.casefold() in label.casefold()
    ], ""


def _number(text: str | None) -> int:
    known = text is not None and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if known and text else 0


_SEARCHES: dict[str, Callable[[QueryDict, str], Found]] = {
    "organisations": _organisations,
    "codes": _codes,
    "departments": _departments,
}
