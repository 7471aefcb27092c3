"""代码表: the values that forms pick from."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import queries

TABLES = (
    "id_type",
    "region",
    "declaration_type",
    "professional_level",
    "department_level",
    "base_level",
    "unit_nature",
    "industry",
    "ethnicity",
    "education",
    "degree",
    "major",
    "rank",
    "title_series",
    "title_level",
    "qualification",
    "professional_qualification",
    "learning_form",
)
MOST = 100


class CodesQuery(serializers.Serializer):
    q = serializers.CharField(
        label=_("查找"),
        help_text=_("名称或代码里的任意一段"),
        max_length=50,
        required=False,
        default="",
        allow_blank=True,
    )
    parent = serializers.CharField(
        label=_("上级"),
        help_text=_("只要直接属于它的：资格按职称系列，专业按专业类或门类，行业按门类，区域按上级区域"),
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
    )
    level = serializers.CharField(
        label=_("级别"),
        help_text=_("只要这个职称级别的资格"),
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
    )
    page = serializers.IntegerField(
        label=_("页"),
        help_text=_("每页 100 条，从 1 起；一页不满 100 条就是最后一页"),
        min_value=1,
        max_value=1000,
        required=False,
        default=1,
    )


class CodeOut(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()


class CodesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="codes_list",
        summary=_("代码表"),
        description=_("表名见合同；一页最多 100 条，用 q、parent、level 缩小范围，用 page 翻页。"),
        parameters=[CodesQuery],
        responses=CodeOut(many=True),
    )
    def get(self, request: Request, table: str) -> Response:
        if table not in TABLES:
            raise Http404
        query = CodesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        offset = (asked["page"] - 1) * MOST
        found = queries.codes(table, asked["q"], MOST, parent=asked["parent"], level=asked["level"], offset=offset)
        return Response(CodeOut(found, many=True).data)
