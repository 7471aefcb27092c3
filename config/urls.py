"""Addresses. Wagtail's pages come last: they take whatever nothing else has claimed."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from web import health
from web.pictures import QuestionPictureView
from web.staff_login import StaffLoginView, StaffLogoutView

handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"

urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/login/", StaffLoginView.as_view()),  # before Wagtail's own of the same address
    path("admin/logout/", StaffLogoutView.as_view()),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/", include("media_pipeline.urls")),
    path(
        "images/<str:signature>/<int:image_id>/<str:filter_spec>/",
        QuestionPictureView.as_view(),
        name="question-picture",
    ),
    path("payments/", include("payments.urls")),
    path("api/v1/", include("api.urls")),
    path("console/", include("console.urls")),
    path("", include("web.urls")),
    path("", include(wagtail_urls)),
]
