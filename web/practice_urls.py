"""Addresses of practice and the mistakes book; included by web/urls.py."""

from django.urls import path

from web import practice

urlpatterns = [
    path("learn/practice/", practice.practice, name="practice"),
    path("learn/practice/<int:course>/", practice.practise, name="practise"),
    path("learn/mistakes/", practice.mistakes, name="mistakes"),
]
