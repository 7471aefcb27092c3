"""学习 and 年度完成情况: one's own summary and years (L8, T3)."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from learning.queries import EnrolmentCard, learning_summary
from registry.hours import queries as hours

FIRST_YEAR = 2000
"""Nobody has hours before; earlier years are unknown."""
_SPAN = 100


def this_year() -> int:
    """The year it is at the platform's place."""
    return timezone.localdate(clock.now()).year


def _year_field(label: Any) -> serializers.IntegerField:
    return serializers.IntegerField(label=label, min_value=FIRST_YEAR, max_value=FIRST_YEAR + _SPAN, required=False)


class SummaryQuery(serializers.Serializer):
    year = _year_field(_("年度，默认今年"))


class YearsQuery(serializers.Serializer):
    """`from` is a Python keyword, hence the declaration by name."""

    to = _year_field(_("到这一年，默认今年"))

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": _year_field(_("从这一年，默认有记录的第一年")), **super().get_fields()}

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        if attrs.get("to", this_year()) < attrs.get("from", FIRST_YEAR):
            raise serializers.ValidationError({"to": _("结束年度不能早于开始年度")})
        return attrs


class LessonRefOut(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()


class StudiedClassOut(serializers.Serializer):
    """A class in progress, with the lesson to go on with."""

    id = serializers.CharField(help_text=_("报名编号"))
    slug = serializers.CharField()
    title = serializers.CharField()
    subject = serializers.ChoiceField(["public", "professional"])
    hours = serializers.FloatField()
    percent = serializers.IntegerField(min_value=0, max_value=100)
    lessons_done = serializers.IntegerField()
    lessons_total = serializers.IntegerField()
    last_studied_at = serializers.DateTimeField(allow_null=True)
    lesson = LessonRefOut(allow_null=True)


class SummaryOut(serializers.Serializer):
    year = serializers.IntegerField()
    target_hours = serializers.FloatField()
    public_hours = serializers.FloatField()
    professional_hours = serializers.FloatField()
    in_progress = StudiedClassOut(many=True)
    latest = StudiedClassOut(allow_null=True)


class YearOut(serializers.Serializer):
    year = serializers.IntegerField()
    public_hours = serializers.FloatField()
    professional_hours = serializers.FloatField()
    total_hours = serializers.FloatField()
    target_hours = serializers.FloatField()
    complete = serializers.BooleanField()
    certificate_no = serializers.CharField(allow_null=True)


class EntryOut(serializers.Serializer):
    id = serializers.CharField()
    subject = serializers.ChoiceField(["public", "professional"])
    title = serializers.CharField()
    asked = serializers.FloatField()
    recognised = serializers.FloatField()
    earned_on = serializers.DateField()
    source = serializers.CharField(source="source_kind", help_text=_("来源：class 班级，course 课程"))


class YearDetailOut(YearOut):
    entries = EntryOut(many=True)


def _studied(card: EnrolmentCard) -> dict[str, Any]:
    progress = card.progress
    return {
        "id": progress.enrolment_id,
        "slug": progress.slug,
        "title": progress.title,
        "subject": progress.subject,
        "hours": progress.hours,
        "percent": progress.percent,
        "lessons_done": progress.lessons_done,
        "lessons_total": progress.lessons_total,
        "last_studied_at": card.last_studied_at,
        "lesson": card.current,
    }


def _year(totals: hours.YearTotals) -> dict[str, Any]:
    return {
        "year": totals.year,
        "public_hours": totals.public_hours,
        "professional_hours": totals.professional_hours,
        "total_hours": totals.total_hours,
        "target_hours": totals.target_hours,
        "complete": totals.complete,
        "certificate_no": None,
    }


class SummaryView(APIView):
    @extend_schema(
        operation_id="me_summary",
        summary=_("学习概况"),
        description=_("这一年的目标与已得学时，在学的班（已开始、未学完），最近学的班。"),
        parameters=[SummaryQuery],
        responses=SummaryOut,
    )
    def get(self, request: Request) -> Response:
        query = SummaryQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        summary = learning_summary(request.role, query.validated_data.get("year", this_year()))
        data = {
            "year": summary.year.year,
            "target_hours": summary.year.target_hours,
            "public_hours": summary.year.public_hours,
            "professional_hours": summary.year.professional_hours,
            "in_progress": [_studied(card) for card in summary.in_progress],
            "latest": _studied(summary.latest) if summary.latest else None,
        }
        return Response(SummaryOut(data).data)


class YearsView(APIView):
    @extend_schema(
        operation_id="me_years_list",
        summary=_("年度完成情况"),
        description=_("每年一行，最近的在前；没有记录的年份也在其中。"),
        parameters=[YearsQuery],
        responses=YearOut(many=True),
    )
    def get(self, request: Request) -> Response:
        query = YearsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        last = query.validated_data.get("to", this_year())
        first = query.validated_data.get("from") or hours.first_year(request.role.user_id) or last
        rows = hours.years(request.role.user_id, max(min(first, last), last - _SPAN + 1), last)
        return Response(YearOut([_year(row) for row in rows], many=True).data)


class YearView(APIView):
    @extend_schema(
        operation_id="me_year",
        summary=_("一年的学时明细"),
        description=_("这一年的合计与每一条学时记录，最近的在前。"),
        responses=YearDetailOut,
    )
    def get(self, request: Request, year: int) -> Response:
        if not FIRST_YEAR <= year <= this_year() + 1:
            raise Http404
        totals = hours.totals(request.role.user_id, year)
        data = _year(totals) | {"entries": hours.entries(request.role.user_id, year)}
        return Response(YearDetailOut(data).data)
