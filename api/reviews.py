"""Reviewing: the queue, one case, deciding one or many (U5–U8, H2; mechanism 2)."""

from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import IdField, StrictText
from api.pagination import PageQuery, page_response, paged_out
from api.schema import errors
from core import clock
from identity.lockout import address_of
from registry.approvals import services
from registry.approvals.queries import CaseView, Filters, case_for_reviewer, queue

STATES = ("open", "done")
STEP_STATES = ("waiting", "open", "passed", "rejected", "skipped")
CASE_STATES = ("open", "passed", "rejected", "withdrawn")
_SHOWN = (
    *("id", "kind", "title", "organisation_name", "state", "marks", "lines", "steps"),
    *("opened_at", "decided_at", "is_own", "is_stale"),
)
_DECISIONS = (services.PASS, services.REJECT)


class ReviewsQuery(PageQuery):
    kind = serializers.CharField(label=_("类型，如 technician_registration"), max_length=30)
    state = serializers.ChoiceField(STATES, label=_("待审核或已审核"), default="open")
    q = serializers.CharField(
        label=_("姓名的一段，或完整的证件号、手机号"), max_length=60, required=False, allow_blank=True, default=""
    )


class MarkOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class ReviewRowOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="case_id")
    kind = serializers.CharField()
    title = serializers.CharField(help_text=_("谁，或哪个单位"))
    organisation = serializers.CharField(source="organisation_name")
    summary = serializers.DictField(help_text=_("列表里的要点，证件号与手机号已隐去中段"))
    marks = MarkOut(many=True, help_text=_("需要细看的地方"))
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(STEP_STATES)
    opinion = serializers.CharField()
    late = serializers.BooleanField(source="is_late")
    own = serializers.BooleanField(source="is_own", help_text=_("是自己的事项，不能审"))


ReviewsOut = paged_out(ReviewRowOut)


class LineOut(serializers.Serializer[Any]):
    label = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField()
    changed = serializers.BooleanField(source="is_changed")


class StepOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(STEP_STATES)
    organisation = serializers.CharField(source="organisation_name")
    phone = serializers.CharField()
    reviewer = serializers.CharField(source="reviewer_name")
    opinion = serializers.CharField()
    opened_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ReviewOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    organisation = serializers.CharField(source="organisation_name")
    state = serializers.ChoiceField(CASE_STATES)
    marks = MarkOut(many=True)
    lines = LineOut(many=True, help_text=_("逐项内容，变更事项有之前与之后"))
    steps = StepOut(many=True)
    submitted_at = serializers.DateTimeField(source="opened_at")
    decided_at = serializers.DateTimeField(allow_null=True)
    can_decide = serializers.BooleanField()
    own = serializers.BooleanField(source="is_own")
    stale = serializers.BooleanField(source="is_stale", help_text=_("提交以后资料又变过"))


class DecisionIn(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(_DECISIONS, label=_("决定"))
    opinion = StrictText(label=_("意见，退回必填"), max_length=500, required=False, allow_blank=True, default="")


class DecisionsIn(DecisionIn):
    ids = serializers.ListField(
        child=IdField(),
        label=_("编号"),
        min_length=1,
        max_length=services.MOST_AT_ONCE,
    )


class DecidedOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(CASE_STATES)


class ResultOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    decided = serializers.BooleanField()
    code = serializers.CharField(allow_null=True, help_text=_("没有审成的原因"))
    detail = serializers.CharField(allow_null=True)


class ResultsOut(serializers.Serializer[Any]):
    results = ResultOut(many=True)


def _found(request: Request, case_id: int) -> CaseView:
    """The case if it is this role's to review. Raises Http404."""
    found = case_for_reviewer(request.role, case_id, now=clock.now())
    if found is None:
        raise Http404
    return found


def review_data(case: CaseView) -> dict[str, Any]:
    """What `ReviewOut` is made of."""
    data = {name: getattr(case, name) for name in _SHOWN}
    return data | {"can_decide": case.step is not None and not case.is_own}


class ReviewsView(APIView):
    @extend_schema(
        operation_id="reviews_list",
        summary=_("待我审核与已审核"),
        description=_("当前身份能审的事项；需要细看的在前，其余先交的在前；已审核的后审的在前。"),
        parameters=[ReviewsQuery],
        responses=ReviewsOut,
    )
    def get(self, request: Request) -> Response:
        query = ReviewsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = queue(
            request.role,
            asked["kind"],
            now=clock.now(),
            done=asked["state"] == "done",
            filters=Filters(q=asked["q"]),
            page=asked["page"],
        )
        if asked["page"] > found.pages:
            raise Http404
        return page_response(request, ReviewsOut, found.rows, page=found.page, pages=found.pages, count=found.count)


class ReviewView(APIView):
    @extend_schema(operation_id="review", summary=_("一件审核事项"), responses=ReviewOut)
    def get(self, request: Request, case: int) -> Response:
        return Response(ReviewOut(review_data(_found(request, case))).data)


class DecisionView(APIView):
    @extend_schema(
        operation_id="review_decide",
        summary=_("审核一件"),
        request=DecisionIn,
        responses={200: DecidedOut, **errors(403, 409)},
    )
    def post(self, request: Request, case: int) -> Response:
        asked = DecisionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        state = services.decide_case(
            actor=request.role,
            case_id=case,
            decision=asked.validated_data["decision"],
            opinion=asked.validated_data["opinion"],
            now=clock.now(),
            address=address_of(request._request),
        )
        return Response(DecidedOut({"id": case, "state": state}).data)


class DecisionsView(APIView):
    @extend_schema(
        operation_id="reviews_decide",
        summary=_("审核多件"),
        description=_("每件各自成败，互不影响；不属于你的编号不在结果里。"),
        request=DecisionsIn,
        responses=ResultsOut,
    )
    def post(self, request: Request) -> Response:
        asked = DecisionsIn(data=request.data)
        asked.is_valid(raise_exception=True)
        outcomes = services.decide_cases(
            actor=request.role,
            case_ids=[int(text) for text in asked.validated_data["ids"]],
            decision=asked.validated_data["decision"],
            opinion=asked.validated_data["opinion"],
            now=clock.now(),
            address=address_of(request._request),
        )
        results = [
            {
                "id": one.case_id,
                "decided": one.refusal is None,
                "code": one.refusal.code if one.refusal else None,
                "detail": str(one.refusal) if one.refusal else None,
            }
            for one in outcomes
        ]
        return Response(ResultsOut({"results": results}).data)


urlpatterns = [
    path("reviews", ReviewsView.as_view(), name="reviews"),
    path("reviews/decisions", DecisionsView.as_view(), name="review-decisions"),
    path("reviews/<row:case>", ReviewView.as_view(), name="review"),
    path("reviews/<row:case>/decision", DecisionView.as_view(), name="review-decision"),
]
