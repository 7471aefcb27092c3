"""The question bank (题库): what section exams and practice draw from (E1, L2, L9).

A question of the bank belongs to a bank (a subject's or a course's), has a state, a pool, a difficulty and tags, and is
never deleted once it may have been asked. A paper takes its `content`, made at each save, as it stands when drawn.
"""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.fields import StreamField

from cms.blocks import BankOptionBlock
from cms.models.asked import AskedQuestion
from cms.models.class_page import ClassPage
from cms.questions import MOST_OPTIONS, Difficulty, keys_of, question_content
from core import clock


class QuestionBank(models.Model):
    """题库: the questions of a subject or a course. `stamp` changes with every change of a question in it."""

    title = models.CharField(_("名称"), max_length=80, unique=True)
    subject = models.CharField(
        _("科目"), max_length=12, choices=ClassPage.Subject.choices, default=ClassPage.Subject.PROFESSIONAL
    )
    specialty = models.ForeignKey(
        "cms.SpecialtyPage", verbose_name=_("专业"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("备注"), max_length=200, blank=True, help_text=_("比如对应的课程、教材、命题人。"))
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    class Meta:
        verbose_name = _("题库")
        verbose_name_plural = _("题库")

    def __str__(self) -> str:
        return self.title


class QuestionTag(TaggedItemBase):
    """A tag (标签) on a question of the bank."""

    content_object = ParentalKey("cms.BankQuestion", on_delete=models.CASCADE, related_name="tagged_items")


class BankQuestion(AskedQuestion, ClusterableModel):
    """A question that exams or practice may ask.

    `content`: what papers freeze (see `cms.questions.question_content`). `content_key` tells one question from another
    within a bank, whatever its spaces and the order of its options; `stem_key` and the four bands find likely doubles;
    `words` is what the list searches in. `used_from`: when it was first active; from then on a paper may have it.
    """

    Difficulty = Difficulty

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ACTIVE = "active", _("启用")
        RETIRED = "retired", _("停用")

    class Pool(models.TextChoices):
        EXAM = "exam", _("只用于考试")
        PRACTICE = "practice", _("只用于练习")
        BOTH = "both", _("考试和练习")

    bank = models.ForeignKey(QuestionBank, verbose_name=_("题库"), on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(
        _("编号"), max_length=40, blank=True, help_text=_("自己的题号，可以不填；同一题库里不能重复。")
    )
    stem_picture = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("题干图片"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    options = StreamField(
        [("option", BankOptionBlock())],
        verbose_name=_("选项"),
        min_num=2,
        max_num=MOST_OPTIONS,
        help_text=_("勾选正确的选项：单选题和判断题一个，多选题至少一个；判断题写“对”和“错”两个选项。"),
    )
    difficulty = models.PositiveSmallIntegerField(_("难度"), choices=Difficulty.choices, default=Difficulty.MEDIUM)
    pool = models.CharField(_("用途"), max_length=8, choices=Pool.choices, default=Pool.EXAM)
    state = models.CharField(
        _("状态"),
        max_length=8,
        choices=State.choices,
        default=State.DRAFT,
        help_text=_("只有启用的题会被抽到。停用不影响已经抽出的试卷。"),
    )
    tags = ClusterTaggableManager(through=QuestionTag, blank=True, verbose_name=_("标签"))
    voided_at = models.DateTimeField(_("作废时间"), null=True, editable=False)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)
    used_from = models.DateTimeField(_("首次启用时间"), null=True, editable=False)
    content: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, editable=False)
    content_key = models.CharField(max_length=64, editable=False)
    stem_key = models.CharField(max_length=64, editable=False, db_index=True)
    words = models.TextField(editable=False, default="")
    band_1 = models.BigIntegerField(editable=False, db_index=True)
    band_2 = models.BigIntegerField(editable=False, db_index=True)
    band_3 = models.BigIntegerField(editable=False, db_index=True)
    band_4 = models.BigIntegerField(editable=False, db_index=True)

    class Meta:
        verbose_name = _("考题")
        verbose_name_plural = _("考题")
        constraints = [
            models.UniqueConstraint(fields=["bank", "content_key"], name="question_once_in_bank"),
            models.UniqueConstraint(
                fields=["bank", "code"], condition=~models.Q(code=""), name="question_code_once_in_bank"
            ),
            models.CheckConstraint(
                condition=models.Q(voided_at__isnull=True) | models.Q(state="retired"), name="voided_is_retired"
            ),
        ]
        indexes = [models.Index(fields=["bank", "state", "pool", "kind", "difficulty"], name="question_by_rule")]

    def clean(self) -> None:
        """Raises ValidationError with every fault, a double within the bank among them."""
        super().clean()
        from cms.services.bank import refuse_double

        if self.voided_at and self.state != self.State.RETIRED:
            raise ValidationError({"state": _("作废的题不能再启用：可以新建一道改正的题。")})
        self.follow()
        refuse_double(self)

    @property
    def may_be_deleted(self) -> bool:
        """Whether no paper can have it: it was never active."""
        return self.used_from is None and self.state != self.State.ACTIVE

    def follow(self) -> None:
        """Bring what is derived in line with what was written."""
        if self.state == self.State.ACTIVE and self.used_from is None:
            self.used_from = clock.now()
        self.content = question_content(
            kind=self.kind,
            stem=self.stem,
            picture=_picture(self.stem_picture),
            options=[
                (child.id or str(uuid.uuid4()), child.value["text"], _picture(child.value["picture"]))
                for child in self.options
            ],
            right=[bool(child.value["is_right"]) for child in self.options],
            explanation=self.explanation,
        )
        for name, value in keys_of(self.content).items():
            setattr(self, name, value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with what follows from the wording; the bank's stamp tells others that something changed."""
        if kwargs.get("update_fields") is None:
            self.follow()
        super().save(*args, **kwargs)
        QuestionBank.objects.filter(pk=self.bank_id).update(stamp=uuid.uuid4())


class DistinctQuestions(models.Model):
    """Two questions that look alike and are not the same (不是重复): an editor said so, and isn't asked again."""

    first = models.ForeignKey(BankQuestion, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(BankQuestion, on_delete=models.CASCADE, related_name="+")
    said_by_id = models.BigIntegerField()
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("不是重复的题")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_said_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="distinct_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


def _picture(image: Any) -> dict[str, Any] | None:
    """A picture as papers name it: its id and what it shows, in words."""
    return {"id": image.pk, "alt": image.description or ""} if image else None
