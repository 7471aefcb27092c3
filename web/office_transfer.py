"""单位调转: asking to belong to another unit (T2)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import Refusal
from identity import queries as identity
from identity.lockout import address_of
from registry.people import queries, services
from web.office_access import movers_only
from web.office_forms import TransferForm, put
from web.picker_fields import FIND


@require_http_methods(["GET", "HEAD", "POST"])
@movers_only
def transfer(request: HttpRequest) -> HttpResponse:
    """The form, or the transfer that waits for the new unit."""
    user_id = request.role.user_id
    place = identity.unit_of_person(user_id)
    has_unit = place is not None
    if request.method != "POST":
        former = queries.former_transfer(user_id)
        initial = former.payload["after"] if former else {"phone": place.phone if place else ""}
        return _page(request, TransferForm(initial=initial, has_unit=has_unit))
    if FIND in request.POST:
        return _page(request, TransferForm.finding(request.POST, has_unit=has_unit))
    form = TransferForm(request.POST, has_unit=has_unit)
    if form.is_valid():
        try:
            services.ask_transfer(actor=request.role, asked=form.asked(), now=clock.now(), address=address_of(request))
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("已提交，等新单位确认"))
            return redirect("web:transfer")
    return _page(request, form)


def _page(request: HttpRequest, form: TransferForm) -> HttpResponse:
    user_id = request.role.user_id
    waits = queries.what_waits(user_id)
    places = identity.units_of_person(user_id)
    context = {
        "form": form,
        "waits": waits,
        "is_waiting": waits is not None and waits.kind == "transfer",
        "former": None if waits else queries.former_transfer(user_id),
        "place": next((place for place in places if place.state == "active"), None),
        "places": places,
    }
    return render(request, "web/office/transfer.html", context)
