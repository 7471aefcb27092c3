"""Questions (题目) in sets (题组). A class names sets; publishing it freezes their content into the syllabus.

A question is a row of its own with its own history, so that banks, pools, tags and difficulty (E1) can point at it; a
set is the small, ordered selection that a quiz point asks as a whole.
"""

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, RevisionMixin
from wagtail.search import index

from cms.blocks import OptionBlock

MOST_OPTIONS = 8


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


class Question(index.Indexed, RevisionMixin, Orderable):
    """A question: single choice, multiple choice or true/false."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("单选题")
        MULTIPLE = "multiple", _("多选题")
        TRUE_FALSE = "true_false", _("判断题")

    question_set = ParentalKey(QuestionSet, verbose_name=_("题组"), on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(_("题型"), max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    stem = models.TextField(_("题干"), max_length=1000)
    options = StreamField(
        [("option", OptionBlock())],
        verbose_name=_("选项"),
        min_num=2,
        max_num=MOST_OPTIONS,
        help_text=_("勾选正确的选项：单选题和判断题一个，多选题至少一个；判断题写“对”和“错”两个选项。"),
    )
    explanation = models.TextField(_("解析"), max_length=1000, blank=True, help_text=_("答对以后显示。"))

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

    def __str__(self) -> str:
        return self.stem[:60]

    def clean(self) -> None:
        """Raises ValidationError with every fault of the question."""
        super().clean()
        faults = self.faults()
        if faults:
            raise ValidationError({"options": faults})

    def faults(self) -> list[str]:
        """What keeps the question from being asked, a sentence each; empty when it is sound."""
        texts = [child.value["text"].strip() for child in self.options]
        right = sum(bool(child.value["is_right"]) for child in self.options)
        found = []
        if not self.stem.strip():
            found.append(_("题干不能为空"))
        if not all(texts):
            found.append(_("选项不能为空"))
        if len({text.casefold() for text in texts}) < len(texts):
            found.append(_("选项不能相同"))
        if self.kind == self.Kind.TRUE_FALSE and len(texts) != 2:
            found.append(_("判断题要有两个选项"))
        elif len(texts) < 2:
            found.append(_("至少要有两个选项"))
        if self.kind == self.Kind.MULTIPLE and right < 1:
            found.append(_("多选题至少要有一个正确选项"))
        elif self.kind != self.Kind.MULTIPLE and right != 1:
            found.append(_("单选题和判断题要有且只有一个正确选项"))
        return [str(fault) for fault in found]

    def keep_history(self, user: Any) -> None:
        """Save a revision, unless the latest one says the same."""
        latest = self.get_latest_revision()
        if latest is None or _content(latest.content) != _content(self.serializable_data()):
            self.save_revision(user=user)

    def frozen(self) -> dict[str, Any]:
        """The question as `QuizPoint.questions` keeps it; option ids are those of their blocks."""
        return {
            "id": str(self.pk),
            "kind": self.kind,
            "stem": self.stem.strip(),
            "options": [{"id": child.id, "text": child.value["text"].strip()} for child in self.options],
            "right": [child.id for child in self.options if child.value["is_right"]],
            "explanation": self.explanation.strip(),
        }


def _content(data: dict[str, Any]) -> dict[str, Any]:
    """What a revision says, whatever revision it followed and in whatever order PostgreSQL keeps an option's keys."""
    told = {name: value for name, value in data.items() if name != "latest_revision"}
    return told | {"options": json.loads(told["options"])}
