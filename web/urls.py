"""The pages of the site that are no Wagtail pages. Addresses are the contract's."""

from django.urls import include, path, register_converter

from web import account, forgotten, install, second_step, security
from web.slugs import PageSlugConverter

register_converter(PageSlugConverter, "page_slug")  # before the included ones are read

app_name = "web"
urlpatterns = [
    path("login/", account.log_in, name="login"),
    path("login/captcha/", account.renew_captcha, name="captcha"),
    path("login/captcha/<str:key>.wav", account.speak_captcha, name="captcha-sound"),
    path("login/remind/", account.remind_reviewer, name="remind"),
    path("login/code/", second_step.second_step, name="second-step"),
    path("password/forgot/", forgotten.forgot, name="forgot"),
    path("password/reset/<str:uid>/<str:token>/", forgotten.reset, name="reset"),
    path("logout/", account.log_out, name="logout"),
    path("role/", account.choose_role, name="role"),
    path("me/", account.me, name="me"),
    path("me/password/", account.change_password, name="password"),
    path("me/security/", security.security, name="security"),
    path("me/security/setup/", security.set_up, name="second-factor"),
    path("me/security/off/", security.switch_off, name="second-factor-off"),
    path("me/security/end/", security.end_device, name="end-device"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("service-worker.js", install.service_worker, name="service-worker"),
    path("offline/", install.offline, name="offline"),
    path("", include("web.classes_urls")),
    path("", include("web.player_urls")),
    path("", include("web.exams_urls")),
    path("", include("web.practice_urls")),
    path("", include("web.orders_urls")),
    path("", include("web.register_urls")),
    path("", include("web.office_urls")),
]
