"""The pages of registration: who registers where, the technician's form, what happens next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from registry.people.queries import former_registration
from registry.people.services import register_technician
from web.register.flow import Flow, tell_who_reviews
from web.register.technician_form import TechnicianForm


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The five kinds of registration: who registers where, and who reviews it."""
    return render(request, "web/register/choose.html")


@sensitive_post_parameters("password", "again", "id_number", "captcha")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def technician(request: HttpRequest) -> HttpResponse:
    """Register as a technician (P2)."""
    return _TECHNICIAN.serve(request)


@never_cache
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """注册信息已提交审核，请耐心等待."""
    return tell_who_reviews(request, "web/register/sent.html", "web/register/sending.html")


def _send(request: HttpRequest, form: Any) -> int:
    done = register_technician(
        request=request,
        data=form.registration(),
        captcha_key=form.cleaned_data["captcha_key"],
        captcha_answer=form.cleaned_data["captcha"],
        now=clock.now(),
    )
    return done.organisation_id


_TECHNICIAN = Flow(
    template="web/register/technician.html",
    form=TechnicianForm,
    send=_send,
    former=former_registration,
    sent="web:register-sent",
)
