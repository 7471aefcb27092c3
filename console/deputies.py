"""Deputies (代理人): naming one for one's leave, calling him back (S2)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from console.access import administrator
from core import clock
from core.errors import FieldRefusal
from identity import queries as identity
from registry.approvals import services
from registry.approvals.queries import deputies_of


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **attrs: str) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


class DeputyForm(forms.Form):
    """Who stands in, from when to when."""

    deputy = forms.TypedChoiceField(label=gettext_lazy("谁代你审核"), coerce=int)
    starts_on = forms.DateField(label=gettext_lazy("从哪天起"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("到哪天止"), widget=DateInput)

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].choices = [("", _("选一位管理员")), *colleagues]


@require_http_methods(["GET", "HEAD", "POST"])
@administrator()
def deputies(request: HttpRequest) -> HttpResponse:
    """The form and one's deputies; each administrator names his own."""
    now = clock.now()
    colleagues = identity.colleagues_by_name(request.role)
    data = request.POST if request.method == "POST" else None
    form = DeputyForm(data, colleagues=colleagues, initial={"starts_on": timezone.localdate(now)})
    if data is not None and form.is_valid():
        try:
            services.name_deputy(
                actor=request.role,
                deputy_id=form.cleaned_data["deputy"],
                starts_on=form.cleaned_data["starts_on"],
                ends_on=form.cleaned_data["ends_on"],
                now=now,
            )
        except FieldRefusal as refusal:
            form.add_error(refusal.attr, str(refusal))
        else:
            messages.success(request, _("代理人已设好，到日子自动生效，过期自动失效"))
            return redirect("console:deputies")
    context = {"form": form, "deputies": deputies_of(request.role, now=now), "has_colleagues": bool(colleagues)}
    return render(request, "console/deputies.html", context)


@require_POST
@administrator()
def recall(request: HttpRequest, deputy: int) -> HttpResponse:
    """Back earlier."""
    try:
        services.recall_deputy(actor=request.role, deputy_row_id=deputy, now=clock.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    messages.success(request, _("代理已收回"))
    return redirect("console:deputies")
