"""The content room in Wagtail's admin: the question bank, the words of the history, a menu without what isn't used."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms import services
from cms.importing.writing import IMPORTED
from cms.models import BankQuestion, ClassIndexPage, ClassPage, Question, QuestionSet
from cms.office.bank import BankQuestionViewSet, QuestionBankViewSet
from cms.office.bulk import ActivateAction, RetireAction
from cms.office.warnings import ShortExamsPanel, warn_of_doubles, warn_of_short_exams
from cms.services.question_states import STATE_CHANGED
from cms.services.schedule import REFUSED_ACTION

# Parts of Wagtail's menu that nobody here works with.
UNUSED = {"help", "redirects"}


class QuestionSetViewSet(SnippetViewSet):
    model = QuestionSet
    icon = "list-ul"
    menu_label = _("课中题组")
    list_display = ["title", "question_count", "note", UpdatedAtColumn()]
    search_fields = ["title", "note"]
    copy_view_enabled = False


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("课中题目")
    list_display = ["__str__", "kind", "question_set", UpdatedAtColumn()]
    list_filter = ["kind"]
    search_fields = ["stem"]
    list_select_related = ["question_set"]
    panels = [FieldPanel("question_set"), *Question.panels]
    copy_view_enabled = False


class QuestionBankGroup(SnippetViewSetGroup):
    items = (BankQuestionViewSet, QuestionBankViewSet, QuestionSetViewSet, QuestionViewSet)
    menu_label = _("题库")
    menu_icon = "help"
    menu_name = "question-bank"
    menu_order = 220


register_snippet(QuestionBankGroup)
hooks.register("register_bulk_action", ActivateAction)
hooks.register("register_bulk_action", RetireAction)


class ClassListingViewSet(PageListingViewSet):
    """All classes in one list: editors think of classes, not of a tree."""

    model = ClassPage
    icon = "list-ol"
    menu_label = _("班级")
    menu_order = 110
    add_to_admin_menu = True
    list_filter = ["subject", "live"]


@hooks.register("register_admin_viewset")
def class_listing() -> ClassListingViewSet:
    return ClassListingViewSet("classes")


class Shortcuts(Component):
    """What an editor comes for most, on the admin's first page."""

    name = "shortcuts"
    template_name = "cms/admin/shortcuts.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        found = []
        index = ClassIndexPage.objects.first()
        if index and index.permissions_for_user(request.user).can_add_subpage():
            address = reverse("wagtailadmin_pages:add", args=["cms", "classpage", index.pk])
            found.append({"url": address, "icon": "plus", "label": _("新建班级")})
        if request.user.has_perm("cms.add_bankquestion"):
            address = reverse("wagtailsnippets_cms_bankquestion:import")
            found.append({"url": address, "icon": "upload", "label": _("导入考题")})
        if request.user.has_perm("cms.add_questionset"):
            address = reverse("wagtailsnippets_cms_questionset:add")
            found.append({"url": address, "icon": "plus", "label": _("新建题组")})
        found.append({"url": "/", "icon": "view", "label": _("看看网站")})
        return {"shortcuts": found}


@hooks.register("construct_homepage_panels")
def first_page(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, Shortcuts())
    if request.user.has_perm("cms.change_bankquestion"):
        panels.insert(1, ShortExamsPanel())


@hooks.register("construct_homepage_summary_items", order=1000)
def no_counts(request: HttpRequest, items: list[Any]) -> None:
    """How many pages and images there are helps nobody."""
    items.clear()


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def keep_question_history(request: HttpRequest, instance: Any) -> None:
    """A question edited inside its set keeps a history of its own too."""
    if isinstance(instance, QuestionSet):
        for question in instance.questions.all():
            question.keep_history(request.user)
    if isinstance(instance, BankQuestion):
        warn_of_doubles(request, instance)
        warn_of_short_exams(request, instance)


@hooks.register("before_edit_snippet")
def keep_what_was_written(request: HttpRequest, instance: Any) -> None:
    """A question that never had a history (imported, written by program) keeps how it was before the first change."""
    if isinstance(instance, BankQuestion) and request.method == "POST" and instance.latest_revision_id is None:
        instance.keep_history(None)


@hooks.register("before_delete_snippet")
def keep_questions_in_use(request: HttpRequest, instances: list[Any]) -> None:
    """Refused before the page that would ask whether one is sure."""
    services.refuse_unless_unused([one for one in instances if isinstance(one, BankQuestion)])


@hooks.register("before_delete_page")
def keep_what_is_in_use(request: HttpRequest, page: Page) -> None:
    """Refused before Wagtail begins: it writes its log and its tree before the database objects."""
    services.refuse_unless_deletable(page)


@hooks.register("construct_main_menu")
def hide_unused(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("construct_settings_menu")
def hide_unused_settings(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("insert_global_admin_css")
def our_tokens() -> str:
    sheets = ((static(f"css/{name}.css"),) for name in ("wagtail", "question-bank"))
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)


@hooks.register("register_log_actions")
def log_words(actions: Any) -> None:
    @actions.register_action(REFUSED_ACTION)
    class PublishRefusedFormatter(LogFormatter):
        label = _("定时发布没有成功")

        def format_message(self, log_entry: Any) -> str:
            return str(_("定时发布没有成功：%(reasons)s")) % {"reasons": "；".join(log_entry.data.get("reasons", []))}

    @actions.register_action(IMPORTED)
    class ImportedFormatter(LogFormatter):
        label = _("表格导入")

        def format_message(self, log_entry: Any) -> str:
            names = [str(BankQuestion._meta.get_field(name).verbose_name) for name in log_entry.data.get("changed", [])]
            return str(_("表格导入，改了：%s")) % "、".join(names) if names else str(_("由表格导入"))

    @actions.register_action(STATE_CHANGED)
    class StateChangedFormatter(LogFormatter):
        label = _("启用或停用")

        def format_message(self, log_entry: Any) -> str:
            return str(_("状态改为：%s")) % BankQuestion.State(log_entry.data["state"]).label
