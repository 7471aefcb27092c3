"""Paged lists: `{count, next, previous, results}`, at most 100 a page."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination

MOST_A_PAGE = 100
_LAST_PAGE = 100_000


class PageQuery(serializers.Serializer):
    """The paging part of a list's query; lists add their filters to it."""

    page = serializers.IntegerField(label=_("页码"), min_value=1, max_value=_LAST_PAGE, default=1)
    page_size = serializers.IntegerField(label=_("每页条数"), min_value=1, max_value=MOST_A_PAGE, default=20)


class Pages(PageNumberPagination):
    """Pages by number. Views check the query with `PageQuery` first, so that a bad page is a 400 that names it."""

    page_size_query_param = "page_size"
    max_page_size = MOST_A_PAGE
