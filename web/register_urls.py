"""Addresses of registration and of the picker dialogs; included by web/urls.py."""

from django.urls import path

from web import pickers, register_units
from web.register import views

UNITS = register_units.KINDS

urlpatterns = [
    path("register/", views.choose, name="register"),
    path("register/technician/", views.technician, name="register-technician"),
    path("register/technician/sent/", views.sent, name="register-sent"),
    *(path(f"register/{kind}/", register_units.unit, {"kind": kind}, name=f"register-{kind}") for kind in UNITS),
    *(
        path(f"register/{kind}/sent/", register_units.sent, {"kind": kind}, name=f"register-{kind}-sent")
        for kind in UNITS
    ),
    path("pickers/<str:what>/", pickers.pick, name="picker"),
]
