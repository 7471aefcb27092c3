"""Addresses of a learner's exams; included by web/urls.py."""

from django.urls import path

from web import exams

urlpatterns = [
    path("learn/exams/", exams.exams, name="exams"),
    path("learn/exams/<int:course>/", exams.exam, name="exam"),
    path("learn/exams/attempts/<uuid:attempt>/", exams.paper, name="exam-paper"),
    path("learn/exams/attempts/<uuid:attempt>/result/", exams.result, name="exam-result"),
]
