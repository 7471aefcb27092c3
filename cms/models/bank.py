"""Questions of pop-up quizzes in sets (题组). A class names sets; publishing it freezes what they hold.

A set is the small, ordered selection that a quiz point asks as a whole. What exams draw from is the question bank
(`cms.models.question_bank`): see docs/decisions/0009.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, RevisionMixin
from wagtail.search import index

from cms.blocks import OptionBlock
from cms.models.asked import AskedQuestion
from cms.questions import MOST_OPTIONS


class QuestionSet(index.Indexed, RevisionMixin, ClusterableModel):
    """题组: what one quiz point asks, in order."""

    title = models.CharField(_("名称"), max_length=120, help_text=_("给编辑看的，学员看不到。"))
    note = models.CharField(_("备注"), max_length=200, blank=True)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    panels = [
        MultiFieldPanel([FieldPanel("title"), FieldPanel("note")], heading=_("题组")),
        InlinePanel(
            "questions",
            heading=_("题目"),
            label=_("题目"),
            help_text=_("按顺序一次问完。改动只影响之后发布的班级，已经发布的要重新发布才会用上。"),
        ),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]

    class Meta:
        verbose_name = _("题组")
        verbose_name_plural = _("题组")

    def __str__(self) -> str:
        return self.title

    @admin.display(description=_("题目数"))
    def question_count(self) -> int:
        """How many questions it asks; a query."""
        return self.questions.count()

    def frozen(self) -> list[dict[str, Any]]:
        """The questions in order as `QuizPoint.questions` keeps them. One query."""
        return [question.frozen() for question in self.questions.order_by("sort_order", "pk")]


class Question(index.Indexed, AskedQuestion, Orderable):
    """A question of a set: single choice, multiple choice or true/false."""

    question_set = ParentalKey(QuestionSet, verbose_name=_("题组"), on_delete=models.CASCADE, related_name="questions")
    options = StreamField(
        [("option", OptionBlock())],
        verbose_name=_("选项"),
        min_num=2,
        max_num=MOST_OPTIONS,
        help_text=_("勾选正确的选项：单选题和判断题一个，多选题至少一个；判断题写“对”和“错”两个选项。"),
    )

    panels = [
        FieldPanel("kind"),
        FieldPanel("stem"),
        FieldPanel("options"),
        FieldPanel("explanation"),
    ]
    search_fields = [index.SearchField("stem"), index.AutocompleteField("stem"), index.FilterField("kind")]

    class Meta(Orderable.Meta):
        verbose_name = _("题目")
        verbose_name_plural = _("题目")
