"""Using a code that one's unit bought (学习码, F4)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import Refusal
from payments.services import redeem_seat
from web.learners import learners_only


class RedeemForm(forms.Form):
    """Small letters, blanks and hyphens are forgiven."""

    code = forms.CharField(
        label=gettext_lazy("学习码"),
        max_length=40,
        help_text=gettext_lazy("单位给你的 12 位字母和数字，只能用一次"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("写上学习码")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@learners_only
def redeem(request: HttpRequest) -> HttpResponse:
    """The code typed, one learns at once; the message that brought a code brings it here too."""
    initial = {"code": request.GET.get("code", "")}
    form = RedeemForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            seat = redeem_seat(actor=request.role, code=form.cleaned_data["code"], now=clock.now())
        except Refusal as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("“%(title)s”已开通") % {"title": seat.item.title})
            return redirect("web:learn-class", seat.enrolment_id)
    return render(request, "web/redeem.html", {"form": form})
