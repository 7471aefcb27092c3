"""How our views become OpenAPI 3.1. One error body for all, and every status that can really come."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

Endpoint = tuple[str, str, str, Callable[..., Any]]


class ErrorItem(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("给程序看的代码"))
    detail = serializers.CharField(help_text=_("给人看的一句话"))
    attr = serializers.CharField(allow_null=True, help_text=_("出错的字段；不属于某个字段时为空"))


class ErrorBody(serializers.Serializer[Any]):
    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorItem(many=True)


_MEANINGS = {
    400: _("内容有误，attr 指出哪一项"),
    401: _("没有登录，或登录已失效"),
    402: _("需要先付款"),
    403: _("不允许，code 说明原因"),
    404: _("没有，或不属于你"),
    406: _("只提供 JSON"),
    409: _("与现状冲突，code 说明原因"),
    410: _("已经结束"),
    415: _("请求内容须为 JSON"),
    429: _("太频繁，按 Retry-After 稍后再试"),
    503: _("支付平台暂时连不上，没有扣款"),
}


def errors(*statuses: int) -> dict[int, OpenApiResponse]:
    """Responses with the error body, for `extend_schema`."""
    return {status: OpenApiResponse(ErrorBody, _MEANINGS[status]) for status in statuses}


class Schema(AutoSchema):
    """Adds to each operation the errors that come from what it is: paged, with a body, behind a login."""

    def get_tags(self) -> list[str]:
        """The first word below /api/v1/."""
        return [self.path.removeprefix(reverse("api:root")).split("/")[0]]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        known = super()._get_response_bodies(direction)
        for status, response in errors(*self._usual_errors()).items():
            known.setdefault(str(status), self._get_response_for_code(response, str(status)))
        return dict(sorted(known.items()))

    def _usual_errors(self) -> list[int]:
        parameters = self._get_parameters()
        places = {parameter["in"] for parameter in parameters}
        # A page beyond the last isn't there; lists with a paginator of their own say so by their `page`.
        is_paged = any(parameter["name"] == "page" for parameter in parameters)
        has_body = bool(self._get_request_body())
        found = {
            400: has_body or "query" in places,
            401: bool(self.view.get_authenticators()),
            # A session that sends no CSRF token.
            403: self.method != "GET" and bool(self.view.get_authenticators()),
            404: "path" in places or is_paged,
            406: True,
            415: has_body,
            429: bool(self.view.get_throttles()),
        }
        return [status for status, comes in found.items() if comes]


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": str(_("POST auth/login 给出的 token"))}


class CookieScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.CookieAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        description = _("网页登录后的会话；写操作还要 X-CSRFToken")
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": str(description)}
