"""我的数据: take it along, see who looked one up, close the account (X7)."""

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import Refusal
from identity import queries as identity
from identity.lockout import address_of
from registry.people import queries, services
from web.office_access import logged_in
from web.office_forms import CloseForm, OwnPasswordForm, put


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def data(request: HttpRequest) -> HttpResponse:
    """What may be done with it; posting the password downloads all of it as one file."""
    form = OwnPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            content = services.take_own_data(
                actor=request.role,
                password=form.cleaned_data["password"],
                now=clock.now(),
                address=address_of(request),
            )
        except Refusal as refusal:
            put(form, refusal)
        else:
            return _file(content)
    context = {"form": form, "look_ups": identity.look_ups_of(request.role.user_id)}
    return render(request, "web/office/data.html", context)


def _file(content: dict[str, object]) -> HttpResponse:
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    day = timezone.localdate(clock.now()).isoformat()
    response["Content-Disposition"] = f'attachment; filename="my-data-{day}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@logged_in
def close(request: HttpRequest) -> HttpResponse:
    """Close the account: says what goes and what stays, asks for the password, and is done for good."""
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.close_account(
                actor=request.role,
                password=form.cleaned_data["password"],
                now=clock.now(),
                address=address_of(request),
            )
        except Refusal as refusal:
            put(form, refusal)
        else:
            logout(request)
            messages.success(request, _("账号已注销"))
            return redirect("/")
    return render(request, "web/office/close.html", {"form": form, "held": queries.what_holds(request.role.user_id)})
