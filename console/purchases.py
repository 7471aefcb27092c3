"""A unit pays for its people (F4): what it bought, choosing a class and seats, the quote, ordering."""

import contextlib
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cms.queries import ClassTerms, class_by_slug, find_classes
from console import refusals
from console.access import administrator
from console.purchase_forms import SeatsForm
from console.purchase_words import FILTERS, PROVIDERS, StateWords, state_words
from core import clock
from core.errors import Refusal
from identity.queries import Technician, technicians_named
from payments.errors import ProviderUnavailable
from payments.queries import (
    OrderView,
    QuotePaper,
    Seats,
    find_people,
    my_order,
    my_order_counts,
    my_orders,
    on_offer,
    quote_pdf,
    seats_of,
    why_no_places,
)
from payments.services import TRANSFER_WITHIN, Quote, begin_payment, place_unit_order, quote

MODULE = "purchases"
A_PAGE = 20
_MOST_ID = 18


# --- The list ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PurchaseRow:
    """An order of the unit with its seats."""

    view: OrderView
    state: StateWords
    seats: Seats


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _MOST_ID else None


@require_GET
@administrator(MODULE)
def purchases(request: HttpRequest) -> HttpResponse:
    """What the unit ordered, the latest first, by state; the next page begins behind the last row of this one."""
    shown = request.GET.get("state", "")
    shown = shown if shown in FILTERS else ""
    before = _number(request.GET.get("before"))
    found = my_orders(request.role, states=FILTERS[shown][1], before=before, most=A_PAGE + 1)
    now, counts = clock.now(), my_order_counts(request.role)
    seats = seats_of([view.order.pk for view in found])
    context = {
        "rows": [PurchaseRow(view, state_words(view, now), seats[view.order.pk]) for view in found[:A_PAGE]],
        "next_before": found[A_PAGE - 1].order.pk if len(found) > A_PAGE else None,
        "is_first": before is None,
        "shown": shown,
        "tabs": [
            (name, label, sum(counts.get(state, 0) for state in states) if states else sum(counts.values()))
            for name, (label, states) in FILTERS.items()
        ],
    }
    return render(request, "console/purchases.html", context)


# --- First: the class -------------------------------------------------------------------------------------------------
@require_GET
@administrator(MODULE)
def new(request: HttpRequest) -> HttpResponse:
    """The classes that cost something and are on offer now."""
    q = request.GET.get("q", "").replace("\0", "")[:60]
    page = _number(request.GET.get("page")) or 1
    listed = find_classes(q=q, free=False, open_now=True, page=page)
    return render(request, "console/purchase_new.html", {"listed": listed, "q": q})


# --- Second and third: seats, the quote -------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@administrator(MODULE)
def order(request: HttpRequest) -> HttpResponse:
    """How many seats and for whom, then the quote; posted to, it is ordered. The price is the server's alone."""
    asked = request.POST if request.method == "POST" else request.GET
    if not asked.get("class"):
        return redirect("console:new-purchase")
    terms = _class(asked["class"])
    chosen = [pk for text in asked.getlist("people") if (pk := _number(text)) is not None]
    form = SeatsForm(asked if "seats" in asked else None, chosen=chosen)
    if not form.is_bound or not form.is_valid() or "confirm" not in asked:
        if "confirm" not in asked and form.is_bound:
            form.errors.clear()  # he is still choosing
        return _choose(request, terms, form, chosen)
    seats, people = form.cleaned_data["seats"], form.cleaned_data["people"]
    try:
        offer = quote(actor=request.role, class_id=terms.id, seats=seats, now=clock.now())
        if request.method == "POST":
            return _place(request, offer, people)
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        refusals.put(form, refusal)
        return _choose(request, terms, form, chosen)
    return _confirm(request, offer, people)


def _class(slug: str) -> ClassTerms:
    return refusals.found(lambda: class_by_slug(slug.replace("\0", "")))


