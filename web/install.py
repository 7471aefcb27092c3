"""What makes the site installable on a phone: manifest, service worker, the page it shows without network."""

import json
import zlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from web.version import VERSION

# Everything the offline page needs; nothing that belongs to a person is ever kept (security.md).
OFFLINE_ASSETS = (
    "vendor/bootstrap/css/bootstrap.min.css",
    "vendor/bootstrap-icons/bootstrap-icons.min.css",
    "css/tokens.css",
    "css/components.css",
    "icons/mark.svg",
)


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (M: an installable app)."""
    icon = {"type": "image/png", "purpose": "any"}
    return JsonResponse(
        {
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "lang": "zh-CN",
            "start_url": "/learn/",
            "scope": "/",
            "id": "/",
            "display": "standalone",
            "background_color": "#f3f7f7",
            "theme_color": "#ffffff",
            "icons": [
                icon | {"src": static("icons/app-192.png"), "sizes": "192x192"},
                icon | {"src": static("icons/app-512.png"), "sizes": "512x512"},
                icon | {"src": static("icons/app-maskable-512.png"), "sizes": "512x512", "purpose": "maskable"},
            ],
            "shortcuts": [{"name": _("学习"), "url": "/learn/"}, {"name": _("年度完成情况"), "url": "/me/years/"}],
        },
        content_type="application/manifest+json",
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker; served from the root, for it rules over the folder it comes from."""
    assets = [static(name) for name in OFFLINE_ASSETS]
    page = loader.get_template("offline.html").render()
    # The store's name changes with what is in it, so an old one is thrown away when a new version arrives.
    store = f"offline-{zlib.crc32(json.dumps([page, *assets, VERSION]).encode()):08x}"
    return render(
        request,
        "web/service_worker.js",
        {"assets": mark_safe(json.dumps(assets)), "store": store},  # noqa: S308 addresses of our own files
        content_type="text/javascript",
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page that the service worker keeps."""
    return render(request, "offline.html")
