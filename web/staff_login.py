"""Logging in to Wagtail's admin and out of it, by the same services as everywhere (P5, P6)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin.views.account import LoginView, LogoutView

from core import clock
from identity import services
from identity.acting import staff_role
from identity.staff_login import StaffLoginForm


class StaffLoginView(LoginView):
    """Wagtail's page. Who logs in here acts as staff, whatever else he is; the session is noted and audited."""

    def form_valid(self, form: StaffLoginForm) -> HttpResponse:
        user = form.get_user()
        services.start_session(
            request=self.request,
            user=user,
            role=staff_role(user.pk),
            remember=bool(form.cleaned_data.get("remember")),
            now=clock.now(),
        )
        return redirect(self.get_success_url())


class StaffLogoutView(LogoutView):
    """Ends what runs too: staff may be learners."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.log_out(request=request, now=clock.now())
        return super().post(request, *args, **kwargs)
