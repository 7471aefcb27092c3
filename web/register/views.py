"""The pages of registration: who registers where, the technician's form, what happens next."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import FieldRefusal, FieldRefusals, Refusal
from identity import captcha
from identity.errors import Locked
from registry.approvals.queries import reviewer_of
from registry.people.queries import former_registration
from registry.people.services import register_technician
from web.picker_fields import FIND
from web.register.technician_form import TechnicianForm

REGISTER_AGAIN = "register_again"
"""Where the login keeps the case of who was turned back and gave the right password just now."""
_SALT = "register.sent"
_SENDING = "sending"
_SENDING_SECONDS = 60
_SENT_SECONDS = 24 * 3600
_UNREAD = ["password", "again", "id_number", "captcha"]


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The five kinds of registration: who registers where, and who reviews it."""
    return render(request, "web/register/choose.html")


@sensitive_post_parameters(*_UNREAD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def technician(request: HttpRequest) -> HttpResponse:
    """Register as a technician. Scripts send the same form and get what is wrong as JSON, so that nothing is lost."""
    if request.method != "POST":
        return _page(request, TechnicianForm(initial=_former_values(request)))
    if FIND in request.POST:
        return _page(request, TechnicianForm.finding(request.POST))
    form = TechnicianForm(request.POST)
    if not form.is_valid():
        return _faulty(request, form)
    return _send(request, form)


def _send(request: HttpRequest, form: TechnicianForm) -> HttpResponse:
    """Send it once: a second click meets the first one's mark, and is led to the same end."""
    key = _key(form.cleaned_data["form_key"])
    if not cache.add(key, _SENDING, _SENDING_SECONDS):
        return _sent(request, cache.get(key) or _SENDING)
    try:
        sent = register_technician(
            request=request,
            data=form.registration(),
            captcha_key=form.cleaned_data["captcha_key"],
            captcha_answer=form.cleaned_data["captcha"],
            now=clock.now(),
        )
    except Refusal as refusal:
        cache.delete(key)
        return _refused(request, form, refusal)
    except BaseException:
        cache.delete(key)
        raise
    ticket = signing.dumps(sent.organisation_id, salt=_SALT)
    cache.set(key, ticket, _SENT_SECONDS)
    request.session.pop(REGISTER_AGAIN, None)
    return _sent(request, ticket)


def _refused(request: HttpRequest, form: TechnicianForm, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, FieldRefusals):
        form.take(refusal.faults)
    elif isinstance(refusal, FieldRefusal):
        form.take([refusal])
    else:
        form.add_error(None, str(refusal))
    response = _faulty(request, form)
    if isinstance(refusal, Locked):
        response.status_code = 429
        response["Retry-After"] = str(refusal.wait_seconds)
    return response


def _faulty(request: HttpRequest, form: TechnicianForm) -> HttpResponse:
    if not request.accepts("text/html"):
        fresh = captcha.new(clock.now())
        faults = {name: str(errors[0]) for name, errors in form.errors.items()}
        answer = {"errors": faults, "captcha": {"key": fresh.key, "image": fresh.image}}
        return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    return _page(request, form)


def _page(request: HttpRequest, form: TechnicianForm) -> HttpResponse:
    context = {"form": form, "captcha": captcha.new(clock.now()), "former": _former(request)}
    return render(request, "web/register/technician.html", context)


def _former(request: HttpRequest) -> Any:
    case_id = request.session.get(REGISTER_AGAIN)
    return former_registration(int(case_id)) if case_id else None


def _former_values(request: HttpRequest) -> dict[str, Any]:
    former = _former(request)
    return former.values if former else {}


# --- What happens next ------------------------------------------------------------------------------------------------
def _key(form_key: str) -> str:
    return f"register.form.{signing.Signer(salt=_SALT).signature(form_key[:64])}"


def _sent(request: HttpRequest, ticket: str) -> HttpResponse:
    """Lead to the end page; while another click of the same form is still being written, to where it is awaited."""
    given = {"form": request.POST["form_key"]} if ticket == _SENDING else {"of": ticket}
    address = f"{reverse('web:register-sent')}?{urlencode(given)}"
    if not request.accepts("text/html"):
        return JsonResponse({"location": address})
    return redirect(address)


@never_cache
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """注册信息已提交审核，请耐心等待: who reviews it, how to reach him, how long it takes."""
    ticket = request.GET.get("of", "")
    if not ticket:
        ticket = cache.get(_key(request.GET.get("form", ""))) or ""
        if ticket == _SENDING:
            response = render(request, "web/register/sending.html")
            response["Refresh"] = "2"
            return response
    try:
        organisation_id = signing.loads(ticket, salt=_SALT, max_age=_SENT_SECONDS)
    except signing.BadSignature:
        return redirect("web:register")
    context = {"reviewer": reviewer_of(organisation_id), "workdays": settings.REVIEW_WORKDAYS}
    return render(request, "web/register/sent.html", context)
