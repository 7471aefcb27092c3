"""The catalogue's frame (L3): /catalogue/ with a page for each specialty, /classes/ with all classes under it."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class CatalogueIndexPage(Page):
    """选课, at /catalogue/; `?subject=public|professional` shows one of the two trainings.

    Its template gets what `cms.browsing.catalogue_context` says: `filters`, `result`, `specialties`, `regions`,
    `title_series`, `sorts`, `specialty` (None here).
    """

    intro = models.CharField(_("说明"), max_length=200, blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.SpecialtyPage"]
    content_panels = Page.content_panels + [FieldPanel("intro")]

    class Meta:
        verbose_name = _("选课首页")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.browsing import catalogue_context

        return super().get_context(request, *args, **kwargs) | catalogue_context(request.GET)


class SpecialtyPage(Page):
    """A specialty (专业) at /catalogue/<slug>/, one of the 30 of L3.

    Its template gets the same as the catalogue's, with `specialty` set to this page.
    """

    icon = models.CharField(
        _("图标"),
        max_length=40,
        default="book",
        validators=[RegexValidator(r"^[a-z0-9-]+$", _("填 Bootstrap Icons 的图标名，比如 heart-pulse"))],
        help_text=_("Bootstrap Icons 的图标名，比如 heart-pulse。"),
    )
    intro = models.CharField(_("说明"), max_length=200, blank=True)

    parent_page_types = ["cms.CatalogueIndexPage"]
    subpage_types: list[str] = []
    content_panels = Page.content_panels + [FieldPanel("icon"), FieldPanel("intro")]

    class Meta:
        verbose_name = _("专业")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.browsing import catalogue_context

        return super().get_context(request, *args, **kwargs) | catalogue_context(request.GET, specialty=self)


class ClassIndexPage(Page):
    """All classes, /classes/<slug>/. Its own address leads to the catalogue."""

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ClassPage"]

    class Meta:
        verbose_name = _("班级列表")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return redirect("/catalogue/")
