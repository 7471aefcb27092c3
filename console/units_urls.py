"""Addresses of this family."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
