"""The log's line a request, without what a log must not know."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

_LINK = re.compile(r"^(/password/reset/)[^/]+/[^/]+")


class RequestLogMiddleware(RequestMiddleware):
    """Logs the path alone: a query may hold an ID number that somebody looks for, a mailed link opens an account."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        path = _LINK.sub(r"\g<1>…", request.path)
        return f"{request.method} {path}"
