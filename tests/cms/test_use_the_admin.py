"""The pages of the admin that editors work in, and previews of what nobody has published."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cms.fields import YuanFormField, parse_moment
from cms.models import NewsIndexPage
from tests.cms.factories import class_page, course, lesson, unready_video
from tests.support.clock import START

pytestmark = pytest.mark.django_db


def test_the_first_page_leads_to_what_an_editor_comes_for(editor):
    text = editor.get(reverse("wagtailadmin_home")).content.decode()

    assert "新建班级" in text
    assert "icons/mark.svg" in text


def test_all_classes_are_in_one_list(editor):
    class_page(publish=False)

    assert "急诊急救规范化处置" in editor.get("/admin/classes/").content.decode()


def test_a_draft_is_previewed_as_it_would_be_published(editor):
    page = class_page(courses=[course("草稿课程", [lesson("草稿视频", unready_video())])], publish=False)

    response = editor.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert response.status_code == 200
    assert "草稿视频" in response.content.decode()


def test_a_reviewer_edits_the_support_contact(reviewer):
    response = reviewer.get(reverse("wagtailsettings:edit", args=["cms", "sitesupport"]), follow=True)

    assert "服务电话" in response.content.decode()


def test_news_is_of_today_until_the_editor_says_another_date(editor, clock):
    parent = NewsIndexPage.objects.get()

    page = editor.get(reverse("wagtailadmin_pages:add", args=["cms", "newspage", parent.pk])).content.decode()

    assert f'name="published_on" value="{START.date()}"' in page


def test_everybody_in_the_admin_has_the_same_clock(editor):
    assert "current_time_zone" not in editor.get(reverse("wagtailadmin_account")).content.decode()


@pytest.mark.parametrize(("typed", "fen"), [("2.40", 240), ("2.4", 240), ("0", 0), ("120", 12000), ("", None)])
def test_money_is_typed_in_yuan_and_kept_in_fen(typed, fen):
    assert YuanFormField(required=False).clean(typed) == fen


@pytest.mark.parametrize("typed", ["-1", "2.405", "abc", "1e9", "NaN", "100000"])
def test_what_is_no_price_is_refused(typed):
    with pytest.raises(ValidationError):
        YuanFormField().clean(typed)


def test_a_price_is_shown_in_yuan():
    field = YuanFormField()

    assert field.prepare_value(240) == "2.40"
    assert not field.has_changed(240, "2.4")
    assert field.has_changed(240, "2.41")
    assert field.has_changed(240, "x")
    assert Decimal(field.prepare_value(12000)) == 120


@pytest.mark.parametrize(
    ("text", "ms"),
    [("0:05", 5_000), ("3:20", 200_000), ("75:00", 4_500_000), ("1:03:20", 3_800_000), ("3：20", 200_000)],
)
def test_a_moment_is_read(text, ms):
    assert parse_moment(text) == ms
