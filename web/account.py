"""Logging in and out, choosing a role, 我, the password (P5–P7, T0)."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import FieldRefusal, Refusal
from identity import captcha, devices, queries, services
from identity.acting import ActingRole, roles_of
from identity.errors import BadCredentials, Locked, NotApproved, Rejected, RoleNotYours
from identity.services import LoggedIn
from registry.approvals import queries as cases
from registry.hours import queries as ledger
from web import login_notices
from web.account_forms import LoginForm, PasswordForm, login_form
from web.entering import MANY_ROLES, enter, home_of, keep_usual, usual_role
from web.second_step import wait_for_code
from web.year import this_year

ROLE_ICONS = {
    "technician": "mortarboard",
    "employer": "building",
    "department": "diagram-3",
    "bureau": "bank",
    "base": "journal-check",
    "staff": "gear",
}


# --- Log in -----------------------------------------------------------------------------------------------------------
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page. What was typed stays, but the password and the captcha, which is always a new one."""
    if request.method != "POST":
        if not request.role.is_visitor:
            return redirect(home_of(request.role, request.GET.get("next", ""), request))
        return _login_page(request, login_form(initial={"next": request.GET.get("next", "")}))
    form = login_form(request.POST, needs_captcha=devices.COOKIE not in request.COOKIES)
    if not form.is_valid():
        return _login_page(request, form)
    try:
        found = _find_out(request, form)
    except FieldRefusal as refusal:
        form.add_error(refusal.attr, str(refusal))
        return _login_page(request, form)
    except (BadCredentials, NotApproved, Rejected, Locked) as refusal:
        return _login_page(request, form, refusal)
    return _begin(request, form, found)


def _find_out(request: HttpRequest, form: LoginForm) -> LoggedIn:
    data = form.cleaned_data
    return services.log_in(
        request=request,
        user_type=form.user_type,
        id_type=data["id_type"],
        id_number=data["id_number"],
        password=data["password"],
        captcha_key=data["captcha_key"],
        captcha_answer=data["captcha"],
        now=clock.now(),
        in_browser=True,
    )


def _begin(request: HttpRequest, form: LoginForm, found: LoggedIn) -> HttpResponse:
    remember, wanted = form.cleaned_data["remember"], form.cleaned_data["next"]
    if found.needs_code:
        response = wait_for_code(request, found, remember=remember, wanted=wanted)
    else:
        response = enter(request, found.user, found.role, remember=remember, wanted=wanted)
    devices.remember(response, found.account)
    return response


def _login_page(request: HttpRequest, form: LoginForm, refusal: Refusal | None = None) -> HttpResponse:
    fresh = captcha.new(clock.now())
    context = {
        "form": form,
        "captcha": fresh,
        "dial": this_year(),
        "refusal": login_notices.notice_of(refusal, request, clock.now()) if refusal else None,
    }
    response = render(request, "web/login.html", context)
    if isinstance(refusal, Locked):
        response.status_code = 429
        response["Retry-After"] = str(refusal.wait_seconds)
    return response


@require_POST
def remind_reviewer(request: HttpRequest) -> HttpResponse:
    """催办 from the login page, by who gave the right password a moment ago; once a day."""
    try:
        if login_notices.remind(request, clock.now()):
            messages.success(request, _("已提醒审核人，明天可以再提醒一次"))
        else:
            messages.error(request, _("等得太久了，再登录一次就可以提醒"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("web:login")


@never_cache
@require_GET
def renew_captcha(request: HttpRequest) -> JsonResponse:
    """A fresh captcha, and the token that a form kept for everybody lacks."""
    fresh = captcha.new(clock.now())
    return JsonResponse({"token": get_token(request), "key": fresh.key, "image": fresh.image})


@never_cache
@require_GET
def speak_captcha(request: HttpRequest, key: str) -> HttpResponse:
    """听验证码: the captcha read aloud."""
    sound = captcha.spoken(key, clock.now())
    if sound is None:
        raise Http404
    return HttpResponse(sound, content_type="audio/wav")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Back to the portal (P6)."""
    services.log_out(request=request, now=clock.now())
    messages.success(request, _("已退出登录"))
    return redirect("/")


# --- Roles ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RoleChoice:
    """A role as the page offers it."""

    id: str
    label: str
    organisation_name: str
    icon: str
    is_current: bool
    reviews: bool
    waiting: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_role(request: HttpRequest) -> HttpResponse:
    """Which of one's roles to act in: after login and whenever one likes, without logging in again (P7)."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        return _act_as(request)
    roles = roles_of(request.user)
    request.session[MANY_ROLES] = len(roles) > 1
    context = {
        "roles": [_choice(role, request) for role in roles],
        "next": request.GET.get("next", ""),
        "keeps": usual_role(request, roles) is not None,
    }
    return render(request, "web/switch_role.html", context)


def _act_as(request: HttpRequest) -> HttpResponse:
    role_id = request.POST.get("role", "")
    try:
        role = services.switch_role(request=request, user=request.user, role_id=role_id, now=clock.now())
    except RoleNotYours as refusal:
        messages.error(request, str(refusal))
        return redirect("web:role")
    response = redirect(home_of(role, request.POST.get("next", ""), request))
    keep_usual(response, role if request.POST.get("usual") else None)
    return response


def _choice(role: ActingRole, request: HttpRequest) -> RoleChoice:
    """With what waits for the role: a reviewer with several hats sees where he is needed."""
    to_dos = cases.to_dos(role, now=clock.now()) if role.is_administrator else ()
    return RoleChoice(
        id=role.id,
        label=role.label,
        organisation_name=role.organisation_name,
        icon=ROLE_ICONS[role.kind],
        is_current=role.id == request.role.id,
        reviews=bool(to_dos),
        waiting=sum(to_do.count for to_do in to_dos),
    )


# --- 我 ---------------------------------------------------------------------------------------------------------------
@never_cache
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """我: who one is here, and the ways on that this role has."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    role, user = request.role, request.user
    context = {
        "id_type": queries.id_type_label(user.id_type),
        "id_number_masked": queries.masked_id_number(user),
        "has_other_roles": len(roles_of(user)) > 1,
        "totals": ledger.totals(role.user_id, this_year().today.year) if role.is_learner else None,
    }
    return render(request, "web/me.html", context)


@sensitive_post_parameters("old_password", "new_password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; other sessions end, this one goes on (P6)."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_password(
                request=request,
                actor=request.role,
                old_password=form.cleaned_data["old_password"],
                new_password=form.cleaned_data["new_password"],
                now=clock.now(),
            )
        except FieldRefusal as refusal:
            form.add_error(refusal.attr, str(refusal))
        except Locked as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("新密码已保存，其他设备上的登录已退出"))
            return redirect("web:me")
    return render(request, "web/password.html", {"form": form, "must_change": request.user.must_change_password})
