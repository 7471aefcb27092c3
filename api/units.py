"""One's own unit: data, changes of data and of the superior, the departments inside it (U1)."""

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
from api.reviews import CASE_STATES, LineOut, StepOut
from api.schema import errors
from core import clock
from identity import queries as identity
from registry.approvals import queries as cases
from registry.approvals.queries import CaseView
from registry.approvals.services import withdraw_case
from registry.units import services
from registry.units.queries.own import own_unit

_DATA, _PARENT = ("unit_change", "base_change"), ("parent_change",)
_A_PAGE = 20
_MOST = 100


# --- In and out -------------------------------------------------------------------------------------------------------
class ContactsIn(serializers.Serializer[Any]):
    """What is left out stays."""

    phone = serializers.CharField(max_length=30, label=_("联系电话"), required=False)
    address = serializers.CharField(max_length=200, label=_("地址"), required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=10, label=_("邮政编码"), required=False, allow_blank=True)


class SuperiorOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()


class OwnUnitOut(serializers.Serializer[Any]):
    """Coded fields hold codes."""

    id = serializers.CharField()
    kind = serializers.CharField(help_text=_("employer、department、bureau 或 base"))
    name = serializers.CharField()
    region = serializers.CharField(source="region_code")
    nature = serializers.CharField()
    industry = serializers.CharField()
    level = serializers.CharField()
    credit_code = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.CharField()
    postcode = serializers.CharField()
    hours_review = serializers.BooleanField(help_text=_("学时审核权限"))
    superior = SuperiorOut(allow_null=True)
    in_review = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("本单位和人员在审的事项数，按类型；为空时才能改信用代码和上级")
    )
    open_change = serializers.CharField(allow_null=True, help_text=_("在审的资料或上级变更"))


class UnitChangeIn(serializers.Serializer[Any]):
    """What is left out stays. Which fields a kind has: name and credit code all, nature, industry, level some."""

    name = serializers.CharField(max_length=120, label=_("单位名称"), required=False)
    nature = serializers.CharField(max_length=20, label=_("单位性质"), required=False)
    industry = serializers.CharField(max_length=20, label=_("所属行业"), required=False)
    level = serializers.CharField(max_length=20, label=_("级别"), required=False)
    credit_code = serializers.CharField(max_length=30, label=_("统一社会信用代码"), required=False)


class ParentChangeIn(serializers.Serializer[Any]):
    parent = serializers.RegexField(r"\A[0-9]{1,18}\Z", label=_("新的上级"))


class UnitCaseOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(CASE_STATES)
    applicant = serializers.CharField(source="applicant_name")
    submitted_at = serializers.DateTimeField(source="opened_at")
    decided_at = serializers.DateTimeField(allow_null=True)
    lines = LineOut(many=True)
    steps = StepOut(many=True)


class WorkDepartmentIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60, label=_("部门名称"))
    parent = serializers.RegexField(
        r"\A[0-9]{1,18}\Z", label=_("放在哪个部门下面，空的在最上层"), required=False, allow_null=True, default=None
    )


class DepartmentChangeIn(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=60, label=_("部门名称"), required=False)
    parent = serializers.RegexField(r"\A[0-9]{1,18}\Z", label=_("上级部门"), required=False, allow_null=True)
    closed = serializers.BooleanField(label=_("撤销"), required=False)


class OwnDepartmentOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(source="parent_id", allow_null=True)
    closed = serializers.BooleanField(source="is_closed")


UnitCasesOut = paged_out(UnitCaseOut)


# --- Parts ------------------------------------------------------------------------------------------------------------
def _own(request: Request) -> int:
    """The id of the acting administrator's organisation. Raises Http404 where his role has no such module."""
    if not request.role.is_administrator or not request.role.may("own_unit"):
        raise Http404
    return int(request.role.organisation_id)


def _unit_data(organisation_id: int) -> dict[str, Any]:
    found = own_unit(organisation_id)
    names = ("id", "kind", "name", "region_code", "nature", "industry", "level", "credit_code", "hours_review")
    data = {name: getattr(found.facts, name) for name in (*names, "phone", "address", "postcode")}
    superior, change = found.superior, found.open_change
    return data | {"superior": superior, "in_review": found.waiting, "open_change": change.id if change else None}


