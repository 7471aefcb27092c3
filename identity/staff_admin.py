"""The platform's own people in Wagtail's admin: name, login name, e-mail, groups. Nobody with an ID number is shown."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import (
    CreateView,
    DeleteView,
    EditView,
    HistoryView,
    IndexView,
    UserViewSet,
)

from core import clock
from identity.lockout import LOGIN_NAME
from identity.models import User

_NAME_RULE = RegexValidator(rf"^(?:{LOGIN_NAME.pattern})$", _("登录名用字母和 . _ - @，末尾最多三位数字"))


class _StaffForm(forms.ModelForm):
    """What both forms share. Wagtail's first and last name are one field here."""

    first_name = None
    last_name = None
    email = forms.EmailField(required=False, label=_("邮箱"))
    name = forms.CharField(max_length=60, label=_("姓名"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._others = not kwargs.get("editing_self", False)
        super().__init__(*args, **kwargs)
        self.fields["username"].validators.append(_NAME_RULE)
        self.fields["username"].initial = ""
        self.fields["username"].help_text = _NAME_RULE.message

    def save(self, commit: bool = True) -> User:
        """Whoever is kept here is staff; a password set for somebody else is for one time."""
        user: User = self.instance
        user.is_staff = True
        if self.cleaned_data.get("password1"):
            user.must_change_password = self._others
            user.password_changed_at = clock.now()
        return super().save(commit)


class StaffCreationForm(_StaffForm, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields = ["username", "name", "email", "is_superuser", "groups"]


class StaffEditForm(_StaffForm, UserEditForm):
    class Meta(UserEditForm.Meta):
        fields = ["username", "name", "email", "is_active", "is_superuser", "groups"]


class OwnDataForm(forms.ModelForm):
    """Name and e-mail on one's own account page."""

    class Meta:
        model = User
        fields = ["name", "email"]


class _StaffOnly:
    """Everybody else is unknown here, whatever id is asked for."""

    def get_object(self, *args: Any) -> User:
        found: User = super().get_object(*args)  # type: ignore[misc]
        if not found.is_staff:
            raise Http404
        return found


class StaffIndexView(IndexView):
    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().filter(is_staff=True)

    @property
    def search_fields(self) -> set[str]:
        return {"username", "name", "email"}


class StaffEditView(_StaffOnly, EditView):
    pass


class StaffDeleteView(_StaffOnly, DeleteView):
    pass


class StaffHistoryView(_StaffOnly, HistoryView):
    pass


class StaffViewSet(UserViewSet):
    index_view_class = StaffIndexView
    add_view_class = CreateView
    edit_view_class = StaffEditView
    delete_view_class = StaffDeleteView
    history_view_class = StaffHistoryView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return StaffEditForm if for_update else StaffCreationForm
