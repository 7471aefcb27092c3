"""A unit's order with its seats (F4): who has which and how far he is, giving them by name or by code, the list."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from openpyxl import Workbook

from console import refusals
from console.access import administrator
from console.purchase_forms import SeatFilters
from console.purchase_pay import of_unit
from console.purchase_words import SEAT_STATES, UNPAID_STATES, provider_name, state_words, story_lines
from console.purchases import MODULE
from core import clock
from core.errors import Refusal
from identity.queries import technicians_named
from payments.queries import SeatRow, all_seats, find_people, my_order_story, seats_of, seats_page, why_no_places
from payments.services import assign_seat, send_codes, why_no_invoice

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_AT_ONCE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def purchase(request: HttpRequest, no: str) -> HttpResponse:
    """An order with its seats; posting only searches them, so that no code stands in an address."""
    view = of_unit(request, no)
    now, order = clock.now(), view.order
    form = SeatFilters(request.POST if request.method == "POST" else None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    asked_page = request.POST.get("page", "")
    page = int(asked_page) if asked_page.isascii() and asked_page.isdigit() and len(asked_page) < 7 else 1
    is_paid = order.state not in UNPAID_STATES
    listed = seats_page(request.role, no, q=asked.get("q", ""), state=asked.get("state", ""), page=page)
    context = {
        "view": view,
        "order": order,
        "item": view.items[0],
        "state": state_words(view, now),
        "is_paid": is_paid,
        "name": provider_name(order.provider),
        "seats": seats_of([order.pk])[order.pk],
        "form": form,
        "listed": listed,
        "rows": [(row, SEAT_STATES[row.state], progress_words(row)) for row in listed.rows],
        "seat_states": SEAT_STATES.items(),
        "shown": asked.get("state", ""),
        "is_filtered": any(asked.values()),
        "story": story_lines(my_order_story(request.role, no)),
        "invoice": next(iter(view.invoices), None),
        "own_wish": view.wish_of(request.role.user_id),
        "why_no_invoice": why_no_invoice(order) if is_paid else "",
    }
    return render(request, "console/purchase.html", context)


# --- Giving seats -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def give(request: HttpRequest, no: str) -> HttpResponse:
    """Choose people: opened for them at once, or sent a code each that they use when they like."""
    view = of_unit(request, no)
    item = view.items[0]
    if request.method == "POST" and "find" not in request.POST:
        return _give(request, no)
    q = request.POST.get("q", "").replace("\0", "")[:60]
    people = find_people(request.role, q)
    reasons = why_no_places(item.class_page_id, [person.user_id for person in people], clock.now())
    context = {
        "order": view.order,
        "item": item,
        "people": [(person, reasons.get(person.user_id, "")) for person in people],
        "free": seats_of([view.order.pk])[view.order.pk].free,
        "q": q,
        "is_searched": request.method == "POST",
    }
    return render(request, "console/purchase_give.html", context)


def _give(request: HttpRequest, no: str) -> HttpResponse:
    chosen = [int(text) for text in request.POST.getlist("people") if text.isascii() and text.isdigit()]
    chosen = [pk for pk in dict.fromkeys(chosen) if pk < 2**63][:_MOST_AT_ONCE]
    if not chosen:
        messages.info(request, _("先选人"))
        return redirect("console:give-seats", no=no)
    if "send" in request.POST:
        try:
            count = refusals.found(
                lambda: send_codes(actor=request.role, order_no=no, user_ids=chosen, now=clock.now())
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("学习码已发给 %(count)s 人") % {"count": count})
        return redirect("console:purchase", no=no)
    _assign(request, no, chosen)
    return redirect("console:purchase", no=no)


def _assign(request: HttpRequest, no: str, chosen: list[int]) -> None:
    """One by one: who can't is named with the reason, the others have theirs."""
    names = {one.user_id: one.name for one in technicians_named(request.role.organisation_path, chosen)}
    given = 0
    for user_id in chosen:
        try:
            _give_to(request, no, user_id)
        except Refusal as refusal:
            messages.error(request, f"{names.get(user_id, '')} {refusal}".strip())
        else:
            given += 1
    if given:
        words = ngettext("已为 %(count)s 人开通", "已为 %(count)s 人开通", given)
        messages.success(request, words % {"count": given})


def _give_to(request: HttpRequest, no: str, user_id: int) -> None:
    refusals.found(lambda: assign_seat(actor=request.role, order_no=no, user_id=user_id, now=clock.now()))


# --- The list for the unit's own files --------------------------------------------------------------------------------
@require_GET
@administrator(MODULE)
def export(request: HttpRequest, no: str) -> FileResponse:
    """All seats as a workbook: code, who, whether he has begun and finished."""
    of_unit(request, no)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("名额"))
    sheet.append([_("学习码"), _("状态"), _("姓名"), _("学习码发给"), _("使用时间"), _("学习情况")])
    for row in all_seats(request.role, no):
        sheet.append([_cell(text) for text in _texts(row)])
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{no}.xlsx", content_type=XLSX)


def _texts(row: SeatRow) -> list[str]:
    used = f"{timezone.localtime(row.used_at):%Y-%m-%d %H:%M}" if row.used_at else ""
    return [row.code, str(SEAT_STATES[row.state]), row.person, row.sent_to, used, progress_words(row)]


def progress_words(row: SeatRow) -> str:
    """How far who has the seat is; empty where nobody has it."""
    if row.state != "used":
        return ""
    if row.is_finished:
        return _("已学完")
    return _("学习中") if row.has_begun else _("还没开始")


def _cell(text: str) -> str:
    """Never a formula, whatever somebody is called (security.md)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
