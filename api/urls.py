"""Addresses of the REST API. What isn't here answers 404 in the API's own shape."""

from django.http import Http404
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from api import (
    administration,
    auth,
    catalogue,
    codes,
    docs,
    exams,
    fast_urls,
    learning,
    lessons,
    me,
    messages,
    orders,
    people,
    permission_roles,
    practice,
    purchases,
    registrations,
    reviews,
    unit_registrations,
    units,
    units_below,
)

app_name = "api"


class TextConverter(StringConverter):
    """A part of an address that a database can be asked for: PostgreSQL holds no NUL."""

    regex = r"[^/\x00]+"


register_converter(TextConverter, "text")


class Unknown(APIView):
    """Every address below /api/v1/ that nothing else answers."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise Http404


urlpatterns = [
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.docs, name="docs"),
    *auth.urlpatterns,
    path("me/summary", me.SummaryView.as_view(), name="me-summary"),
    path("me/years", me.YearsView.as_view(), name="me-years"),
    path("me/years/<int:year>", me.YearView.as_view(), name="me-year"),
    path("specialties", catalogue.SpecialtiesView.as_view(), name="specialties"),
    path("classes", catalogue.ClassesView.as_view(), name="classes"),
    path("classes/<text:slug>", catalogue.ClassView.as_view(), name="class"),
    path("classes/<text:slug>/enrolment", learning.EnrolmentView.as_view(), name="enrolment"),
    *lessons.urlpatterns,
    *exams.urlpatterns,
    *practice.urlpatterns,
    *messages.urlpatterns,
    *orders.urlpatterns,
    *purchases.urlpatterns,
    *people.urlpatterns,
    *registrations.urlpatterns,
    *reviews.urlpatterns,
    *administration.urlpatterns,
    *permission_roles.urlpatterns,
    *units.urlpatterns,
    *units_below.urlpatterns,
    *unit_registrations.urlpatterns,
    *fast_urls.watch_urlpatterns,
    path("codes/<text:table>", codes.CodesView.as_view(), name="codes"),
    path("", Unknown.as_view(), name="root"),
    re_path("", Unknown.as_view()),
]
