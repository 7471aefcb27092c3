"""Paged lists: `{count, next, previous, results}`, at most 100 a page."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

_LAST_PAGE = 1_000_000


class PageQuery(serializers.Serializer[Any]):
    """The paging part of a list's query; lists add their filters to it."""

    page = serializers.IntegerField(label=_("页码"), min_value=1, max_value=_LAST_PAGE, default=1)


def paged_out(row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The serializer of a page of `row`, for schema and answer."""
    fields = {
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
    }
    return type(f"Paged{row.__name__}", (serializers.Serializer,), fields)


def page_response(
    request: Request,
    shape: type[serializers.Serializer[Any]],
    results: Sequence[Any],
    *,
    page: int,
    pages: int,
    count: int,
) -> Response:
    """One page of `count` results in `pages` pages. Raises Http404 for a page beyond the last."""
    if page > pages:
        raise Http404
    answer = {
        "count": count,
        "next": _address(request, page + 1) if page < pages else None,
        "previous": _address(request, page - 1) if page > 1 else None,
        "results": results,
    }
    return Response(shape(answer).data)


def _address(request: Request, page: int) -> str:
    query = request.query_params.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
