"""Addresses of the player; included by web/urls.py."""

from django.urls import path

from web import player

urlpatterns = [
    path("learn/<int:enrolment>/lessons/<int:lesson>/", player.lesson, name="lesson"),
    path("classes/<page_slug:slug>/preview/<int:lesson>/", player.preview, name="preview"),
]
