"""The pages of the site that are no Wagtail pages. Addresses are the contract's."""

from django.urls import include, path, register_converter

from web import account, install
from web.slugs import PageSlugConverter

register_converter(PageSlugConverter, "page_slug")  # before the included ones are read

app_name = "web"
urlpatterns = [
    path("login/", account.log_in, name="login"),
    path("login/captcha/", account.renew_captcha, name="captcha"),
    path("login/captcha/<str:key>.wav", account.speak_captcha, name="captcha-sound"),
    path("logout/", account.log_out, name="logout"),
    path("role/", account.choose_role, name="role"),
    path("me/", account.me, name="me"),
    path("me/password/", account.change_password, name="password"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("service-worker.js", install.service_worker, name="service-worker"),
    path("offline/", install.offline, name="offline"),
    path("", include("web.classes_urls")),
    path("", include("web.player_urls")),
    path("", include("web.register_urls")),
]
