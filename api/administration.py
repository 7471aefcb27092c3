"""Administrators and their roles (U2, U4) of the acting administrator's organisation and kind."""

from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import IdField
from api.permission_roles import MODULE_CODES, need
from api.schema import errors
from core import clock
from identity.lockout import address_of
from identity.queries import AdministratorFacts
from registry.units import services
from registry.units.modules import ordered
from registry.units.queries import administration

WAYS = ("colleague", "new", "account")
_NEEDED = {
    "colleague": ("person",),
    "new": ("id_type", "id_number", "name", "mobile", "email", "password"),
    "account": ("id_type", "id_number", "password"),
}


# --- Administrators ---------------------------------------------------------------------------------------------------
class NamedOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class AdministratorOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    id_number_masked = serializers.CharField()
    mobile_masked = serializers.CharField()
    super = serializers.BooleanField()
    roles = NamedOut(many=True)
    modules = serializers.ListField(child=serializers.ChoiceField(MODULE_CODES))
    last_login = serializers.DateTimeField(allow_null=True)
    since = serializers.DateTimeField()


class AdministratorsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(label=_("姓名的一段"), max_length=60, required=False, allow_blank=True, default="")
    role = serializers.CharField(label=_("角色的编号"), max_length=18, required=False, allow_blank=True, default="")


class RolesIn(serializers.Serializer[Any]):
    roles = serializers.ListField(child=IdField(), label=_("角色的编号"), min_length=1, max_length=50)
    confirm_self = serializers.BooleanField(label=_("会收回自己的权限时确认"), required=False, default=False)

    def ids(self) -> list[int]:
        """The roles' ids."""
        return [int(text) for text in self.validated_data["roles"]]


class NewAdministratorIn(RolesIn):
    """Three ways: `colleague` takes `person`; `new` registers somebody; `account` proves an existing one."""

    confirm_self = None
    way = serializers.ChoiceField(WAYS, label=_("怎么加：本单位人员、新注册、已有账号"))
    person = serializers.RegexField(r"^[0-9]{1,18}$", label=_("本单位人员的编号"), required=False)
    id_type = serializers.CharField(label=_("证件类型"), max_length=20, required=False)
    id_number = serializers.CharField(label=_("证件号码"), max_length=40, required=False)
    name = serializers.CharField(label=_("姓名"), max_length=60, required=False)
    mobile = serializers.CharField(label=_("手机号"), max_length=30, required=False)
    email = serializers.CharField(label=_("电子邮箱"), max_length=254, required=False)
    password = serializers.CharField(
        label=_("初始密码；已有账号时是他的登录密码"), max_length=128, trim_whitespace=False, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in _NEEDED[attrs["way"]] if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: [_("这一项必填")] for name in missing}, code="required")
        return attrs


class AddedOut(serializers.Serializer[Any]):
    administrator = AdministratorOut(allow_null=True, help_text=_("新注册的总是空：这个证件号码早有没有账号，不会说"))


class SuperIn(serializers.Serializer[Any]):
    password = serializers.CharField(label=_("自己的登录密码"), max_length=128, trim_whitespace=False)


def administrator_data(one: AdministratorFacts) -> dict[str, Any]:
    """What `AdministratorOut` is made of."""
    return {
        "id": one.membership_id,
        "name": one.name,
        "id_number_masked": one.id_masked,
        "mobile_masked": one.mobile_masked,
        "super": one.is_super,
        "roles": [{"id": pk, "name": name} for pk, name in one.roles],
        "modules": ordered(one.modules),
        "last_login": one.seen_at,
        "since": one.since,
    }


class PersonOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    id_number_masked = serializers.CharField()
    department = serializers.CharField()
    administrator = serializers.BooleanField()


class PeopleIn(serializers.Serializer[Any]):
    q = serializers.CharField(label=_("姓名或部门的一段，或完整的证件号码"), max_length=60)


