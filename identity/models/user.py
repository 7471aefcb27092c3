"""The user: one human."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import EmailValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField


def opaque_username() -> str:
    """The login name of somebody who logs in by ID number: it says nothing and is never shown."""
    return "p-" + get_random_string(20).lower()


class UserManager(BaseUserManager["User"]):
    """`create_superuser` for Django's command; people are made by `identity.services`."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One human, and all that is earned hangs on it. Staff have a login name, others an ID number (P2).

    The ID number is kept encrypted; `id_digest` (keyed HMAC over type and number) finds it and keeps it unique.
    `mobile_digest` finds who else gave the same mobile.
    """

    username = models.CharField(_("登录名"), max_length=64, unique=True, default=opaque_username)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    id_type = models.CharField(_("证件类型"), max_length=20, blank=True)
    id_number = EncryptedTextField(_("证件号码"), blank=True)
    id_digest = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    mobile = EncryptedTextField(_("手机"), blank=True)
    mobile_digest = models.BinaryField(max_length=32, null=True, editable=False)
    landline = EncryptedTextField(_("固定电话"), blank=True)
    email = models.CharField(_("邮箱"), max_length=254, blank=True, validators=[EmailValidator()])
    wants_mail = models.BooleanField(_("消息同时发到邮箱"), default=True)
    is_staff = models.BooleanField(_("平台工作人员"), default=False)
    is_active = models.BooleanField(_("有效"), default=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=False)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("注销时间"), null=True, blank=True)
    date_joined = models.DateTimeField(_("建立时间"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id_type="", id_digest__isnull=True)
                | (~models.Q(id_type="") & models.Q(id_digest__isnull=False)),
                name="id_number_has_digest",
            )
        ]
        indexes = [
            models.Index(fields=["mobile_digest"], name="user_by_mobile"),
            # Names are looked for from their beginning, whatever order the database sorts texts in.
            models.Index(fields=["name"], name="user_by_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions and tokens hold as long as the password and the ID number stay what they are (P6, S1)."""
        return session_hash(self.password, bytes(self.id_digest) if self.id_digest else None, secret)

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


def session_hash(password: str, id_digest: bytes | None, secret: str | None = None) -> str:
    """What ties a session or token to the password (its hash) and the ID number of its user."""
    own = password + (id_digest.hex() if id_digest else "")
    return salted_hmac("identity.models.User.session", own, secret=secret, algorithm="sha256").hexdigest()
