"""One's own office: profile, title changes, transfers, what one asked for (T1, T2, S2, S3)."""

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
from identity.lockout import address_of
from registry.approvals import queries as cases
from registry.approvals import services as approvals
from registry.approvals.queries import CaseView, OwnCase
from registry.people import queries, services
from registry.people.errors import NotATechnician
from registry.people.queries import ProfileView as OwnProfile
from registry.people.services import AskedTitle, AskedTransfer

TITLE_CHANGE, TRANSFER = "title_change", "transfer"


def _number(text: str | None) -> int | None:
    """A row's id in a body; one that is no number is nobody's, and said so by the service."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


# --- Profile ----------------------------------------------------------------------------------------------------------
class ProfileIn(serializers.Serializer[Any]):
    """What takes effect at once; what is left out stays."""

    mobile = serializers.CharField(max_length=20, label=_("手机号"), required=False)
    email = serializers.CharField(max_length=254, label=_("邮箱"), required=False)
    landline = serializers.CharField(max_length=30, label=_("办公电话"), required=False, allow_blank=True)
    ethnicity = serializers.CharField(max_length=20, label=_("民族"), required=False)
    post = serializers.CharField(max_length=60, label=_("行政职务"), required=False, allow_blank=True)
    rank = serializers.CharField(max_length=20, label=_("行政级别"), required=False, allow_blank=True)
    professional_qualification = serializers.CharField(max_length=20, label=_("职业资格"), required=False)
    professional_level = serializers.CharField(max_length=20, label=_("职业资格等级"), required=False)
    education = serializers.CharField(max_length=20, label=_("学历"), required=False)
    school = serializers.CharField(max_length=100, label=_("毕业院校"), required=False)
    major = serializers.CharField(max_length=20, label=_("所学专业"), required=False)
    graduated_on = serializers.DateField(label=_("毕业日期"), required=False)
    degree = serializers.CharField(max_length=20, label=_("学位"), required=False)
    postdoctoral = serializers.BooleanField(label=_("博士后"), required=False)


class TitleOut(serializers.Serializer[Any]):
    department = serializers.CharField(allow_null=True)
    title_series = serializers.CharField()
    title_level = serializers.CharField()
    qualification = serializers.CharField()
    effective_on = serializers.DateField(allow_null=True)
    certificate_no = serializers.CharField()


class ProfileOut(serializers.Serializer[Any]):
    """Coded fields hold codes. What nobody wrote down yet is null."""

    name = serializers.CharField()
    id_type = serializers.CharField()
    id_number_masked = serializers.CharField()
    organisation = serializers.CharField(allow_null=True)
    organisation_name = serializers.CharField()
    mobile = serializers.CharField()
    email = serializers.CharField()
    landline = serializers.CharField()
    born_on = serializers.DateField(allow_null=True)
    ethnicity = serializers.CharField(allow_null=True)
    education = serializers.CharField(allow_null=True)
    school = serializers.CharField(allow_null=True)
    major = serializers.CharField(allow_null=True)
    graduated_on = serializers.DateField(allow_null=True)
    degree = serializers.CharField(allow_null=True)
    postdoctoral = serializers.BooleanField(allow_null=True)
    post = serializers.CharField(allow_null=True)
    rank = serializers.CharField(allow_null=True)
    professional_qualification = serializers.CharField(allow_null=True)
    professional_level = serializers.CharField(allow_null=True)
    title = TitleOut(allow_null=True)


def profile_data(view: OwnProfile) -> dict[str, Any]:
    """What `ProfileOut` is made of."""
    own, place, title = view.own, view.place, view.title
    return {
        "name": own.name,
        "id_type": own.id_type,
        "id_number_masked": own.id_masked,
        "organisation": place.organisation_id if place else None,
        "organisation_name": place.organisation_name if place else "",
        "mobile": own.mobile,
        "email": own.email,
        "landline": own.landline,
        "born_on": view.born_on,
        **dict.fromkeys(services.AT_ONCE[3:]),
        **(view.stated or {}),
        "title": {**title, "effective_on": title["effective_on"] or None} if title else None,
    }


class ProfileView(APIView):
    @extend_schema(operation_id="me_profile", summary=_("我的资料"), responses={200: ProfileOut, **errors(403)})
    def get(self, request: Request) -> Response:
        if not request.role.is_learner:
            raise NotATechnician
        return Response(ProfileOut(profile_data(queries.profile_of(request.role.user_id))).data)

    @extend_schema(
        operation_id="me_profile_change",
        summary=_("修改我的资料，马上生效"),
        description=_("姓名、证件号码、单位不能改；职称要走职称变更，单位要走单位调转。"),
        request=ProfileIn,
        responses={200: ProfileOut, **errors(403, 409)},
    )
    def patch(self, request: Request) -> Response:
        asked = ProfileIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.change_profile(actor=request.role, fields=asked.validated_data, now=clock.now())
        return Response(ProfileOut(profile_data(queries.profile_of(request.role.user_id))).data)


# --- What one asked for -----------------------------------------------------------------------------------------------
class OwnCaseOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(CASE_STATES)
    submitted_at = serializers.DateTimeField(source="opened_at")
    decided_at = serializers.DateTimeField(allow_null=True)
    reviewer = serializers.CharField(help_text=_("现在由谁审，审完为空"))
    reviewer_phone = serializers.CharField()
    waits_since = serializers.DateTimeField(allow_null=True)
    opinion = serializers.CharField(help_text=_("退回原因"))


class CaseOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(CASE_STATES)
    submitted_at = serializers.DateTimeField(source="opened_at")
    decided_at = serializers.DateTimeField(allow_null=True)
    reminded_at = serializers.DateTimeField(allow_null=True)
    lines = LineOut(many=True)
    steps = StepOut(many=True)
    can_object = serializers.BooleanField(help_text=_("还可以提出异议"))


OwnCasesOut = paged_out(OwnCaseOut)


class TitleIn(serializers.Serializer[Any]):
    department = serializers.CharField(max_length=18, label=_("工作部门"), required=False, allow_null=True)
    title_series = serializers.CharField(max_length=20, label=_("职称系列"))
    title_level = serializers.CharField(max_length=20, label=_("职称级别"))
    qualification = serializers.CharField(max_length=20, label=_("现专业技术职务资格"))
    effective_on = serializers.DateField(label=_("取得日期"), required=False, allow_null=True)
    certificate_no = serializers.CharField(
        max_length=60, label=_("证书编号"), required=False, allow_blank=True, default=""
    )


class TransferIn(serializers.Serializer[Any]):
    organisation = serializers.CharField(max_length=18, label=_("新单位"))
    department = serializers.CharField(max_length=18, label=_("新的工作部门"), required=False, allow_null=True)
    starts_on = serializers.DateField(label=_("到岗日期"))
    phone = serializers.CharField(
        max_length=30, label=_("本单位联系电话，现在有单位的必填"), required=False, allow_blank=True, default=""
    )


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, label=_("异议理由"))


def _listed(request: Request, kinds: tuple[str, ...]) -> Response:
    """A page of what one asked for."""
    query = PageQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    wanted = query.validated_data["page"]
    found = cases.own_cases(request.role.user_id, kinds=kinds, page=wanted)
    pages = found.paginator.num_pages
    rows: list[OwnCase] = list(found) if wanted <= pages else []
    return page_response(request, OwnCasesOut, rows, page=wanted, pages=pages, count=found.paginator.count)


def _shown(request: Request, case_id: int, status: int = 200) -> Response:
    """One of one's own cases. Raises Http404."""
    case: CaseView | None = cases.case_for_applicant(request.role.user_id, case_id)
    if case is None:
        raise Http404
    names = ("id", "kind", "title", "state", "lines", "steps", "opened_at", "decided_at", "reminded_at")
    data = {name: getattr(case, name) for name in names}
    data["can_object"] = cases.can_object(request.role.user_id, case.id)
    return Response(CaseOut(data).data, status=status)


