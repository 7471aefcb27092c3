"""消息: one's own inbox (S2)."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.pagination import PageQuery, page_response, paged_out
from core import clock
from registry.inbox import queries, services


class MessagesQuery(PageQuery):
    unread = serializers.BooleanField(label=_("只看未读"), required=False, default=False)


class MessageOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    link = serializers.CharField(help_text=_("本站的地址，可以为空"))
    read = serializers.BooleanField(source="is_read")


MessagesOut = paged_out(MessageOut)


class MessagesView(APIView):
    @extend_schema(
        operation_id="messages_list", summary=_("我的消息"), parameters=[MessagesQuery], responses=MessagesOut
    )
    def get(self, request: Request) -> Response:
        query = MessagesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = queries.messages_of(request.role.user_id, unread=asked["unread"], page=asked["page"])
        pages, count = found.paginator.num_pages, found.paginator.count
        return page_response(request, MessagesOut, list(found), page=asked["page"], pages=pages, count=count)


class MessageReadView(APIView):
    @extend_schema(operation_id="message_read", summary=_("标为已读"), request=None, responses={204: None})
    def post(self, request: Request, message: int) -> Response:
        services.mark_read(user_id=request.role.user_id, message_id=message, now=clock.now())
        return Response(status=204)


urlpatterns = [
    path("messages", MessagesView.as_view(), name="messages"),
    path("messages/<row:message>/read", MessageReadView.as_view(), name="message-read"),
]
