"""/payments/…: what providers call."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [path("callbacks/<slug:name>", views.callback, name="callback")]
