"""Addresses of classes, 学习 and the years; included by web/urls.py."""

from django.urls import path

from web import classes, learn, years

urlpatterns = [
    path("classes/<page_slug:slug>/enrol/", classes.enrol_in, name="enrol"),
    path("learn/", learn.learn, name="learn"),
    path("learn/<int:enrolment>/", learn.learn_class, name="learn-class"),
    path("me/years/", years.years, name="years"),
    path("me/years/<int:year>/", years.year, name="year"),
]
