"""Addresses of registration and of the picker dialogs; included by web/urls.py."""

from django.urls import path

from web import pickers

urlpatterns = [
    path("pickers/<str:what>/", pickers.pick, name="picker"),
]