def _choose(request: HttpRequest, terms: ClassTerms, form: SeatsForm, chosen: list[int]) -> HttpResponse:
    q = str(form.data.get("q", "")).replace("\0", "")[:60]
    picked = technicians_named(request.role.organisation_path, chosen)
    found = [person for person in find_people(request.role, q) if person.user_id not in chosen]
    context = {
        "terms": terms,
        "form": form,
        "picked": _with_reasons(terms, picked),
        "found": _with_reasons(terms, found),
        "q": q,
    }
    return render(request, "console/purchase_choose.html", context)


def _with_reasons(terms: ClassTerms, people: list[Technician]) -> list[tuple[Technician, str]]:
    """People with why they couldn't be in the class."""
    reasons = why_no_places(terms.id, [person.user_id for person in people], clock.now())
    return [(person, reasons.get(person.user_id, "")) for person in people]


def _confirm(request: HttpRequest, offer: Quote, people: list[int]) -> HttpResponse:
    picked = _with_reasons(offer.terms, technicians_named(request.role.organisation_path, people))
    fields = [("class", offer.terms.slug), ("seats", offer.seats), *(("people", pk) for pk in people)]
    context = {
        "offer": offer,
        "picked": [person for person, reason in picked if not reason],
        "cannot": [(person, reason) for person, reason in picked if reason],
        "providers": [(name, PROVIDERS[name]) for name in (*on_offer(), "bank")],
        "fields": fields,
        "back": f"{reverse('console:order-purchase')}?{urlencode(fields)}",
        "paper": f"{reverse('console:purchase-quote')}?{urlencode(fields[:2])}",
    }
    return render(request, "console/purchase_confirm.html", context)


def _place(request: HttpRequest, offer: Quote, people: list[int]) -> HttpResponse:
    now = clock.now()
    made = place_unit_order(
        actor=request.role,
        class_id=offer.terms.id,
        seats=offer.seats,
        provider_name=request.POST.get("provider", ""),
        people=people,
        now=now,
    )
    if made.provider != "bank":
        # Where it doesn't answer, the order's page says so, and offers to try again or to pay otherwise.
        with contextlib.suppress(ProviderUnavailable):
            begin_payment(order_id=made.pk, now=now)
    return redirect("console:pay-purchase", no=made.no)


# --- The quote on paper -----------------------------------------------------------------------------------------------
@require_GET
@administrator(MODULE)
def quote_paper(request: HttpRequest) -> HttpResponse:
    """The quote as a PDF, before anything is ordered."""
    seats = _number(request.GET.get("seats"))
    if not request.GET.get("class") or seats is None:
        return redirect("console:new-purchase")
    terms, now = _class(request.GET["class"]), clock.now()
    try:
        offer = refusals.found(lambda: quote(actor=request.role, class_id=terms.id, seats=seats, now=now))
    except Refusal:
        raise Http404 from None
    return _as_pdf(
        QuotePaper(
            unit=request.role.organisation_name,
            title=terms.title,
            price_fen=terms.price_fen,
            seats=seats,
            on=timezone.localdate(now),
            valid_until=offer.valid_until,
        ),
        f"{terms.slug}-{seats}",
    )


@require_GET
@administrator(MODULE)
def order_paper(request: HttpRequest, no: str) -> HttpResponse:
    """The same of an order, at the price frozen with it, with the number that a transfer names."""
    view = refusals.found(lambda: my_order(request.role, no))
    item = view.items[0]
    on: date = timezone.localdate(view.order.created_at)
    return _as_pdf(
        QuotePaper(
            unit=request.role.organisation_name,
            title=item.title,
            price_fen=item.price_fen,
            seats=item.seats,
            on=on,
            valid_until=on + TRANSFER_WITHIN,
            order_no=no,
        ),
        no,
    )


def _as_pdf(paper: QuotePaper, name: str) -> HttpResponse:
    response = HttpResponse(quote_pdf(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
