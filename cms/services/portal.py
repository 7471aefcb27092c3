"""The tree of pages that every installation has, who works on it, and filling its pages by program."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from cms.errors import ContentInUse
from cms.models import (
    CatalogueIndexPage,
    ClassIndexPage,
    DownloadCentrePage,
    DownloadItem,
    HelpIndexPage,
    HelpPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    SiteSupport,
    SpecialtyPage,
    StandardPage,
    SyllabusVersion,
)
from cms.services.freshness import invalidate
from cms.services.specialties import SPECIALTIES
from cms.services.staff import EDITORS, REVIEWERS, set_up_staff

__all__ = ["EDITORS", "REVIEWERS"]

_PORTS = {"http": 80, "https": 443}
_SECTIONS: tuple[tuple[type[Page], str, str], ...] = (
    (NewsIndexPage, "news", "新闻与通知"),
    (DownloadCentrePage, "downloads", "下载中心"),
    (HelpIndexPage, "help", "帮助"),
    (CatalogueIndexPage, "catalogue", "选课"),
    (ClassIndexPage, "classes", "班级"),
)


def is_set_up() -> bool:
    """Whether the portal has its home page."""
    return HomePage.objects.exists()


@transaction.atomic
def set_up(specialties: Sequence[tuple[str, str, str]] = SPECIALTIES) -> None:
    """Make what is missing of the tree (/, /news/, /downloads/, /help/, /catalogue/ with its specialties, /classes/),
    of the groups and of the workflow. What editors changed stays. Safe to call again.

    `specialties`: (slug, name, icon), the 30 of L3 unless said otherwise.
    """
    home = _home()
    for model, slug, title in _SECTIONS:
        _child(home, model, slug, title=title)
    catalogue = CatalogueIndexPage.objects.get()
    for slug, title, icon in specialties:
        _child(catalogue, SpecialtyPage, slug, title=title, icon=icon)
    set_up_staff(home)
    invalidate()


def _home() -> HomePage:
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        home = HomePage(
            title="首页",
            slug="portal",
            hero_title="每一个学时，|都学在实处",
            hero_text="看完课程、答对提问，学时自动记入你的年度档案。",
        )
        root.add_child(instance=home)
    address = urlsplit(settings.SITE_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or _PORTS.get(address.scheme, 80),
            "site_name": settings.SITE_NAME,
            "root_page": home,
        },
    )
    # The page that Wagtail's own migrations bring.
    Page.objects.filter(depth=2, slug="home", content_type__model="page").delete()
    return home


def _child(parent: Page, model: type[Page], slug: str, **fields: Any) -> Any:
    found = model.objects.child_of(parent).filter(slug=slug).first()
    if found is None:
        found = model(slug=slug, **fields)
        # The parent's count of children is a column: read it anew.
        Page.objects.get(pk=parent.pk).add_child(instance=found)
    return found


def refuse_unless_deletable(page: Page) -> None:
    """Raises ContentInUse for a page with a class below it that was ever published, or a specialty with classes."""
    if (
        SyllabusVersion.objects.filter(class_page__path__startswith=page.path).exists()
        or SpecialtyPage.objects.filter(path__startswith=page.path, classes__isnull=False).exists()
    ):
        raise ContentInUse


def _publish(page: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(clean=False).publish()


@transaction.atomic
def set_support(**fields: str) -> None:
    """Fill in organiser and support, by the names of `SiteSupport`'s fields."""
    setting = SiteSupport.for_site(Site.objects.get(is_default_site=True))
    for name, value in fields.items():
        setattr(setting, name, value)
    setting.save()


@transaction.atomic
def write_home(*, steps: Sequence[tuple[str, str]] = (), faq: Sequence[tuple[str, str]] = (), **fields: str) -> None:
    """Fill the portal: `steps` (title, text), `faq` (question, answer as text), and HomePage's own fields."""
    streams: dict[str, Any] = {}
    if steps:
        streams["steps"] = [("step", {"title": title, "text": text}) for title, text in steps]
    if faq:
        streams["faq"] = _answers(faq)
    _publish(HomePage.objects.get(), **fields, **streams)


def _answers(faq: Sequence[tuple[str, str]]) -> list[tuple[str, dict[str, str]]]:
    return [("item", {"question": question, "answer": f"<p>{answer}</p>"}) for question, answer in faq]


@transaction.atomic
def write_news(*, slug: str, title: str, published_on: date, body: str, label: str = "", summary: str = "") -> None:
    """Publish a piece of news; `body` is rich text, `label` one of `NewsPage.Label` or empty."""
    fields = {"published_on": published_on, "body": body, "label": label, "summary": summary}
    _publish(_child(NewsIndexPage.objects.get(), NewsPage, slug, title=title, **fields), title=title, **fields)


@transaction.atomic
def write_help(*, slug: str, title: str, questions: Sequence[tuple[str, str]], intro: str = "") -> None:
    """Publish a help topic with its questions and answers."""
    topic = _child(HelpIndexPage.objects.get(), HelpPage, slug, title=title)
    _publish(topic, title=title, intro=intro, questions=_answers(questions))


@transaction.atomic
def write_text_page(*, slug: str, title: str, body: str, updated_on: date | None = None) -> None:
    """Publish a page of text: 用户协议 (agreement), 隐私 (privacy)."""
    page = _child(HomePage.objects.get(), StandardPage, slug, title=title, body=body)
    _publish(page, title=title, body=body, updated_on=updated_on)


@transaction.atomic
def write_download(*, title: str, file_name: str, content: bytes, description: str = "") -> None:
    """Offer a file in the download centre; one of the same title is replaced."""
    centre = DownloadCentrePage.objects.get()
    document = get_document_model().objects.filter(title=title).first() or get_document_model()(title=title)
    document.file.save(file_name, ContentFile(content), save=False)
    document.file_size = len(content)
    document.save()
    item = DownloadItem.objects.filter(page=centre, title=title).first()
    if item is None:
        item = DownloadItem(page=centre, title=title, sort_order=centre.items.count())
    item.document, item.description = document, description
    item.save()
    _publish(DownloadCentrePage.objects.get(pk=centre.pk))