def _listed(request: Request, kinds: tuple[str, ...]) -> Response:
    """A page of the unit's own changes, whoever of its administrators asked for them; the newest first."""
    query = PageQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    page = query.validated_data["page"]
    found = cases.cases_about(("organisation", _own(request)), kinds, limit=_MOST)
    pages = max(1, -(-len(found) // _A_PAGE))
    rows = found[(page - 1) * _A_PAGE : page * _A_PAGE]
    return page_response(request, UnitCasesOut, rows, page=page, pages=pages, count=len(found))


def _one(request: Request, case_id: int, kinds: tuple[str, ...]) -> CaseView:
    """One's own case of these kinds. Raises Http404."""
    _own(request)
    found = cases.case_for_applicant(request.role.user_id, case_id)
    if found is None or found.kind not in kinds or found.subject != ("organisation", request.role.organisation_id):
        raise Http404
    return found


def _withdraw(request: Request, case_id: int, kinds: tuple[str, ...]) -> Response:
    withdraw_case(actor=request.role, case_id=_one(request, case_id, kinds).id, now=clock.now())
    return Response(status=204)


def _department(organisation_id: int, department_id: int, status: int = 200) -> Response:
    return Response(OwnDepartmentOut(identity.work_department(organisation_id, department_id)).data, status=status)


# --- Views ------------------------------------------------------------------------------------------------------------
class OwnUnitView(APIView):
    @extend_schema(operation_id="own_unit", summary=_("本单位资料"), responses={200: OwnUnitOut, **errors(404)})
    def get(self, request: Request) -> Response:
        return Response(OwnUnitOut(_unit_data(_own(request))).data)

    @extend_schema(
        operation_id="own_unit_contacts",
        summary=_("修改本单位联系信息，马上生效"),
        request=ContactsIn,
        responses={200: OwnUnitOut, **errors(404)},
    )
    def patch(self, request: Request) -> Response:
        own = _own(request)
        asked = ContactsIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.change_contacts(actor=request.role, contacts=asked.validated_data, now=clock.now())
        return Response(OwnUnitOut(_unit_data(own)).data)


class UnitChangesView(APIView):
    @extend_schema(
        operation_id="unit_changes_list",
        summary=_("本单位的资料变更"),
        parameters=[PageQuery],
        responses={200: UnitCasesOut, **errors(404)},
    )
    def get(self, request: Request) -> Response:
        return _listed(request, _DATA)

    @extend_schema(
        operation_id="unit_change_ask",
        summary=_("申请资料变更"),
        description=_("由上级审核，答 201；没有上级的市级人社部门马上生效，答 200 和改好的资料。"),
        request=UnitChangeIn,
        responses={201: UnitCaseOut, 200: OwnUnitOut, **errors(404, 409)},
    )
    def post(self, request: Request) -> Response:
        own = _own(request)
        asked = UnitChangeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        case_id = services.ask_unit_change(actor=request.role, fields=asked.validated_data, now=clock.now())
        if case_id is None:
            return Response(OwnUnitOut(_unit_data(own)).data)
        return Response(UnitCaseOut(_one(request, case_id, _DATA)).data, status=201)


class WithdrawUnitChangeView(APIView):
    @extend_schema(
        operation_id="unit_change_withdraw",
        summary=_("撤回资料变更"),
        request=None,
        responses={204: None, **errors(404, 409)},
    )
    def post(self, request: Request, case: int) -> Response:
        return _withdraw(request, case, _DATA)


class ParentChangesView(APIView):
    @extend_schema(
        operation_id="parent_changes_list",
        summary=_("本单位的上级变更"),
        parameters=[PageQuery],
        responses={200: UnitCasesOut, **errors(404)},
    )
    def get(self, request: Request) -> Response:
        return _listed(request, _PARENT)

    @extend_schema(
        operation_id="parent_change_ask",
        summary=_("申请更换上级"),
        description=_("先由原上级、再由新上级审核，都通过才更换；本单位和人员没有在审的事项时才能申请。"),
        request=ParentChangeIn,
        responses={201: UnitCaseOut, **errors(404, 409)},
    )
    def post(self, request: Request) -> Response:
        _own(request)
        asked = ParentChangeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        parent_id = int(asked.validated_data["parent"])
        case_id = services.ask_parent_change(actor=request.role, parent_id=parent_id, now=clock.now())
        return Response(UnitCaseOut(_one(request, case_id, _PARENT)).data, status=201)


class WithdrawParentChangeView(APIView):
    @extend_schema(
        operation_id="parent_change_withdraw",
        summary=_("撤回上级变更"),
        request=None,
        responses={204: None, **errors(404, 409)},
    )
    def post(self, request: Request, case: int) -> Response:
        return _withdraw(request, case, _PARENT)


class OwnDepartmentsView(APIView):
    @extend_schema(
        operation_id="own_department_add",
        summary=_("新增工作部门"),
        description=_("整棵部门树：GET organisations/{id}/departments。"),
        request=WorkDepartmentIn,
        responses={201: OwnDepartmentOut, **errors(404)},
    )
    def post(self, request: Request) -> Response:
        own = _own(request)
        asked = WorkDepartmentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        parent = asked.validated_data["parent"]
        made = services.add_department(
            actor=request.role,
            name=asked.validated_data["name"],
            parent_id=int(parent) if parent else None,
            now=clock.now(),
        )
        return _department(own, made, 201)


class OwnDepartmentView(APIView):
    @extend_schema(
        operation_id="own_department_change",
        summary=_("工作部门改名、移动、撤销或恢复"),
        request=DepartmentChangeIn,
        responses={200: OwnDepartmentOut, **errors(404, 409)},
    )
    def patch(self, request: Request, department: int) -> Response:
        own = _own(request)
        found = identity.work_department(own, department)
        if found is None:
            raise Http404
        asked = DepartmentChangeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.restate_department(actor=request.role, department_id=department, now=clock.now(), **_stated(asked))
        return _department(own, department)


def _stated(asked: DepartmentChangeIn) -> dict[str, Any]:
    """What was sent, ids as numbers."""
    data = dict(asked.validated_data)
    if data.get("parent"):
        data["parent"] = int(data["parent"])
    return {name: data[name] for name in ("name", "parent", "closed") if name in data}


urlpatterns = [
    path("unit", OwnUnitView.as_view(), name="own-unit"),
    path("unit/departments", OwnDepartmentsView.as_view(), name="own-departments"),
    path("unit/departments/<row:department>", OwnDepartmentView.as_view(), name="own-department"),
    path("unit-changes", UnitChangesView.as_view(), name="unit-changes"),
    path("unit-changes/<row:case>/withdraw", WithdrawUnitChangeView.as_view(), name="withdraw-unit-change"),
    path("parent-changes", ParentChangesView.as_view(), name="parent-changes"),
    path("parent-changes/<row:case>/withdraw", WithdrawParentChangeView.as_view(), name="withdraw-parent-change"),
]
