"""The portal's pages (P1). Every one names what its template gets.

Templates stand in templates/cms/ under the model's name: home_page.html, news_index_page.html, …
"""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms.blocks import QuestionAndAnswerBlock, StepBlock
from cms.forms import NewsPageForm

BODY_FEATURES = ["h2", "h3", "bold", "ol", "ul", "hr", "link", "document-link", "image"]
NEWS_ON_PORTAL = 6
DOWNLOADS_ON_PORTAL = 5
NEWS_A_PAGE = 20
CLASSES = "classes"
"""Slug of the page that all classes stand under (contract.md)."""


class HomePage(Page):
    """首页, the portal at /.

    Its template gets `news` (≤ 6 NewsPage), `news_index` (page or None), `downloads` (≤ 5 DownloadItem),
    `download_centre` (page or None), `specialties` (tuple of `cms.queries.SpecialtyCount`), and the page's own
    `hero_title`, `hero_text`, `public_text`, `professional_text`, `steps` (title, text), `faq` (question, answer).
    """

    hero_title = models.CharField(_("主标题"), max_length=60, help_text=_("可以用 | 指定换行。"))
    hero_text = models.CharField(_("主标题下的说明"), max_length=200)
    public_text = models.CharField(_("公需科目入口"), max_length=40, blank=True)
    professional_text = models.CharField(_("专业科目入口"), max_length=40, blank=True)
    steps_title = models.CharField(_("步骤标题"), max_length=40, blank=True)
    steps = StreamField([("step", StepBlock())], verbose_name=_("步骤"), blank=True, max_num=4)
    faq = StreamField([("item", QuestionAndAnswerBlock())], verbose_name=_("常见登录问题"), blank=True)

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "cms.NewsIndexPage",
        "cms.HelpIndexPage",
        "cms.DownloadCentrePage",
        "cms.StandardPage",
        "cms.CatalogueIndexPage",
        "cms.ClassIndexPage",
    ]
    content_panels = Page.content_panels + [
        MultiFieldPanel([FieldPanel("hero_title"), FieldPanel("hero_text")], heading=_("首屏")),
        MultiFieldPanel([FieldPanel("public_text"), FieldPanel("professional_text")], heading=_("两个入口")),
        MultiFieldPanel([FieldPanel("steps_title"), FieldPanel("steps")], heading=_("步骤")),
        FieldPanel("faq"),
    ]

    class Meta:
        verbose_name = _("首页")

    @property
    def hero_lines(self) -> list[str]:
        """The title in the lines the editor wants."""
        return [line.strip() for line in self.hero_title.split("|")]

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """As Wagtail's, but straight to a class: the pages asked for most need no walk down the tree."""
        if len(path_components) == 2 and path_components[0] == CLASSES:
            from cms.models.class_page import ClassPage

            found = ClassPage.objects.live().descendant_of(self).filter(slug=path_components[1]).first()
            if found:
                return RouteResult(found)
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.queries import specialties_with_counts

        centre = DownloadCentrePage.objects.live().first()
        return super().get_context(request, *args, **kwargs) | {
            "news": list(NewsPage.newest()[:NEWS_ON_PORTAL]),
            "news_index": NewsIndexPage.objects.live().first(),
            "download_centre": centre,
            "downloads": centre.listed()[:DOWNLOADS_ON_PORTAL] if centre else [],
            "specialties": specialties_with_counts(),
        }


class NewsIndexPage(Page):
    """新闻与通知, at /news/. Its template gets `news`, a Django page (`Page`) of 20 NewsPage, the newest first."""

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]

    class Meta:
        verbose_name = _("新闻与通知列表")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(NewsPage.newest(), NEWS_A_PAGE)
        return super().get_context(request, *args, **kwargs) | {"news": pages.get_page(request.GET.get("page"))}


