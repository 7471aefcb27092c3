"""Logging in and out, choosing a role, 我, the password (P5–P7, T0)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
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
from registry.hours import queries as ledger
from web.account_forms import LoginForm, PasswordForm, login_form
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
@dataclass(frozen=True)
class Notice:
    """Why nobody was logged in: Bootstrap's alert kind, the result, the next step."""

    kind: str
    title: str
    text: str


def notice_of(refusal: Refusal) -> Notice:
    """A refused login in the words of the page (P5: clear messages)."""
    if isinstance(refusal, NotApproved):
        unit, phone = refusal.params["organisation"], refusal.params["phone"]
        text = _("正在由%(unit)s审核。") % {"unit": unit}
        if phone:
            text += _("着急的话可以联系 %(phone)s。") % {"phone": phone}
        return Notice("info", _("注册还在审核，暂时不能登录"), text)
    if isinstance(refusal, Rejected):
        text = _("改好退回的地方就可以重新注册。退回原因可以问所在单位，或拨打服务电话。")
        return Notice("warning", _("注册没有通过审核"), text)
    if isinstance(refusal, Locked):
        return Notice("warning", _("先停一停再试"), str(refusal))
    return Notice("danger", _("没有登录成功"), str(refusal))


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page. What was typed stays, but the password and the captcha, which is always a new one."""
    if request.method != "POST":
        if not request.role.is_visitor:
            return redirect(_home_of(request.role, request.GET.get("next", ""), request))
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
    )


def _begin(request: HttpRequest, form: LoginForm, found: LoggedIn) -> HttpResponse:
    services.start_session(
        request=request,
        user=found.user,
        role=found.role,
        remember=form.cleaned_data["remember"],
        now=clock.now(),
    )
    wanted = form.cleaned_data["next"]
    if found.user.must_change_password:
        response = redirect("web:password")
    elif len(found.roles) > 1:
        response = redirect(f"{reverse('web:role')}?{urlencode({'next': wanted})}" if wanted else "web:role")
    else:
        response = redirect(_home_of(found.role, wanted, request))
    devices.remember(response, found.account)
    return response


def _login_page(request: HttpRequest, form: LoginForm, refusal: Refusal | None = None) -> HttpResponse:
    fresh = captcha.new(clock.now())
    context = {
        "form": form,
        "captcha": fresh,
        "dial": this_year(),
        "refusal": notice_of(refusal) if refusal else None,
    }
    response = render(request, "web/login.html", context)
    if isinstance(refusal, Locked):
        response.status_code = 429
        response["Retry-After"] = str(refusal.wait_seconds)
    return response


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


def _home_of(role: ActingRole, wanted: str, request: HttpRequest) -> str:
    """Where somebody goes on: where he wanted to, as far as that is on this site, else his role's first page."""
    hosts = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return wanted
    if role.is_learner:
        return reverse("web:learn")
    return reverse("wagtailadmin_home") if role.is_staff else reverse("web:me")


# --- Roles ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RoleChoice:
    """A role as the page offers it."""

    id: str
    label: str
    organisation_name: str
    icon: str
    is_current: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_role(request: HttpRequest) -> HttpResponse:
    """Which of one's roles to act in: after login and whenever one likes, without logging in again (P7)."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        try:
            role = services.switch_role(
                request=request, user=request.user, role_id=request.POST.get("role", ""), now=clock.now()
            )
        except RoleNotYours as refusal:
            messages.error(request, str(refusal))
            return redirect("web:role")
        return redirect(_home_of(role, request.POST.get("next", ""), request))
    roles = [
        RoleChoice(role.id, role.label, role.organisation_name, ROLE_ICONS[role.kind], role.id == request.role.id)
        for role in roles_of(request.user)
    ]
    return render(request, "web/switch_role.html", {"roles": roles, "next": request.GET.get("next", "")})


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
