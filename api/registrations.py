"""Registering (P2–P4): as a technician, the units one may register with, and their departments."""

from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.schema import errors
from core import clock
from identity import queries
from registry.people.services import Registration, register_technician, registration_faults

KINDS = ("employer", "department", "bureau", "base")
MOST = 100
_MOST_DIGITS = 18


# --- Units ------------------------------------------------------------------------------------------------------------
class OrganisationsQuery(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS, label=_("类型"), required=False, allow_blank=True, default="")
    q = serializers.CharField(
        label=_("查找"),
        help_text=_("名称里的任意一段，空格隔开的几段都要有"),
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
    )


class OrganisationOut(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    region = serializers.CharField(source="region_name")


class OrganisationsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="organisations_list",
        summary=_("找单位"),
        description=_("已通过审核的单位，最多 100 家，用 q 缩小范围。"),
        parameters=[OrganisationsQuery],
        responses=OrganisationOut(many=True),
    )
    def get(self, request: Request) -> Response:
        query = OrganisationsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        kind = query.validated_data["kind"]
        found = queries.find_organisations(kinds=[kind] if kind else KINDS, q=query.validated_data["q"], limit=MOST)
        return Response(OrganisationOut(found, many=True).data)


class DepartmentOut(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """The departments below it are of the same shape."""
        return {**super().get_fields(), "children": DepartmentOut(many=True)}


class DepartmentsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="organisations_departments_list",
        summary=_("单位的工作部门"),
        description=_("一棵树；撤销的部门不在其中。"),
        responses=DepartmentOut(many=True),
    )
    def get(self, request: Request, unit: int) -> Response:
        found = queries.organisation_or_none(unit)
        if found is None or found.state != "active":
            raise Http404
        return Response(DepartmentOut(queries.work_departments(unit), many=True).data)


# --- Technicians ------------------------------------------------------------------------------------------------------
def optional_text(label: Any, most: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(
        label=label, max_length=most, required=False, allow_blank=True, allow_null=True, **options
    )


def code_field(label: Any, table: str) -> serializers.CharField:
    return serializers.CharField(label=label, max_length=20, help_text=_("代码表 %(table)s") % {"table": table})


class TechnicianIn(serializers.Serializer):
    """What a technician fills in; the rules are the service's."""

    existing = serializers.BooleanField(
        label=_("已经是平台用户"), required=False, help_text=_("只增加技术人员身份：密码是原来的，联系方式可以不填")
    )
    id_type = serializers.ChoiceField(queries.id_types(), label=_("证件类型"))
    id_number = serializers.CharField(label=_("证件号码"), max_length=40)
    password = serializers.CharField(label=_("密码"), max_length=128, trim_whitespace=False)
    mobile = optional_text(_("手机"), 20, help_text=_("新用户必填"))
    email = optional_text(_("邮箱"), 254, help_text=_("新用户必填"))
    landline = optional_text(_("办公电话"), 30)
    organisation = serializers.CharField(label=_("单位"), max_length=20)
    department = optional_text(_("工作部门"), 20)
    name = serializers.CharField(label=_("姓名"), max_length=60)
    sex = serializers.ChoiceField(
        [("M", _("男")), ("F", _("女"))], label=_("性别"), required=False, help_text=_("身份证可以不填")
    )
    born_on = serializers.DateField(label=_("出生日期"), required=False, help_text=_("身份证可以不填"))
    ethnicity = code_field(_("民族"), "ethnicity")
    education = code_field(_("学历"), "education")
    school = serializers.CharField(label=_("毕业院校"), max_length=100)
    major = code_field(_("所学专业"), "major")
    graduated_on = serializers.DateField(label=_("毕业时间"))
    degree = code_field(_("学位"), "degree")
    postdoctoral = serializers.BooleanField(label=_("博士后"), required=False)
    post = optional_text(_("行政职务"), 60)
    rank = optional_text(_("行政级别"), 20)
    title_series = code_field(_("职称系列"), "title_series")
    title_level = code_field(_("职称级别"), "title_level")
    qualification = code_field(_("现专业技术职务资格"), "qualification")
    effective_on = serializers.DateField(label=_("取得日期"), required=False, allow_null=True)
    certificate_no = optional_text(_("证书编号"), 60)
    professional_qualification = code_field(_("职业资格"), "professional_qualification")
    professional_level = code_field(_("职业资格等级"), "professional_level")
    promise = serializers.BooleanField(label=_("承诺内容真实"))
    agreement = serializers.BooleanField(label=_("同意用户协议"))
    captcha_key = optional_text(_("验证码编号"), 64)
    captcha = serializers.CharField(label=_("验证码"), max_length=16)


class RegistrationOut(serializers.Serializer):
    state = serializers.ChoiceField(["in_review"])
    reviewer = serializers.CharField(source="reviewer.name", help_text=_("由谁审核"))
    reviewer_phone = serializers.CharField(source="reviewer.phone", allow_blank=True)


def fields_of(given: serializers.Serializer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that are well-formed, and the errors of the others, field by field: so that what the rules say of the
    former can be told together with the latter. Fields left out are in neither.
    """
    if not isinstance(given.initial_data, dict):
        given.is_valid(raise_exception=True)
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, field in given.fields.items():
        try:
            value = field.run_validation(field.get_value(given.initial_data))
        except SkipField:
            continue
        except ValidationError as error:
            wrong[name] = error.detail
        else:
            if value is not None:
                values[name] = value
    return values, wrong


def row_id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1


class TechnicianView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="registrations_technician",
        summary=_("技术人员注册"),
        description=_("证件号码是否登记过，回答都一样；登记过的，本人会收到邮件。"),
        request=TechnicianIn,
        responses={201: RegistrationOut, **errors(401, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        values, wrong = fields_of(TechnicianIn(data=request.data))
        solved = {"captcha_key": values.pop("captcha_key", ""), "captcha_answer": values.pop("captcha", "")}
        for name in ("organisation", "department"):
            values[name] = row_id(values[name]) if values.get(name) else 0
        blank = {"id_type": "", "id_number": "", "password": "", "name": ""}
        data = Registration(**{**blank, **values, "department": values["department"] or None})
        if wrong:
            ruled = {
                fault.attr: [ErrorDetail(str(fault), fault.code)]
                for fault in registration_faults(data, now)
                if fault.attr not in wrong
            }
            raise ValidationError({**wrong, **ruled})
        sent = register_technician(request=request._request, data=data, now=now, **solved)
        return Response(RegistrationOut(sent).data, status=201)


urlpatterns = [
    path("organisations", OrganisationsView.as_view(), name="organisations"),
    path("organisations/<row:unit>/departments", DepartmentsView.as_view(), name="organisation-departments"),
    path("registrations/technician", TechnicianView.as_view(), name="register-technician"),
]
