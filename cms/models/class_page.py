"""班级: what an editor works on as one page (mechanism 5)."""

import uuid
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import SyllabusBlock
from cms.fields import FenField
from cms.forms import ClassPageForm
from core.grams import normalise

INTRODUCTION_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "document-link", "image"]


class ClassPage(Page):
    """A class at /classes/<slug>/: terms and syllabus. The page row is what is published; drafts live in revisions.

    Every way to put a class before learners ends in `save` with `live` set, so the published syllabus is written there,
    in the same transaction, and refused there (`PublishRefused`) whatever view or command asked.

    Its template gets `terms` (`cms.queries.ClassTerms`), `syllabus` (`cms.queries.Syllabus` of the current version, as
    the draft stands in a preview: see `cms.browsing.class_context`) and `today`.
    """

    class Subject(models.TextChoices):
        PUBLIC = "public", _("公需科目")
        PROFESSIONAL = "professional", _("专业科目")

    class Tone(models.IntegerChoices):
        TEAL = 1, _("青")
        AMBER = 2, _("琥珀")
        BLUE = 3, _("蓝")
        PLUM = 4, _("紫")

    subject = models.CharField(
        _("科目"), max_length=12, choices=Subject.choices, default=Subject.PROFESSIONAL, db_index=True
    )
    specialty = models.ForeignKey(
        "cms.SpecialtyPage",
        verbose_name=_("专业"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="classes",
        help_text=_("专业科目必选；公需科目不选。"),
    )
    hours = models.DecimalField(
        _("学时"), max_digits=5, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    year = models.PositiveSmallIntegerField(
        _("计入年度"), null=True, blank=True, help_text=_("不填就计入学完那一天所在的年度。")
    )
    regions = ParentalManyToManyField(
        "identity.Region",
        verbose_name=_("开放地区"),
        blank=True,
        help_text=_("包括下级地区；一个都不选就是不限地区。"),
    )
    title_series = ParentalManyToManyField(
        "identity.Code",
        verbose_name=_("适用职称系列"),
        blank=True,
        limit_choices_to={"table": "title_series"},
        help_text=_("只用来筛选，不限制报名。"),
    )
    starts_on = models.DateField(_("开始日期"), null=True, blank=True, db_index=True)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True, db_index=True)
    grace_until = models.DateField(
        _("已报名学员可学到"), null=True, blank=True, help_text=_("结束以后留给已报名学员的时间。")
    )
    price_fen = FenField(_("价格（元）"), default=0, db_index=True, help_text=_("0 就是免费。"))
    original_price_fen = FenField(_("原价（元）"), null=True, blank=True)
    summary = models.CharField(_("一句话介绍"), max_length=120, blank=True)
    introduction = RichTextField(_("班级介绍"), blank=True, features=INTRODUCTION_FEATURES)
    cover_tone = models.PositiveSmallIntegerField(_("封面颜色"), choices=Tone.choices, default=Tone.TEAL)
    max_rate_pct = models.PositiveSmallIntegerField(
        _("最高倍速（%）"),
        default=100,
        validators=[MinValueValidator(100), MaxValueValidator(200)],
        help_text=_("100 就是不能加速，最高 200。"),
    )
    presence_minutes = models.PositiveSmallIntegerField(
        _("在线确认间隔（分钟）"),
        default=0,
        validators=[MaxValueValidator(240)],
        help_text=_("平均每隔这么久请学员确认一次还在学；0 就是不确认。"),
    )
    required_from = models.DateField(
        _("新目录对已报名学员生效"),
        null=True,
        blank=True,
        help_text=_("通常不填：已报名的学员按报名时的目录学。填了，从这一天起他们也要学这次发布的目录。"),
    )
    syllabus = StreamField(SyllabusBlock(), verbose_name=_("课程目录"), blank=True)
    # Kept by `save`; nobody types them.
    title_key = models.CharField(max_length=255, default="", editable=False)
    published_stamp = models.UUIDField(null=True, editable=False)

    parent_page_types = ["cms.ClassIndexPage"]
    subpage_types: list[str] = []
    base_form_class = ClassPageForm
    exclude_fields_in_copy = ["published_stamp"]
    content_panels = Page.content_panels + [
        MultiFieldPanel(
            [FieldPanel("subject"), FieldPanel("specialty"), FieldRowPanel([FieldPanel("hours"), FieldPanel("year")])],
            heading=_("科目与学时"),
        ),
        MultiFieldPanel(
            [FieldPanel("summary"), FieldPanel("introduction"), FieldPanel("cover_tone")], heading=_("介绍")
        ),
    ]
    syllabus_panels = [
        FieldPanel("syllabus"),
        MultiFieldPanel([FieldPanel("required_from")], heading=_("已报名的学员"), classname="collapsed"),
    ]
    enrolment_panels = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]), FieldPanel("grace_until")],
            heading=_("起止时间"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("price_fen"), FieldPanel("original_price_fen")])], heading=_("价格")
        ),
        MultiFieldPanel(
            [
                FieldPanel("regions", widget=forms.CheckboxSelectMultiple),
                FieldPanel("title_series", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("地区与系列"),
        ),
        MultiFieldPanel([FieldPanel("max_rate_pct"), FieldPanel("presence_minutes")], heading=_("观看规则")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("基本信息")),
            ObjectList(syllabus_panels, heading=_("课程目录")),
            ObjectList(enrolment_panels, heading=_("报名与观看")),
            ObjectList(Page.promote_panels, heading=_("网址")),
            ObjectList(Page.settings_panels, heading=_("定时发布")),
        ]
    )
    search_fields = Page.search_fields + [index.FilterField("subject"), index.FilterField("specialty_id")]

    class Meta:
        verbose_name = _("班级")
        verbose_name_plural = _("班级")
        indexes = [models.Index(fields=["specialty", "subject"], name="class_by_specialty")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(subject="public") | models.Q(specialty__isnull=True),
                name="public_has_no_specialty",
            ),
            models.CheckConstraint(
                condition=models.Q(max_rate_pct__gte=100, max_rate_pct__lte=200),
                name="rate_between_one_and_two",
            ),
        ]

    @property
    def is_going_live(self) -> bool:
        """Whether saving it now puts it before learners. A first publication on a later date doesn't yet."""
        return bool(self.live) and not (self.go_live_at and self.go_live_at > timezone.now())

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and with the whole row of a live class also the published syllabus. Raises PublishRefused."""
        if kwargs.get("update_fields") is not None:
            return super().save(*args, **kwargs)
        from cms.publishing import follow_page, refuse_unless_publishable

        if self.subject == self.Subject.PUBLIC:
            self.specialty = None
        self.title_key = normalise(self.title)
        self.published_stamp = uuid.uuid4()
        if self.is_going_live:
            refuse_unless_publishable(self)
        with transaction.atomic():
            result = super().save(*args, **kwargs)
            follow_page(self)
        return result

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """As Wagtail's, whole or not at all; also what is only scheduled is checked. Raises PublishRefused."""
        from cms.publishing import refuse_unless_publishable

        with transaction.atomic():
            refuse_unless_publishable(revision.as_object())
            return super().publish(revision, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.browsing import class_context

        return super().get_context(request, *args, **kwargs) | class_context(
            self, is_preview=getattr(request, "is_preview", False)
        )
