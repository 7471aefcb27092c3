"""启用 and 停用 for the questions that are ticked in the list."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from cms import services
from cms.models import BankQuestion
from cms.queries.short import exams_hit_by
from core import clock


class _StateAction(SnippetBulkAction):
    models = [BankQuestion]
    template_name = "cms/admin/bulk_state.html"
    question: Any = ""

    def check_perm(self, snippet: BankQuestion) -> bool:
        return bool(self.request.user.has_perm("cms.change_bankquestion"))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> list[int]:
        """None: the list's filters don't come along, and whoever ticked some must not change all."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"heading": self.display_name, "question": self.question}


class ActivateAction(_StateAction):
    display_name = _("启用")
    action_type = "activate"
    aria_label = _("启用选中的题")
    action_priority = 10
    question = _("启用以后，考试和练习就可以抽到这些题。作废的题不会启用。")

    @classmethod
    def execute_action(cls, objects: list[BankQuestion], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        ids = [question.pk for question in objects]
        return services.activate_questions(ids=ids, user=kwargs["self"].request.user, now=clock.now()), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return gettext("已启用 %d 题") % num_parent_objects


class RetireAction(_StateAction):
    display_name = _("停用")
    action_type = "retire"
    aria_label = _("停用选中的题")
    action_priority = 20
    question = _("停用以后，考试和练习不再抽到这些题；已经抽出的试卷不变。")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"exams": exams_hit_by([item["item"].pk for item in context["items"]])}

    @classmethod
    def execute_action(cls, objects: list[BankQuestion], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        ids = [question.pk for question in objects]
        return services.retire_questions(ids=ids, user=kwargs["self"].request.user, now=clock.now()), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return gettext("已停用 %d 题") % num_parent_objects