def _withdraw(request: Request, case_id: int, kind: str) -> Response:
    """Take back one's own case of this kind; any other is unknown here."""
    found = cases.case_for_applicant(request.role.user_id, case_id)
    if found is None or found.kind != kind:
        raise Http404
    approvals.withdraw_case(actor=request.role, case_id=case_id, now=clock.now())
    return Response(status=204)


class TitleChangesView(APIView):
    @extend_schema(
        operation_id="title_changes_list", summary=_("我的职称变更"), parameters=[PageQuery], responses=OwnCasesOut
    )
    def get(self, request: Request) -> Response:
        return _listed(request, (TITLE_CHANGE,))

    @extend_schema(
        operation_id="title_change_ask",
        summary=_("申请职称变更"),
        description=_("填变更后的全部内容，由所在单位审核；同样的内容交两次是同一件。"),
        request=TitleIn,
        responses={201: CaseOut, **errors(403, 409)},
    )
    def post(self, request: Request) -> Response:
        asked = TitleIn(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        case_id = services.ask_title_change(
            actor=request.role,
            asked=AskedTitle(**{**data, "department": _number(data.get("department"))}),
            now=clock.now(),
            address=address_of(request._request),
        )
        return _shown(request, case_id, 201)


class WithdrawTitleChangeView(APIView):
    @extend_schema(
        operation_id="title_change_withdraw",
        summary=_("撤回职称变更"),
        request=None,
        responses={204: None, **errors(409)},
    )
    def post(self, request: Request, case: int) -> Response:
        return _withdraw(request, case, TITLE_CHANGE)


class TransfersView(APIView):
    @extend_schema(
        operation_id="transfers_list", summary=_("我的单位调转"), parameters=[PageQuery], responses=OwnCasesOut
    )
    def get(self, request: Request) -> Response:
        return _listed(request, (TRANSFER,))

    @extend_schema(
        operation_id="transfer_ask",
        summary=_("申请单位调转"),
        description=_("由新单位确认；有职称变更在审时不能申请。"),
        request=TransferIn,
        responses={201: CaseOut, **errors(403, 409)},
    )
    def post(self, request: Request) -> Response:
        asked = TransferIn(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        chosen = {name: _number(data.get(name)) for name in ("organisation", "department")}
        case_id = services.ask_transfer(
            actor=request.role,
            asked=AskedTransfer(**{**data, **chosen}),
            now=clock.now(),
            address=address_of(request._request),
        )
        return _shown(request, case_id, 201)


class WithdrawTransferView(APIView):
    @extend_schema(
        operation_id="transfer_withdraw", summary=_("撤回单位调转"), request=None, responses={204: None, **errors(409)}
    )
    def post(self, request: Request, case: int) -> Response:
        return _withdraw(request, case, TRANSFER)


class CasesView(APIView):
    @extend_schema(operation_id="cases_list", summary=_("我的申请"), parameters=[PageQuery], responses=OwnCasesOut)
    def get(self, request: Request) -> Response:
        return _listed(request, ())


class OwnCaseView(APIView):
    @extend_schema(operation_id="case", summary=_("我的一件申请"), responses=CaseOut)
    def get(self, request: Request, case: int) -> Response:
        return _shown(request, case)


class ReminderView(APIView):
    @extend_schema(
        operation_id="case_remind",
        summary=_("催办，每件每天一次"),
        request=None,
        responses={204: None, **errors(409, 429)},
    )
    def post(self, request: Request, case: int) -> Response:
        approvals.remind_reviewer(user_id=request.role.user_id, case_id=case, now=clock.now())
        return Response(status=204)


class ObjectionView(APIView):
    @extend_schema(
        operation_id="case_object",
        summary=_("提出异议，一件一次"),
        request=ReasonIn,
        responses={201: CaseOut, **errors(409)},
    )
    def post(self, request: Request, case: int) -> Response:
        asked = ReasonIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = approvals.object_to(
            actor=request.role, case_id=case, reason=asked.validated_data["reason"], now=clock.now()
        )
        return _shown(request, made, 201)


urlpatterns = [
    path("me/profile", ProfileView.as_view(), name="me-profile"),
    path("title-changes", TitleChangesView.as_view(), name="title-changes"),
    path("title-changes/<row:case>/withdraw", WithdrawTitleChangeView.as_view(), name="title-change-withdraw"),
    path("transfers", TransfersView.as_view(), name="transfers"),
    path("transfers/<row:case>/withdraw", WithdrawTransferView.as_view(), name="transfer-withdraw"),
    path("cases", CasesView.as_view(), name="cases"),
    path("cases/<row:case>", OwnCaseView.as_view(), name="case"),
    path("cases/<row:case>/reminder", ReminderView.as_view(), name="case-reminder"),
    path("cases/<row:case>/objection", ObjectionView.as_view(), name="case-objection"),
]
