"""The pages in which employers, departments, CE bases and HR bureaus register (P3, P4)."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from registry.units.queries.registrations import former_unit_registration
from registry.units.services import register_unit
from web.register.flow import Flow, tell_who_reviews
from web.register_units_form import FORMS, UnitForm


@dataclass(frozen=True, slots=True)
class Kind:
    """How the pages of one kind call it, and what they say about who reviews."""

    code: str
    title: str | Promise
    lead: str | Promise


KINDS = {
    one.code: one
    for one in (
        Kind(
            "employer",
            _("用人单位注册"),
            _("约 5 分钟。由主管部门或上级单位审核，都没有的由所在区域的人社部门审核。人才服务机构也在这里注册。"),
        ),
        Kind("department", _("行业主管部门注册"), _("约 5 分钟。由所在区域的人社部门审核，通过后单位就能选择你们。")),
        Kind("base", _("继续教育基地注册"), _("约 5 分钟。由所在区域的人社部门审核，通过就能登录。")),
        Kind("bureau", _("人社部门注册"), _("约 5 分钟。由上一级人社部门审核，通过就能登录。")),
    )
}


@sensitive_post_parameters("password", "again", "id_number", "captcha")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest, kind: str) -> HttpResponse:
    """Register a unit of this kind: the unit, then its administrator."""
    return _FLOWS[kind].serve(request)


@never_cache
@require_GET
def sent(request: HttpRequest, kind: str) -> HttpResponse:
    """注册信息已提交审核，请耐心等待."""
    pages = "web/register_units/sent.html", "web/register_units/sending.html"
    return tell_who_reviews(request, *pages, kind=KINDS[kind])


def _send(request: HttpRequest, form: UnitForm) -> int:
    done = register_unit(
        request=request,
        data=form.registration(),
        captcha_key=form.cleaned_data["captcha_key"],
        captcha_answer=form.cleaned_data["captcha"],
        now=clock.now(),
    )
    return done.superior_id


def _former(kind: str, case_id: int) -> Any:
    """With the choices that the form makes of what the case holds."""
    former = former_unit_registration(case_id, kind)
    if former is not None:
        chosen = next((name for name in ("department", "parent") if former.values[name]), "bureau")
        former.values.update(above=chosen, has_code="yes" if former.values["credit_code"] else "no")
    return former


_FLOWS = {
    kind: Flow(
        template="web/register_units/unit.html",
        form=FORMS[kind],
        send=_send,
        former=partial(_former, kind),
        sent=f"web:register-{kind}-sent",
        context={"kind": KINDS[kind]},
    )
    for kind in KINDS
}
