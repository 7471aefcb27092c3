"""Addresses of registration and of the picker dialogs; included by web/urls.py."""

from django.urls import path

from web import pickers
from web.register import views

urlpatterns = [
    path("register/", views.choose, name="register"),
    path("register/technician/", views.technician, name="register-technician"),
    path("register/technician/sent/", views.sent, name="register-sent"),
    path("pickers/<str:what>/", pickers.pick, name="picker"),
]
