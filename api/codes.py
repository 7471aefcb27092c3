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


class CodeOut(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()


class CodesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="codes_list",
        summary=_("代码表"),
        description=_("表名见合同；最多 100 条，用 q 缩小范围。"),
        parameters=[CodesQuery],
        responses=CodeOut(many=True),
    )
    def get(self, request: Request, table: str) -> Response:
        if table not in TABLES:
            raise Http404
        query = CodesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = queries.codes(table, query.validated_data["q"], MOST)
        return Response(CodeOut(found, many=True).data)