class AdministratorsView(APIView):
    @extend_schema(
        operation_id="administrators_list",
        summary=_("本单位的管理员"),
        description=_("当前身份所在单位、同一种身份的管理员，超级管理员在最前。"),
        parameters=[AdministratorsQuery],
        responses={200: AdministratorOut(many=True), **errors(404)},
    )
    def get(self, request: Request) -> Response:
        need(request.role, "administrators")
        query = AdministratorsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        role = query.validated_data["role"]
        found = administration.administrators(
            request.role,
            name=query.validated_data["q"],
            role_id=(int(role) if role.isascii() and role.isdigit() else 0) if role else None,
        )
        return Response(AdministratorOut([administrator_data(one) for one in found[:100]], many=True).data)

    @extend_schema(
        operation_id="administrator_add",
        summary=_("添加管理员"),
        request=NewAdministratorIn,
        responses={201: AddedOut, **errors(404, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        need(request.role, "administrators")
        asked = NewAdministratorIn(data=request.data)
        asked.is_valid(raise_exception=True)
        added = _add(request, asked)
        one = administration.administrator(request.role, added) if added else None
        return Response(AddedOut({"administrator": administrator_data(one) if one else None}).data, status=201)


def _add(request: Request, asked: NewAdministratorIn) -> int | None:
    """Add whom the body names; gives the membership, nothing for somebody new, of whom more isn't told."""
    data = asked.validated_data
    common = {
        "actor": request.role,
        "role_ids": asked.ids(),
        "now": clock.now(),
        "address": address_of(request._request),
    }
    if data["way"] == "colleague":
        return services.add_colleague(user_id=int(data["person"]), **common)
    if data["way"] == "account":
        proof = {name: data[name] for name in _NEEDED["account"]}
        return services.add_account(request=request._request, **proof, **common)
    person = services.NewPerson(**{name: data[name] for name in _NEEDED["new"]})
    services.add_new_person(person=person, **common)
    return None


class PeopleView(APIView):
    @extend_schema(
        operation_id="administrators_people",
        summary=_("找本单位人员"),
        description=_("添加管理员时用；用 POST，证件号码不进地址。最多 20 人。"),
        request=PeopleIn,
        responses={200: PersonOut(many=True), **errors(404)},
    )
    def post(self, request: Request) -> Response:
        need(request.role, "administrators")
        asked = PeopleIn(data=request.data)
        asked.is_valid(raise_exception=True)
        people = [
            {
                "id": one.user_id,
                "name": one.name,
                "id_number_masked": one.id_masked,
                "department": one.department,
                "administrator": one.is_administrator,
            }
            for one in administration.candidates(request.role, asked.validated_data["q"])
        ]
        return Response(PersonOut(people, many=True).data)


class ConfirmQuery(serializers.Serializer[Any]):
    confirm_self = serializers.BooleanField(label=_("删除自己时确认"), required=False, default=False)


class AdministratorView(APIView):
    @extend_schema(
        operation_id="administrator_roles",
        summary=_("改管理员的角色"),
        request=RolesIn,
        responses={200: AdministratorOut, **errors(409)},
    )
    def patch(self, request: Request, membership: int) -> Response:
        asked = RolesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.change_roles(
            actor=request.role,
            membership_id=membership,
            role_ids=asked.ids(),
            confirmed=asked.validated_data["confirm_self"],
            now=clock.now(),
            address=address_of(request._request),
        )
        one = administration.administrator(request.role, membership)
        if one is None:
            raise Http404
        return Response(AdministratorOut(administrator_data(one)).data)

    @extend_schema(
        operation_id="administrator_delete",
        summary=_("删除管理员"),
        description=_("只收回管理权限，技术人员身份和学时都还在。"),
        parameters=[ConfirmQuery],
        responses={204: None, **errors(400, 409)},
    )
    def delete(self, request: Request, membership: int) -> Response:
        query = ConfirmQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        services.remove_administrator(
            actor=request.role,
            membership_id=membership,
            confirmed=query.validated_data["confirm_self"],
            now=clock.now(),
            address=address_of(request._request),
        )
        return Response(status=204)


class SuperView(APIView):
    @extend_schema(
        operation_id="administrator_super",
        summary=_("把超级管理员交给他"),
        description=_("交出后自己的管理身份马上结束，用它的令牌作废。"),
        request=SuperIn,
        responses={204: None, **errors(403, 409, 429)},
    )
    def post(self, request: Request, membership: int) -> Response:
        need(request.role, "administrators")
        asked = SuperIn(data=request.data)
        asked.is_valid(raise_exception=True)
        if administration.administrator(request.role, membership) is None:
            raise Http404
        services.hand_over(
            actor=request.role,
            membership_id=membership,
            password=asked.validated_data["password"],
            now=clock.now(),
            address=address_of(request._request),
        )
        return Response(status=204)


urlpatterns = [
    path("administrators", AdministratorsView.as_view(), name="administrators"),
    path("administrators/people", PeopleView.as_view(), name="administrators-people"),
    path("administrators/<row:membership>", AdministratorView.as_view(), name="administrator"),
    path("administrators/<row:membership>/super", SuperView.as_view(), name="administrator-super"),
]
