"""The portal (P1): what stands on it for a visitor, for a learner, for others."""

from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.models import HomePage
from cms.services import set_support, write_download, write_help, write_home, write_news, write_text_page
from tests.cms import factories as content
from tests.identity import factories as people
from tests.support.clock import SHANGHAI


@pytest.fixture
def site(db: Any, clock: Any) -> None:
    clock.set(datetime(2026, 11, 7, 10, tzinfo=SHANGHAI))
    content.set_up_site()
    set_support(organiser="示例市人力资源和社会保障局", phone="000-12345", email="help@example.org")
    write_home(
        hero_title="每一个学时，|都学在实处",
        steps_title="四步走完",
        steps=[("登录", "用证件号码")],
        faq=[("换了单位，学时会丢吗？", "不会。")],
    )


def browser_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def test_the_dial_and_the_words_know_the_day(client, site):
    page = client.get("/").content.decode()

    assert "今天 11月7日" in page
    assert "还有 54 天截止" in page
    assert 'stroke-dasharray="311 54"' in page


def test_both_trainings_are_entered_from_the_hero_and_from_the_menu(client, site):
    page = client.get("/").content.decode()

    assert page.count('href="/catalogue/?subject=public"') == 2
    assert page.count('href="/catalogue/?subject=professional"') == 2
    assert "继续教育" in page
    assert "每年 30 学时" in page
    assert "每年 60 学时" in page


def test_the_login_card_leads_to_registering_and_to_a_forgotten_password(client, site):
    page = client.get("/").content.decode()

    for address in ("/register/technician/", "/register/employer/", "/register/", "/password/forgot/"):
        assert f'href="{address}"' in page


def test_news_downloads_steps_questions_and_support_are_what_editors_wrote(client, site):
    write_news(slug="n", title="申报截止通知", published_on=date(2026, 11, 5), body="<p>正文</p>", label="notice")
    write_download(title="学时登记表", file_name="form.pdf", content=b"%PDF-1.4" + b"x" * 86_000)

    page = client.get("/").content.decode()

    for words in ("申报截止通知", "通知", "11-05", "学时登记表", "PDF 84 KB", "四步走完", "换了单位，学时会丢吗？"):
        assert words in page
    assert "000-12345" in page
    assert "示例市人力资源和社会保障局 主办" in page


def test_specialties_stand_there_with_the_number_of_their_classes(client, site):
    content.class_page()

    page = client.get("/").content.decode()

    assert '<a href="/catalogue/health/">' in page.replace('"><i', '">\n<i')
    assert "<span>卫生</span><small>1</small>" in page
    assert "<span>律师</span><small>0</small>" in page


def test_the_login_card_of_the_page_that_everybody_gets_holds_no_token_and_no_captcha(client, site):
    answer = client.get("/")

    page = answer.content.decode()
    assert 'name="csrfmiddlewaretoken" value=""' in page
    assert 'name="captcha_key" value=""' in page
    assert not answer.cookies


def test_a_learner_finds_his_year_where_others_find_the_login(site):
    page = browser_of(people.learner()).get("/").content.decode()

    assert "李雷的 2026 年" in page
    assert "本年已完成 0 学时，目标 90 学时" in page
    assert "data-login" not in page


def test_somebody_without_a_learners_role_is_led_to_his_own_page(site):
    page = browser_of(people.administrator()).get("/").content.decode()

    assert "你现在的身份是用人单位管理员。" in page


def test_the_portal_costs_the_same_queries_however_much_stands_on_it(client, site):

    learner = browser_of(people.learner())
    learner.get("/")
    with CaptureQueriesContext(connection) as few:
        learner.get("/")
    for number in range(6):
        write_news(slug=f"n{number}", title=f"通知 {number}", published_on=date(2026, 11, 1), body="<p>x</p>")
        write_download(title=f"表 {number}", file_name=f"{number}.pdf", content=b"%PDF-1.4")
    learner.get("/")

    with CaptureQueriesContext(connection) as many:
        learner.get("/")

    assert len(many) == len(few)


@pytest.mark.parametrize("path", ["/", "/news/", "/news/n/", "/help/", "/help/login/", "/downloads/", "/agreement/"])
def test_every_page_of_the_portal_opens_and_tells_the_browser_its_policy(client, site, path):
    write_news(slug="n", title="通知", published_on=date(2026, 11, 5), body="<p>正文</p>", summary="摘要")
    write_help(slug="login", title="常见登录问题", questions=[("怎么登录？", "用证件号码。")])
    write_text_page(slug="agreement", title="用户协议", body="<p>正文</p>")

    for _ in range(2):  # drawn, then kept
        answer = client.get(path)
        assert answer.status_code == 200
        policy = answer["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in answer.content.decode()


def test_the_admin_alone_has_a_policy_of_its_own(client, site):
    assert "'unsafe-inline'" in client.get("/admin/login/")["Content-Security-Policy"]
    assert "'unsafe-inline'" not in client.get("/login/")["Content-Security-Policy"]


def test_an_editors_preview_may_be_framed_by_the_admin_and_keeps_the_strict_policy_otherwise(site):
    client = browser_of(people.staff("root", "管理员", is_superuser=True))
    draft = reverse("wagtailadmin_pages:view_draft", args=[HomePage.objects.get().pk])

    policy = client.get(draft)["Content-Security-Policy"]

    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in policy


def test_the_site_can_be_installed_and_keeps_only_its_offline_page(client, db):
    manifest = client.get("/manifest.webmanifest")
    worker = client.get("/service-worker.js")

    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["name"] == settings.SITE_NAME
    assert {icon["sizes"] for icon in manifest.json()["icons"]} == {"192x192", "512x512"}
    assert worker["Content-Type"].startswith("text/javascript")
    script = worker.content.decode()
    assert '"/offline/"' in script
    assert ".put(" not in script
    assert "现在没有网络" in client.get("/offline/").content.decode()
