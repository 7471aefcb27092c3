"""What the pages of registration share: a form is drawn, judged, sent once; the end page says who reviews it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock
from core.errors import FieldRefusal, FieldRefusals, Refusal
from identity import captcha
from identity.errors import Locked
from registry.approvals.queries import reviewer_of
from web.picker_fields import FIND

REGISTER_AGAIN = "register_again"
"""Where the login keeps the case of who was turned back and gave the right password just now."""
_SALT = "register.sent"
_SENDING = "sending"
_SENDING_SECONDS = 60
_SENT_SECONDS = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One kind of registration. `form` makes its form; `send` sends a valid one and gives the id of the organisation
    that reviews it; `former` finds what was turned back, by the case's id; `sent` names the end page's address.
    """

    template: str
    form: Callable[..., Any]
    send: Callable[[HttpRequest, Any], int]
    former: Callable[[int], Any]
    sent: str
    context: dict[str, Any] = field(default_factory=dict)

    def serve(self, request: HttpRequest) -> HttpResponse:
        """The page, and what is sent to it. Scripts get what is wrong as JSON, so that nothing is lost."""
        if request.method != "POST":
            former = self._former(request)
            return self._page(request, self.form(initial=former.values if former else {}))
        if FIND in request.POST:
            return self._page(request, self.form.finding(request.POST))
        earlier = cache.get(_key(request.POST.get("form_key", "")))
        if earlier:  # before it is judged: what was written then may stand in the way now
            return self._lead_on(request, earlier)
        form = self.form(request.POST)
        if not form.is_valid():
            return self._faulty(request, form)
        return self._send_once(request, form)

    def _send_once(self, request: HttpRequest, form: Any) -> HttpResponse:
        """A second click meets the first one's mark, and is led to the same end."""
        key = _key(form.cleaned_data["form_key"])
        if not cache.add(key, _SENDING, _SENDING_SECONDS):
            return self._lead_on(request, cache.get(key) or _SENDING)
        try:
            reviewer_id = self.send(request, form)
        except Refusal as refusal:
            cache.delete(key)
            return self._refused(request, form, refusal)
        except BaseException:
            cache.delete(key)
            raise
        ticket = signing.dumps(reviewer_id, salt=_SALT)
        cache.set(key, ticket, _SENT_SECONDS)
        request.session.pop(REGISTER_AGAIN, None)
        return self._lead_on(request, ticket)

    def _refused(self, request: HttpRequest, form: Any, refusal: Refusal) -> HttpResponse:
        if isinstance(refusal, FieldRefusals):
            form.take(refusal.faults)
        elif isinstance(refusal, FieldRefusal):
            form.take([refusal])
        else:
            form.add_error(None, str(refusal))
        response = self._faulty(request, form)
        if isinstance(refusal, Locked):
            response.status_code = 429
            response["Retry-After"] = str(refusal.wait_seconds)
        return response

    def _faulty(self, request: HttpRequest, form: Any) -> HttpResponse:
        if not request.accepts("text/html"):
            fresh = captcha.new(clock.now())
            faults = {name: str(errors[0]) for name, errors in form.errors.items()}
            answer = {"errors": faults, "captcha": {"key": fresh.key, "image": fresh.image}}
            return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: Any) -> HttpResponse:
        context = {"form": form, "captcha": captcha.new(clock.now()), "former": self._former(request), **self.context}
        return render(request, self.template, context)

    def _former(self, request: HttpRequest) -> Any:
        case_id = request.session.get(REGISTER_AGAIN)
        return self.former(int(case_id)) if case_id else None

    def _lead_on(self, request: HttpRequest, ticket: str) -> HttpResponse:
        """To the end page; while another click of the same form is still being written, to where it is awaited."""
        given = {"form": request.POST["form_key"]} if ticket == _SENDING else {"of": ticket}
        address = f"{reverse(self.sent)}?{urlencode(given)}"
        if not request.accepts("text/html"):
            return JsonResponse({"location": address})
        return redirect(address)


def tell_who_reviews(request: HttpRequest, template: str, sending: str, **context: Any) -> HttpResponse:
    """注册信息已提交审核，请耐心等待: who reviews, how to reach him, how long it takes. `sending` until then."""
    ticket = request.GET.get("of", "")
    if not ticket:
        ticket = cache.get(_key(request.GET.get("form", ""))) or ""
        if ticket == _SENDING:
            response = render(request, sending, context)
            response["Refresh"] = "2"
            return response
    try:
        organisation_id = signing.loads(ticket, salt=_SALT, max_age=_SENT_SECONDS)
    except signing.BadSignature:
        return redirect("web:register")
    told = {"reviewer": reviewer_of(organisation_id), "workdays": settings.REVIEW_WORKDAYS}
    return render(request, template, {**context, **told})


def _key(form_key: str) -> str:
    return f"register.form.{signing.Signer(salt=_SALT).signature(form_key[:64])}"
