"""专业 and 班级: what there is to learn, for everybody; a learner also sees how far he is (L1, L3)."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.pagination import PageQuery, page_response, paged_out
from api.schema import errors
from cms.queries import ClassTerms, class_by_slug, find_classes, specialties_with_counts
from core import clock
from identity.acting import ActingRole
from learning.queries import CourseState, class_progress, enrolled_in, unenrolled_outline, why_not

SUBJECTS = ("public", "professional")
STATES = ("locked", "open", "done")


class SpecialtyOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    classes = serializers.IntegerField(source="count", help_text=_("现有的班数"))


class ClassesQuery(PageQuery):
    subject = serializers.ChoiceField(SUBJECTS, label=_("科目"), required=False, allow_blank=True)
    specialty = serializers.CharField(
        label=_("专业，specialties 里的 slug"), max_length=255, required=False, allow_blank=True
    )
    q = serializers.CharField(
        label=_("名称里的任意一段；空格隔开的每一段都要有"), max_length=50, required=False, allow_blank=True
    )


class ClassRowOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    subject = serializers.ChoiceField(SUBJECTS)
    specialty = serializers.CharField(allow_null=True, help_text=_("专业的 slug；公需科目没有"))
    hours = serializers.FloatField()
    price_fen = serializers.IntegerField(help_text=_("分；0 是免费"))
    original_price_fen = serializers.IntegerField(allow_null=True)
    regions = serializers.ListField(child=serializers.CharField(), help_text=_("开放的地区；空就是不限"))
    title_series = serializers.ListField(child=serializers.CharField(), help_text=_("适用的职称系列，代码"))
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    enrolled = serializers.BooleanField()
    can_enrol = serializers.BooleanField(help_text=_("现在一键就能报名"))
    why_not = serializers.CharField(allow_null=True, help_text=_("不能报名的原因，与报名时的错误代码相同"))
    why_not_detail = serializers.CharField(allow_null=True, help_text=_("同一原因，给人看的一句话"))


class LessonOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    duration = serializers.FloatField(help_text=_("秒"))
    state = serializers.ChoiceField(STATES)
    preview = serializers.BooleanField(help_text=_("不登录也能试看"))


class CourseOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    hours = serializers.FloatField()
    state = serializers.ChoiceField(STATES)
    has_exam = serializers.BooleanField()
    lessons = LessonOut(many=True)


class ClassOut(ClassRowOut):
    courses = CourseOut(many=True)


ClassesOut = paged_out(ClassRowOut)


def _row(role: ActingRole, terms: ClassTerms, *, enrolled: bool) -> dict[str, Any]:
    """A class as this role stands to it. Nothing keeps out who is in already."""
    refusal = None if enrolled else why_not(role, terms, timezone.localdate(clock.now()))
    return asdict(terms) | {
        "specialty": terms.specialty_slug or None,
        "regions": terms.region_names,
        "enrolled": enrolled,
        "can_enrol": not enrolled and refusal is None,
        "why_not": refusal.code if refusal else None,
        "why_not_detail": str(refusal) if refusal else None,
    }


def _course(course: CourseState) -> dict[str, Any]:
    return {
        "id": course.public_id,
        "title": course.title,
        "hours": course.hours,
        "state": course.state,
        "has_exam": course.has_exam,
        "lessons": [
            {
                "id": lesson.id,
                "title": lesson.title,
                "duration": lesson.duration_ms / 1000,
                "state": lesson.state,
                "preview": lesson.is_preview,
            }
            for lesson in course.lessons
        ],
    }


class SpecialtiesView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="specialties_list",
        summary=_("专业"),
        description=_("专业科目的全部专业，按编排的次序。"),
        responses=SpecialtyOut(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(SpecialtyOut(specialties_with_counts(), many=True).data)


class ClassesView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="classes_list",
        summary=_("班级"),
        description=_("正在发布的班，最新的在前。"),
        parameters=[ClassesQuery],
        responses={200: ClassesOut, **errors(404)},
    )
    def get(self, request: Request) -> Response:
        query = ClassesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        found = find_classes(**wanted)
        mine = enrolled_in(request.role, [terms.id for terms in found.classes])
        rows = [_row(request.role, terms, enrolled=terms.id in mine) for terms in found.classes]
        return page_response(request, ClassesOut, rows, page=wanted["page"], pages=found.pages, count=found.count)


class ClassView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="classes_get",
        summary=_("一个班"),
        description=_("条件与目录；报了名的学员看到自己学到哪里，其他人看到的都未开放。"),
        responses=ClassOut,
    )
    def get(self, request: Request, slug: str) -> Response:
        terms = class_by_slug(slug)
        progress = class_progress(request.role, terms.id)
        courses = progress.courses if progress else unenrolled_outline(terms.id, terms.version)
        data = _row(request.role, terms, enrolled=progress is not None)
        return Response(ClassOut(data | {"courses": [_course(course) for course in courses]}).data)
