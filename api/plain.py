"""Answers and input of plain Django views in the API's one shape of errors."""

import json
import math
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse

from api.statuses import status_of
from core.errors import FieldRefusal, Refusal

MOST_BYTES = 64 * 1024


class BadInput(Exception):
    """What was sent can't be used; `attr` names the field."""

    def __init__(self, attr: str | None, detail: str, code: str = "invalid") -> None:
        self.attr, self.detail, self.code = attr, detail, code
        super().__init__(detail)


def answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON as is; Chinese stays readable."""
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def error(status: int, code: str, detail: str, attr: str | None = None) -> JsonResponse:
    """The contract's shape of errors."""
    kind = "validation_error" if status == 400 else "server_error" if status >= 500 else "client_error"
    return answer({"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]}, status)


def refused(refusal: Refusal) -> JsonResponse:
    """A refusal by its code's status; one that names a wait says it in the header too."""
    attr = refusal.attr if isinstance(refusal, FieldRefusal) else None
    response = error(status_of(refusal), refusal.code, str(refusal), attr)
    wait = getattr(refusal, "wait_seconds", None)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def unknown() -> JsonResponse:
    """Unknown ids and ids of others."""
    return error(404, "not_found", "没有找到")


def raw_body_of(request: HttpRequest) -> bytes:
    """The request's bytes, at most `MOST_BYTES`. Raises BadInput."""
    try:
        raw = request.body
    except RequestDataTooBig:
        raw = None
    if raw is None or len(raw) > MOST_BYTES:
        raise BadInput(None, "内容太长", "too_large")
    return raw


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object. Raises BadInput."""
    try:
        data = json.loads(raw_body_of(request))
    except (ValueError, RecursionError):  # not JSON, or brackets without end
        raise BadInput(None, "内容不是有效的 JSON", "parse_error") from None
    if not isinstance(data, dict):
        raise BadInput(None, "内容应是一个 JSON 对象")
    return data


def number(data: dict[str, Any], name: str, default: float | None = None) -> float:
    """A finite number that isn't negative. Raises BadInput."""
    value = data.get(name, default)
    if value is None:
        raise BadInput(name, "这一项必填", "required")
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise BadInput(name, "应是一个数")
    if value < 0:
        raise BadInput(name, "不能小于 0", "min_value")
    return value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
