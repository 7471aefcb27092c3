"""/healthz, /readyz and /metrics: for the machines that watch over this one."""

import hmac
import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from web import probes


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Database, broker and storage can be used: 200, else 503. Which part fails is told, why is `doctor`'s to say."""
    parts = {name: "fault" if any(probe()) else "ok" for name, probe in probes.READINESS.items()}
    fine = "fault" not in parts.values()
    return JsonResponse({"status": "ok" if fine else "fault", **parts}, status=200 if fine else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures, for this machine itself and whoever knows METRICS_TOKEN; all others get 404."""
    if not (_knows_token(request) or _is_this_machine(request)):
        raise Http404
    return ExportToDjangoView(request)


def _knows_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())


def _is_this_machine(request: HttpRequest) -> bool:
    """Not what a proxy on this machine passes on from elsewhere."""
    if settings.TRUSTED_PROXIES or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
