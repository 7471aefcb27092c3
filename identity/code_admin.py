"""Code tables in Wagtail's admin: staff add, rename and switch off values. Nobody deletes one: records name it."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from core import clock
from core.errors import FieldRefusal
from identity import queries, services
from identity.errors import CodeTaken
from identity.models import Code

TABLES = {
    "ethnicity": _("民族"),
    "education": _("学历"),
    "degree": _("学位"),
    "major": _("专业"),
    "rank": _("行政级别"),
    "title_series": _("职称系列"),
    "title_level": _("职称级别"),
    "qualification": _("现专业技术职务资格"),
    "professional_qualification": _("职业资格"),
    "professional_level": _("职业资格等级"),
    "unit_nature": _("单位性质"),
    "industry": _("行业"),
    "department_level": _("主管部门级别"),
    "base_level": _("施教级别"),
    "declaration_type": _("申报类型"),
    "learning_form": _("学习形式"),
    "id_type": _("证件类型"),
}
"""Every table with its name, in the order of the forms. Regions are a tree of their own."""

_SERIES_OF = {"qualification": "title_series"}


class _KeepersOnly(ModelPermissionPolicy):
    """As the groups say, but deleting is nobody's right, not even the superuser's."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        allowed = set(actions) - {"delete"}
        return super().users_with_any_permission(allowed) if allowed else get_user_model().objects.none()


register_permission_policy(Code, _KeepersOnly(Code))


class CodeForm(forms.ModelForm):
    """A value; its table and code are fixed once it is there."""

    table = forms.ChoiceField(label=_("代码表"), choices=[("", _("请选择")), *TABLES.items()])

    sort = forms.IntegerField(
        label=_("次序"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=_("小的排在前面；新的值不填就排在最后"),
    )

    class Meta:
        model = Code
        fields = ["table", "code", "label", "parent", "level", "sort", "is_active"]
        help_texts = {
            "code": _("保存后不能再改：档案里记的是代码"),
            "parent": _("上一级的代码；现专业技术职务资格填职称系列的代码"),
            "level": _("只有现专业技术职务资格填：1 正高级，2 副高级，3 中级，4 助理级，5 员级"),
            "is_active": _("停用后不能再选，已有档案照常显示"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["table"].disabled = self.fields["code"].disabled = True
        else:
            self.initial["sort"] = None

    def clean(self) -> dict[str, Any]:
        """The service's own check, told at the field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        place = {name: cleaned.get(name, "") for name in ("table", "code", "parent", "level")}
        if place["table"] and place["code"]:
            try:
                self._refuse_taken(place["table"], place["code"])
                services.require_place(**place)
            except FieldRefusal as refusal:
                self.add_error(refusal.attr, str(refusal))
        return cleaned

    def _refuse_taken(self, table: str, code: str) -> None:
        if not self.instance.pk and Code.objects.filter(table=table, code=code).exists():
            raise CodeTaken("code")

    def code_fields(self) -> services.CodeFields:
        """What the service is told."""
        names = ("label", "parent", "level", "sort", "is_active")
        return services.CodeFields(**{name: self.cleaned_data[name] for name in names})


class CodeCreateView(CreateView):
    def save_instance(self) -> Code:
        code = services.add_code(
            actor=self.request.role,
            table=self.form.cleaned_data["table"],
            code=self.form.cleaned_data["code"],
            fields=self.form.code_fields(),
            now=clock.now(),
        )
        log(instance=code, action="wagtail.create", user=self.request.user)
        return code


class CodeEditView(EditView):
    def save_instance(self) -> Code:
        code = services.change_code(
            actor=self.request.role, code_id=self.object.pk, fields=self.form.code_fields(), now=clock.now()
        )
        log(instance=code, action="wagtail.edit", user=self.request.user)
        return code


class CodeFilterSet(WagtailFilterSet):
    table = django_filters.ChoiceFilter(label=_("代码表"), choices=[*TABLES.items()], empty_label=_("全部"))

    class Meta:
        model = Code
        fields = ["table", "is_active", "is_edited"]


class CodeIndexView(IndexView):
    """All values, table by table in the order of the pickers."""

    page_title = _("代码表")

    @cached_property
    def add_item_label(self) -> str:
        return gettext("添加一个值")

    def get_base_queryset(self) -> QuerySet[Code]:
        return super().get_base_queryset().filter(table__in=TABLES)


def _parent_words(code: Code) -> str:
    if not code.parent:
        return ""
    return f"{code.parent} {queries.label(_SERIES_OF.get(code.table, code.table), code.parent)}"


class CodeViewSet(ModelViewSet):
    model = Code
    name = "codes"
    icon = "list-ul"
    menu_label = _("代码表")
    menu_order = 260
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = CodeIndexView
    add_view_class = CodeCreateView
    edit_view_class = CodeEditView
    filterset_class = CodeFilterSet
    search_fields = ["label", "code"]
    search_backend_name = None
    list_per_page = 50
    ordering = ["table", "sort", "code"]
    list_display = [
        TitleColumn("label", label=_("名称"), url_name="codes:edit", sort_key="label"),
        Column("code", label=_("代码"), sort_key="code"),
        Column("table", label=_("代码表"), accessor=lambda code: TABLES[code.table], sort_key="table"),
        Column("parent", label=_("上级"), accessor=_parent_words, sort_key="parent"),
        Column("level", label=_("级别"), accessor=lambda code: queries.label("title_level", code.level)),
        BooleanColumn("is_active", label=_("启用"), sort_key="is_active"),
        Column(
            "is_edited",
            label=_("本站改过"),
            accessor=lambda code: _("是") if code.is_edited else "",
            sort_key="is_edited",
        ),
    ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return CodeForm
