"""The permission roles of the acting administrator's organisation and kind (U4)."""

from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.schema import errors
from core import clock
from identity.acting import MODULES, ActingRole
from identity.lockout import address_of
from identity.queries import PermissionRoleFacts
from registry.units import services
from registry.units.modules import ordered
from registry.units.queries import administration

MODULE_CODES = sorted(MODULES)


def need(role: ActingRole, *modules: str) -> None:
    """Raises Http404 where the role has none of these modules."""
    if not role.is_administrator or not any(role.may(module) for module in modules):
        raise Http404


class PermissionRoleOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    note = serializers.CharField()
    modules = serializers.ListField(child=serializers.ChoiceField(MODULE_CODES))
    holders = serializers.IntegerField(help_text=_("几位管理员在用"))


class PermissionRoleIn(serializers.Serializer[Any]):
    name = serializers.CharField(label=_("角色名称"), max_length=30)
    note = serializers.CharField(label=_("说明"), max_length=100, required=False, allow_blank=True)
    modules = serializers.ListField(
        child=serializers.ChoiceField(MODULE_CODES), label=_("权限模块"), min_length=1, max_length=len(MODULE_CODES)
    )


class PermissionRoleChangesIn(PermissionRoleIn):
    """What is left out stays as it is. Modules that one lacks oneself must be sent back as they are."""

    name = serializers.CharField(label=_("角色名称"), max_length=30, required=False)
    modules = serializers.ListField(
        child=serializers.ChoiceField(MODULE_CODES),
        label=_("权限模块"),
        min_length=1,
        max_length=len(MODULE_CODES),
        required=False,
    )
    confirm_self = serializers.BooleanField(label=_("会收回自己的权限时确认"), required=False, default=False)


def role_data(one: PermissionRoleFacts) -> dict[str, Any]:
    """What `PermissionRoleOut` is made of."""
    return {
        "id": one.id,
        "name": one.name,
        "note": one.note,
        "modules": ordered(one.modules),
        "holders": one.holders,
    }


def _role(request: Request, role: int) -> PermissionRoleFacts:
    found = administration.role(request.role, role)
    if found is None:
        raise Http404
    return found


class RolesView(APIView):
    @extend_schema(
        operation_id="roles_list",
        summary=_("本单位的角色"),
        responses={200: PermissionRoleOut(many=True), **errors(404)},
    )
    def get(self, request: Request) -> Response:
        need(request.role, "roles", "administrators")
        known = administration.roles(request.role)
        return Response(PermissionRoleOut([role_data(one) for one in known[:100]], many=True).data)

    @extend_schema(
        operation_id="role_create",
        summary=_("新建角色"),
        request=PermissionRoleIn,
        responses={201: PermissionRoleOut, **errors(404)},
    )
    def post(self, request: Request) -> Response:
        need(request.role, "roles")
        asked = PermissionRoleIn(data=request.data)
        asked.is_valid(raise_exception=True)
        role_id = services.create_role(
            actor=request.role,
            name=asked.validated_data["name"],
            note=asked.validated_data.get("note", ""),
            modules=asked.validated_data["modules"],
            now=clock.now(),
            address=address_of(request._request),
        )
        return Response(PermissionRoleOut(role_data(_role(request, role_id))).data, status=201)


class RoleView(APIView):
    @extend_schema(operation_id="role", summary=_("一个角色"), responses=PermissionRoleOut)
    def get(self, request: Request, role: int) -> Response:
        return Response(PermissionRoleOut(role_data(_role(request, role))).data)

    @extend_schema(
        operation_id="role_edit",
        summary=_("改角色"),
        description=_("用它的管理员马上跟着变。"),
        request=PermissionRoleChangesIn,
        responses={200: PermissionRoleOut, **errors(409)},
    )
    def patch(self, request: Request, role: int) -> Response:
        before = _role(request, role)
        asked = PermissionRoleChangesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        services.edit_role(
            actor=request.role,
            role_id=role,
            name=data.get("name", before.name),
            note=data.get("note", before.note),
            modules=data.get("modules", before.modules),
            confirmed=data["confirm_self"],
            now=clock.now(),
            address=address_of(request._request),
        )
        return Response(PermissionRoleOut(role_data(_role(request, role))).data)

    @extend_schema(operation_id="role_delete", summary=_("删除角色"), responses={204: None, **errors(400, 409)})
    def delete(self, request: Request, role: int) -> Response:
        services.delete_roles(
            actor=request.role, role_ids=[role], now=clock.now(), address=address_of(request._request)
        )
        return Response(status=204)


urlpatterns = [
    path("roles", RolesView.as_view(), name="roles"),
    path("roles/<row:role>", RoleView.as_view(), name="role"),
]
