"""The reference views of the benchmarks, in front of the project's own addresses."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from config.urls import handler403, handler404, handler500
from config.urls import urlpatterns as project

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """A Django view and nothing else: reads its JSON, answers JSON."""
    data = json.loads(request.body) if request.body else {}
    return JsonResponse({"position": data.get("position", 0), "frontier": 0, "quiz": None, "lesson_done": False})


@cache_control(private=True)  # made anew for visitors too: it is what a kept page is compared with
def template(request: HttpRequest) -> HttpResponse:
    """A template behind the project's middleware: a page of text in the site's frame."""
    return render(request, "404.html", {"user_is_asked_for": str(request.user), "role": str(request.role)})


urlpatterns = [path("bench/bare", bare), path("bench/template", template), *project]