class NewsPage(Page):
    """A piece of news or a notice: `published_on`, `label` (with its word by get_label_display), `summary`, `body`."""

    class Label(models.TextChoices):
        NOTICE = "notice", _("通知")
        NEW_CLASS = "new_class", _("新课")
        POLICY = "policy", _("政策")
        MAINTENANCE = "maintenance", _("维护")

    published_on = models.DateField(_("日期"))
    label = models.CharField(_("标签"), max_length=12, choices=Label.choices, blank=True)
    summary = models.CharField(_("摘要"), max_length=200, blank=True)
    body = RichTextField(_("正文"), features=BODY_FEATURES)

    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types: list[str] = []
    base_form_class = NewsPageForm
    content_panels = Page.content_panels + [
        MultiFieldPanel([FieldPanel("published_on"), FieldPanel("label")], heading=_("发布信息")),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    search_fields = Page.search_fields + [index.SearchField("body")]

    class Meta:
        verbose_name = _("新闻")
        indexes = [models.Index(fields=["-published_on"], name="news_by_date")]

    @classmethod
    def newest(cls) -> models.QuerySet["NewsPage"]:
        """Live news, the newest first."""
        return cls.objects.live().order_by("-published_on", "-pk")


class HelpIndexPage(Page):
    """帮助, at /help/. Its template gets `topics`: the live HelpPages in the editor's order."""

    intro = models.CharField(_("说明"), max_length=200, blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.HelpPage"]
    content_panels = Page.content_panels + [FieldPanel("intro")]

    class Meta:
        verbose_name = _("帮助列表")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        topics = HelpPage.objects.child_of(self).live().order_by("path")
        return super().get_context(request, *args, **kwargs) | {"topics": list(topics)}


class HelpPage(Page):
    """A help topic such as 常见登录问题: `intro`, `questions` (question, answer)."""

    intro = models.CharField(_("说明"), max_length=200, blank=True)
    questions = StreamField([("item", QuestionAndAnswerBlock())], verbose_name=_("问答"), blank=True)

    parent_page_types = ["cms.HelpIndexPage"]
    subpage_types: list[str] = []
    content_panels = Page.content_panels + [FieldPanel("intro"), FieldPanel("questions")]

    class Meta:
        verbose_name = _("帮助主题")


class DownloadCentrePage(Page):
    """下载中心, at /downloads/. Its template gets `downloads`: DownloadItem in order."""

    intro = models.CharField(_("说明"), max_length=200, blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = Page.content_panels + [
        FieldPanel("intro"),
        InlinePanel("items", heading=_("可下载的文件"), label=_("文件")),
    ]

    class Meta:
        verbose_name = _("下载中心")

    def listed(self) -> list["DownloadItem"]:
        """The items in order, with their documents. One query (of the live page; a preview asks none)."""
        return list(self.items.select_related("document").order_by("sort_order"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"downloads": self.listed()}


class DownloadItem(Orderable):
    """A form to download: `title`, `description`, `document` (url), `kind` (PDF), `size_bytes`."""

    page = ParentalKey(DownloadCentrePage, on_delete=models.CASCADE, related_name="items")
    title = models.CharField(_("名称"), max_length=100)
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=_("文件"), on_delete=models.CASCADE, related_name="+"
    )
    description = models.CharField(_("说明"), max_length=200, blank=True)

    panels = [FieldPanel("title"), FieldPanel("document"), FieldPanel("description")]

    class Meta(Orderable.Meta):
        verbose_name = _("下载文件")

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """The file's kind as people say it: PDF, DOCX."""
        return str(self.document.file_extension).upper()

    @property
    def size_bytes(self) -> int | None:
        """The file's size as it was when uploaded."""
        return self.document.file_size


class StandardPage(Page):
    """A page of text: 用户协议 at /agreement/, 隐私 at /privacy/. `body`, `updated_on`."""

    updated_on = models.DateField(_("更新日期"), null=True, blank=True)
    body = RichTextField(_("正文"), features=BODY_FEATURES)

    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = Page.content_panels + [FieldPanel("updated_on"), FieldPanel("body")]

    class Meta:
        verbose_name = _("文字页面")
