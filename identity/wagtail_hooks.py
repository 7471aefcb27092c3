"""Identity in Wagtail's admin: who made and changed staff is written down; one's own account page fits our users."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.account import NameEmailSettingsPanel

from core import audit, clock
from identity.code_admin import CodeViewSet
from identity.lockout import address_of
from identity.models import User
from identity.staff_admin import OwnDataForm

# The account page has no setting for this form, and Wagtail's own asks for a first and a last name.
NameEmailSettingsPanel.form_class = OwnDataForm


@hooks.register("register_admin_viewset")
def code_tables() -> CodeViewSet:
    return CodeViewSet()


@hooks.register("register_account_menu_item")
def change_password_item(request: HttpRequest) -> dict[str, object]:
    """Passwords are changed in one place, with the old one and an audit entry."""
    return {"url": reverse("web:password"), "label": _("修改密码"), "help_text": _("改好后其他设备上的登录会退出")}


@hooks.register("register_account_menu_item")
def security_item(request: HttpRequest) -> dict[str, object]:
    """Second factor and devices, on the same page as everybody's."""
    return {"url": reverse("web:security"), "label": _("登录与安全"), "help_text": _("两步验证，在哪些设备上登录着")}


@hooks.register("after_create_user")
def staff_was_made(request: HttpRequest, user: User) -> None:
    _record("staff.create", request, user)


@hooks.register("after_edit_user")
def staff_was_changed(request: HttpRequest, user: User) -> None:
    _record("password.reset" if request.POST.get("password1") else "staff.change", request, user)


@hooks.register("after_delete_user")
def staff_was_removed(request: HttpRequest, user: User) -> None:
    _record("staff.delete", request, user)


def _record(act: str, request: HttpRequest, user: User) -> None:
    rights = {"active": user.is_active, "superuser": user.is_superuser}
    groups = list(user.groups.values_list("name", flat=True)) if user.pk else []
    audit.record(
        act=act,
        now=clock.now(),
        actor_id=request.user.pk,
        acting_as="staff",
        address=address_of(request),
        target=("user", user.pk or user.username),
        after={} if act == "staff.delete" else rights | {"groups": groups},
    )
