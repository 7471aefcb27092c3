"""Units below the acting administrator's own (U3), and a bureau's registers (H1)."""

from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.pagination import PageQuery, page_response, paged_out
from api.schema import errors
from core import clock
from identity.lockout import address_of
from identity.queries import RegisterFilters
from registry.units import services
from registry.units.queries import subordinates
from registry.units.queries.subordinates import UNIT_KINDS, UnitDetail, UnitRow

_FILTERS = ("q", "region", "nature", "level", "industry", "administrator")


class UnitsQuery(PageQuery):
    kind = serializers.ChoiceField(
        UNIT_KINDS,
        label=_("人社部门看全部下级时的类型；不填只列直接下级"),
        required=False,
        allow_blank=True,
        default="",
    )
    q = serializers.CharField(label=_("名称的一段"), max_length=60, required=False, allow_blank=True, default="")
    region = serializers.CharField(label=_("区域代码"), max_length=20, required=False, allow_blank=True, default="")
    nature = serializers.CharField(label=_("单位性质代码"), max_length=20, required=False, allow_blank=True, default="")
    level = serializers.CharField(label=_("级别代码"), max_length=20, required=False, allow_blank=True, default="")
    industry = serializers.CharField(label=_("行业代码"), max_length=20, required=False, allow_blank=True, default="")
    administrator = serializers.CharField(
        label=_("管理员姓名的一段"), max_length=30, required=False, allow_blank=True, default=""
    )
    unstaffed = serializers.BooleanField(label=_("只看没有管理员的"), required=False, default=False)


class UnitAdministratorOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="membership_id")
    name = serializers.CharField()
    super = serializers.BooleanField(source="is_super")


class UnitOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField(help_text=_("employer、department、bureau 或 base"))
    name = serializers.CharField()
    state = serializers.CharField(help_text=_("active 或 in_review"))
    region = serializers.CharField()
    nature = serializers.CharField()
    industry = serializers.CharField()
    level = serializers.CharField()
    technicians = serializers.IntegerField()
    hours_review = serializers.BooleanField(help_text=_("学时审核权限"))
    administrators = UnitAdministratorOut(many=True)


class UnitDetailOut(UnitOut):
    credit_code = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.CharField()
    superior = serializers.CharField(allow_null=True)
    departments = serializers.IntegerField(help_text=_("工作部门数"))
    obstacles = serializers.ListField(child=serializers.CharField(), help_text=_("删除前要清空的"))


class UnitChangesIn(serializers.Serializer[Any]):
    hours_review = serializers.BooleanField(label=_("学时审核权限"))


UnitsOut = paged_out(UnitOut)


def unit_data(row: UnitRow) -> dict[str, Any]:
    """What `UnitOut` is made of; coded columns in words."""
    return {
        "id": row.facts.id,
        "kind": row.facts.kind,
        "name": row.facts.name,
        "state": row.facts.state,
        "region": row.facts.region_name,
        "nature": row.nature,
        "industry": row.industry,
        "level": row.level,
        "technicians": row.technicians,
        "hours_review": row.facts.hours_review,
        "administrators": row.administrators,
    }


def detail_data(unit: UnitDetail) -> dict[str, Any]:
    """What `UnitDetailOut` is made of."""
    return unit_data(unit.row) | {
        "credit_code": unit.facts.credit_code,
        "phone": unit.facts.phone,
        "address": unit.facts.address,
        "superior": unit.superior.name if unit.superior else None,
        "departments": unit.departments,
        "obstacles": list(unit.obstacles),
    }


def _detail(request: Request, unit: int) -> UnitDetail:
    found = subordinates.unit_detail(request.role, unit)
    if found is None:
        raise Http404
    return found


class UnitsView(APIView):
    @extend_schema(
        operation_id="units_list",
        summary=_("下级单位"),
        description=_("直接下级，包括等待审核的；人社部门填 kind 时是各级下属里这一类的。总数数到一万为止。"),
        parameters=[UnitsQuery],
        responses={200: UnitsOut, **errors(404)},
    )
    def get(self, request: Request) -> Response:
        query = UnitsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        if not subordinates.kinds_for(request.role):
            raise Http404
        filters = RegisterFilters(**{name: asked[name] for name in _FILTERS}, unstaffed=asked["unstaffed"])
        if asked["kind"]:
            found = subordinates.register(request.role, asked["kind"], filters=filters, page=asked["page"])
        else:
            found = subordinates.units_below(request.role, filters=filters, page=asked["page"])
        if asked["page"] > found.pages:
            raise Http404
        rows = [unit_data(row) for row in found.rows]
        return page_response(request, UnitsOut, rows, page=found.page, pages=found.pages, count=found.count)


class UnitView(APIView):
    @extend_schema(operation_id="unit", summary=_("一家下级单位"), responses=UnitDetailOut)
    def get(self, request: Request, unit: int) -> Response:
        return Response(UnitDetailOut(detail_data(_detail(request, unit))).data)

    @extend_schema(
        operation_id="unit_hours_review",
        summary=_("给或收回学时审核权限"),
        request=UnitChangesIn,
        responses={200: UnitDetailOut, **errors(409)},
    )
    def patch(self, request: Request, unit: int) -> Response:
        _detail(request, unit)
        asked = UnitChangesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.set_hours_review(
            actor=request.role,
            organisation_id=unit,
            on=asked.validated_data["hours_review"],
            now=clock.now(),
            address=address_of(request._request),
        )
        return Response(UnitDetailOut(detail_data(_detail(request, unit))).data)

    @extend_schema(
        operation_id="unit_delete",
        summary=_("删除下级单位"),
        description=_("没有人、没有下级、没有在审事项时才能删。"),
        responses={204: None, **errors(409)},
    )
    def delete(self, request: Request, unit: int) -> Response:
        services.delete_unit(
            actor=request.role, organisation_id=unit, now=clock.now(), address=address_of(request._request)
        )
        return Response(status=204)


urlpatterns = [
    path("units", UnitsView.as_view(), name="units"),
    path("units/<row:unit>", UnitView.as_view(), name="unit"),
]
