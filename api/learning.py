"""Enrolling (L1)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.schema import errors
from cms.queries import class_by_slug
from core import clock
from learning.services import enrol


class EnrolmentOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    enrolled_at = serializers.DateTimeField()


class EnrolmentView(APIView):
    @extend_schema(
        operation_id="classes_enrol",
        summary=_("报名"),
        description=_("免费班一键报名；已经报名的再报一次答 200，什么也不变。"),
        request=None,
        responses={201: EnrolmentOut, 200: EnrolmentOut, **errors(402, 403)},
    )
    def post(self, request: Request, slug: str) -> Response:
        terms = class_by_slug(slug)
        enrolment, is_new = enrol(actor=request.role, class_id=terms.id, now=clock.now())
        data = {"id": enrolment.pk, "slug": terms.slug, "title": terms.title, "enrolled_at": enrolment.enrolled_at}
        return Response(EnrolmentOut(data).data, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
