"""Registering an employer, an industry department, a CE base or an HR bureau with its administrator (P3, P4)."""

from typing import Any, ClassVar

from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.registrations import RegistrationOut, code_field, fields_of, optional_text, row_id
from api.schema import errors
from core import clock
from core.errors import FieldRefusal, FieldRefusals
from identity import queries
from registry.units.services import UnitRegistration, register_unit, unit_registration_faults

_INNER = "administrator"


class AdministratorIn(serializers.Serializer):
    """The unit's first administrator."""

    existing = serializers.BooleanField(
        label=_("已经是平台用户"), required=False, help_text=_("密码是原来的；姓名和联系方式可以不填")
    )
    id_type = serializers.ChoiceField(queries.id_types(), label=_("证件类型"))
    id_number = serializers.CharField(label=_("证件号码"), max_length=40)
    password = serializers.CharField(label=_("密码"), max_length=128, trim_whitespace=False)
    name = optional_text(_("姓名"), 60, help_text=_("新用户必填"))
    mobile = optional_text(_("手机"), 20, help_text=_("新用户必填"))
    email = optional_text(_("邮箱"), 254, help_text=_("新用户必填"))


class UnitIn(serializers.Serializer):
    """What every kind fills in; the rules are the service's."""

    name = serializers.CharField(label=_("单位名称"), max_length=120)
    region = code_field(_("区域"), "region")
    phone = serializers.CharField(label=_("联系电话"), max_length=30)
    address = serializers.CharField(label=_("地址"), max_length=200)
    credit_code = optional_text(
        _("统一社会信用代码"),
        40,
        help_text=_("必填；18 位，老的组织机构代码 9 位。没有代码的单位联系客服，填登记凭证号"),
    )
    administrator = AdministratorIn(label=_("管理员"))
    promise = serializers.BooleanField(label=_("承诺内容真实"))
    agreement = serializers.BooleanField(label=_("同意用户协议"))
    captcha_key = optional_text(_("验证码编号"), 64)
    captcha = serializers.CharField(label=_("验证码"), max_length=16)


class EmployerIn(UnitIn):
    nature = code_field(_("单位性质"), "unit_nature")
    industry = code_field(_("所属行业"), "industry")
    department = optional_text(_("主管部门"), 20, help_text=_("主管部门的编号；没有就不填，由区域的人社部门审核"))
    parent = optional_text(_("上级单位"), 20, help_text=_("分公司填总公司的编号；和主管部门只填一个"))


class DepartmentIn(UnitIn):
    nature = code_field(_("单位性质"), "unit_nature")
    level = code_field(_("级别"), "department_level")


class BaseIn(UnitIn):
    industry = code_field(_("所属行业"), "industry")
    level = code_field(_("施教级别"), "base_level")


class BureauIn(UnitIn):
    level = code_field(_("级别"), "department_level")


class UnitView(APIView):
    """One kind of unit; a subclass says which."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    kind: ClassVar[str]
    serializer: ClassVar[type[UnitIn]]

    def post(self, request: Request) -> Response:
        now = clock.now()
        values, wrong = self._given(request)
        solved = {"captcha_key": values.pop("captcha_key", ""), "captcha_answer": values.pop("captcha", "")}
        data = _registration(self.kind, values)
        if wrong:
            ruled = {
                fault.attr: [ErrorDetail(str(fault), fault.code)] for fault in _named(unit_registration_faults(data))
            }
            raise ValidationError({**ruled, **wrong})
        try:
            sent = register_unit(request=request._request, data=data, now=now, **solved)
        except FieldRefusals as refused:
            raise FieldRefusals(_named(refused.faults)) from refused
        return Response(RegistrationOut(sent).data, status=201)

    def _given(self, request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
        """The well-formed values, those of the administrator among them, and the errors of the others by attribute."""
        values, wrong = fields_of(self.serializer(data=request.data))
        values.pop(_INNER, None)
        inner = request.data.get(_INNER)
        if isinstance(inner, dict):
            wrong.pop(_INNER, None)
            own, faults = fields_of(AdministratorIn(data=inner))
            wrong |= {f"{_INNER}.{name}": detail for name, detail in faults.items()}
            values |= {"administrator" if name == "name" else name: value for name, value in own.items()}
        return values, wrong


def _registration(kind: str, values: dict[str, Any]) -> UnitRegistration:
    above = {name: row_id(values[name]) for name in ("department", "parent") if values.get(name)}
    blank = {"name": "", "region": "", "phone": "", "id_type": "", "id_number": "", "password": ""}
    return UnitRegistration(kind=kind, **{**blank, **values, "department": None, "parent": None, **above})


def _named(faults: list[FieldRefusal]) -> list[FieldRefusal]:
    """Attributes as the body has them: the administrator's stand in an object of their own."""
    inner = set(AdministratorIn().fields) - {"name"}
    for fault in faults:
        if fault.attr == "administrator":
            fault.attr = f"{_INNER}.name"
        elif fault.attr in inner:
            fault.attr = f"{_INNER}.{fault.attr}"
    return faults


def _view(kind: str, serializer: type[UnitIn], summary: str | Promise) -> type[UnitView]:
    documented = extend_schema(
        operation_id=f"registrations_{kind}",
        summary=summary,
        description=_("管理员的证件号码是否登记过，回答都一样；登记过的，本人会收到邮件。"),
        request=serializer,
        responses={201: RegistrationOut, **errors(401, 429)},
    )
    own: dict[str, Any] = {"kind": kind, "serializer": serializer}
    made = type(f"{serializer.__name__[:-2]}View", (UnitView,), own)
    return extend_schema_view(post=documented)(made)


urlpatterns = [
    path(f"registrations/{kind}", _view(kind, serializer, summary).as_view(), name=f"register-{kind}")
    for kind, serializer, summary in (
        ("employer", EmployerIn, _("用人单位注册")),
        ("department", DepartmentIn, _("主管部门注册")),
        ("base", BaseIn, _("继续教育基地注册")),
        ("bureau", BureauIn, _("人社部门注册")),
    )
]
