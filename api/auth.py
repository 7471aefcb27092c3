"""Logging in and out, one's roles, one's password (P5 to P7)."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.schema import errors
from core import clock
from identity import captcha, devices, queries
from identity.acting import STAFF, ActingRole, roles_of
from identity.errors import SecondFactorRequired
from identity.lockout import address_of
from identity.services import (
    change_password,
    device_of,
    issue_token,
    log_in,
    log_out,
    log_out_token,
    switch_role,
    switch_token_role,
)

USER_TYPES = ("technician", "employer", "department", "bureau", "base", STAFF)


class CaptchaOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    image = serializers.CharField(help_text=_("图片，data URI"))
    expires_in = serializers.IntegerField(help_text=_("秒"))


class LoginIn(serializers.Serializer[Any]):
    user_type = serializers.ChoiceField(USER_TYPES, label=_("用户类型"), help_text=_("只决定先用哪个身份"))
    id_type = serializers.ChoiceField(
        queries.id_types(), label=_("证件类型"), required=False, allow_blank=True, help_text=_("平台工作人员不填")
    )
    id_number = serializers.CharField(
        label=_("证件号码"), max_length=64, help_text=_("平台工作人员填登录名；全角、空格、小写 x 都可以")
    )
    password = serializers.CharField(label=_("密码"), max_length=128, trim_whitespace=False)
    captcha_key = serializers.CharField(
        label=_("验证码编号"), max_length=64, required=False, allow_blank=True, default=""
    )
    captcha = serializers.CharField(
        label=_("验证码"),
        max_length=16,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("半小时内用验证码登录过同一账号、并保留了 Cookie 的设备可以不填"),
    )

    otp = serializers.CharField(
        label=_("动态验证码"),
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("second_factor_required 之后再带上它重来一次；恢复码也可以"),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["user_type"] != STAFF and not attrs.get("id_type"):
            raise serializers.ValidationError({"id_type": _("选择证件类型")}, code="required")
        return attrs


class RoleOut(serializers.Serializer[Any]):
    """A role one may act in; `organisation` is its unit's name, null for the platform's own people."""

    id = serializers.CharField()
    kind = serializers.ChoiceField((*USER_TYPES, "visitor"))
    organisation = serializers.CharField(source="organisation_name", allow_null=True)
    label = serializers.CharField()

    def to_representation(self, instance: ActingRole) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown | {"organisation": shown["organisation"] or None}


class LoginOut(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    role = RoleOut()
    roles = RoleOut(many=True)


class RoleIn(serializers.Serializer[Any]):
    role = serializers.CharField(max_length=20, label=_("身份"), help_text=_("roles 里的 id"))


class RolesOut(serializers.Serializer[Any]):
    role = RoleOut()
    roles = RoleOut(many=True)


class MeOut(RolesOut):
    name = serializers.CharField()
    id_type = serializers.CharField(allow_blank=True)
    id_number_masked = serializers.CharField(allow_blank=True)
    must_change_password = serializers.BooleanField(help_text=_("密码是一次性的，须先修改"))


class PasswordIn(serializers.Serializer[Any]):
    old_password = serializers.CharField(label=_("原密码"), max_length=128, trim_whitespace=False)
    new_password = serializers.CharField(label=_("新密码"), max_length=128, trim_whitespace=False)


def _input(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


class CaptchaView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_captcha",
        summary=_("取验证码"),
        description=_("只能用一次，几分钟后失效。"),
        request=None,
        responses={201: CaptchaOut},
    )
    def post(self, request: Request) -> Response:
        return Response(CaptchaOut(captcha.new(clock.now())).data, status=201)


class LoginView(APIView):
    """Reads no session: who logs in here is who gave the password, not who sits in the browser."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_login",
        summary=_("登录"),
        description=_("账号不存在与密码不对的回答相同；未通过审核只在密码正确时说明。"),
        request=LoginIn,
        responses={200: LoginOut, **errors(401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        data, now = _input(LoginIn, request), clock.now()
        found = log_in(
            request=request._request,
            user_type=data["user_type"],
            id_type=data.get("id_type", ""),
            id_number=data["id_number"],
            password=data["password"],
            captcha_key=data["captcha_key"],
            captcha_answer=data["captcha"],
            otp=data["otp"],
            now=now,
        )
        token, text = issue_token(
            user=found.user,
            role=found.role,
            address=address_of(request._request),
            device=device_of(request._request),
            now=now,
        )
        answer = {"token": text, "expires_at": token.expiry, "role": found.role, "roles": found.roles}
        response = Response(LoginOut(answer).data)
        devices.remember(response, found.account)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Who is asked for the code passed the captcha: the second call may leave it out."""
        response = super().handle_exception(exc)
        if isinstance(exc, SecondFactorRequired):
            devices.remember(response, exc.account)
        return response


class RoleView(APIView):
    @extend_schema(
        operation_id="auth_role",
        summary=_("切换身份"),
        description=_("之后的请求都用这个身份，不用重新登录。"),
        request=RoleIn,
        responses={200: RolesOut, **errors(404)},
    )
    def post(self, request: Request) -> Response:
        role_id, now = _input(RoleIn, request)["role"], clock.now()
        if request.auth is not None:
            address = address_of(request._request)
            role = switch_token_role(token=request.auth, role_id=role_id, address=address, now=now)
        else:
            role = switch_role(request=request._request, user=request.user, role_id=role_id, now=now)
        return Response(RolesOut({"role": role, "roles": roles_of(request.user)}).data)


class LogoutView(APIView):
    @extend_schema(
        operation_id="auth_logout",
        summary=_("退出登录"),
        description=_("令牌或会话随即失效，正在进行的观看结束。"),
        request=None,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        if request.auth is not None:
            log_out_token(token=request.auth, address=address_of(request._request), now=now)
        else:
            log_out(request=request._request, now=now)
        return Response(status=204)


class MeView(APIView):
    @extend_schema(operation_id="me", summary=_("我"), description=_("证件号码只给出掩码。"), responses=MeOut)
    def get(self, request: Request) -> Response:
        user = request.user
        answer = {
            "name": user.name,
            "id_type": user.id_type,
            "id_number_masked": queries.masked_id_number(user),
            "must_change_password": user.must_change_password,
            "role": request.role,
            "roles": roles_of(user),
        }
        return Response(MeOut(answer).data)


class PasswordView(APIView):
    @extend_schema(
        operation_id="me_password",
        summary=_("修改密码"),
        description=_("其他会话与令牌随即失效，这一个保留。"),
        request=PasswordIn,
        responses={204: None, **errors(429)},
    )
    def post(self, request: Request) -> Response:
        data = _input(PasswordIn, request)
        change_password(
            request=request._request,
            actor=request.role,
            old_password=data["old_password"],
            new_password=data["new_password"],
            now=clock.now(),
            keep_token=request.auth,
        )
        return Response(status=204)


urlpatterns = [
    path("auth/captcha", CaptchaView.as_view(), name="auth-captcha"),
    path("auth/login", LoginView.as_view(), name="auth-login"),
    path("auth/role", RoleView.as_view(), name="auth-role"),
    path("auth/logout", LogoutView.as_view(), name="auth-logout"),
    path("me", MeView.as_view(), name="me"),
    path("me/password", PasswordView.as_view(), name="me-password"),
]
