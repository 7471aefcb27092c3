"""The benchmarks' world: watchers by the hundred thousand and 5,000 classes, written as their rows would stand."""

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from wagtail.models import Page

from cms.models import ClassPage, ClassTitleGram
from cms.services import set_up
from core import clock
from core.grams import grams, normalise
from identity.acting import SESSION_ROLE
from identity.models import Membership, User
from learning import watch_ids
from learning.watch_ids import WatchRef
from tests.identity import factories
from tests.learning.classes import publish_class

LESSONS = 20
LESSON_SECONDS = 3_600
CLASSES = 5_000

_USERS = """
INSERT INTO identity_user (username, password, name, id_type, id_number, mobile, landline, email, wants_mail,
                           is_staff, is_superuser, is_active, must_change_password, date_joined)
SELECT 'bench-' || n, '!', '学员', '', '', '', '', '', false, false, false, true, false, now()
FROM generate_series(%s, %s) n
"""
_ENROLMENTS = """
INSERT INTO learning_enrolment (user_id, class_page_id, syllabus_version, state, enrolled_at)
SELECT id, %s, 1, 'active', now() FROM identity_user u WHERE username LIKE 'bench-%%'
AND NOT EXISTS (SELECT 1 FROM learning_enrolment e WHERE e.user_id = u.id)
"""
_PROGRESS = """
INSERT INTO learning_lessonprogress (enrolment_id, lesson_id, watch, duration_ms, frontier_ms, position_ms, beat_at_ms,
    budget_ms, rate_pct, next_stop_ms, next_quiz_ms, beats, corrections, longest_gap_ms, round)
SELECT e.id, l.id, 0, l.duration_ms, 0, 0, (extract(epoch FROM now()) * 1000)::bigint, 0, 100,
    2000000000, 2000000000, 0, 0, 0, 1
FROM learning_enrolment e JOIN cms_lesson l ON l.class_page_id = e.class_page_id
WHERE NOT EXISTS (SELECT 1 FROM learning_lessonprogress p WHERE p.enrolment_id = e.id AND p.lesson_id = l.id)
"""
_WATCHES = """
WITH opened AS (
    INSERT INTO learning_watch (user_id, progress_id, opened_at, opened_from_ms, device, "end", ended_at_ms,
                                beats, corrections, longest_gap_ms)
    SELECT e.user_id, min(p.id), now(), 0, '', '', 0, 0, 0, 0
    FROM learning_lessonprogress p JOIN learning_enrolment e ON e.id = p.enrolment_id
    WHERE NOT EXISTS (SELECT 1 FROM learning_watch w WHERE w.user_id = e.user_id)
    GROUP BY e.user_id RETURNING id, progress_id)
UPDATE learning_lessonprogress p SET watch = opened.id FROM opened WHERE p.id = opened.progress_id
"""


def bench_class() -> ClassPage:
    """The portal's tree and a class of twenty one-hour lessons, made when first asked for."""
    found = ClassPage.objects.filter(slug="bench").first()
    if found is None:
        set_up()
        found, _lessons = publish_class([LESSON_SECONDS] * LESSONS, slug="bench")
    return found


def add_watchers(page: ClassPage, first: int, last: int) -> None:
    """Learners number `first` to `last`, each in the class with a row for every lesson and one lesson playing."""
    with connection.cursor() as cursor:
        cursor.execute(_USERS, [first, last])
        cursor.execute(_ENROLMENTS, [page.pk])
        cursor.execute(_PROGRESS)
        cursor.execute(_WATCHES)
        cursor.execute("ANALYZE")


def _open_watches(most: int) -> list[WatchRef]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT progress_id, id FROM learning_watch WHERE ended_at IS NULL ORDER BY md5(id::text) LIMIT %s", [most]
        )
        return [WatchRef(*row) for row in cursor.fetchall()]


def heartbeats(most: int) -> list[tuple[str, str, str]]:
    """Heartbeats of so many learners, each with his own session's cookie."""
    return [
        (
            f"/api/v1/watches/{watch_ids.issue(ref, f's:{session}')}/heartbeat",
            f"{settings.SESSION_COOKIE_NAME}={session}",
            '{"position": 30.5, "playing": true, "rate": 1}',
        )
        for ref, session in ((ref, secrets.token_hex(16)) for ref in _open_watches(most))
    ]


def keys(most: int) -> list[tuple[str, str, str]]:
    """Requests for the first key of so many watches, each with its own session's cookie."""
    return [
        (
            f"/api/v1/watches/{watch_ids.issue_ticket(ref, f's:{session}')}/keys/0",
            f"{settings.SESSION_COOKIE_NAME}={session}",
            "",
        )
        for ref, session in ((ref, secrets.token_hex(16)) for ref in _open_watches(most))
    ]


def add_classes(template: ClassPage) -> list[str]:
    """So many more classes on offer, copies of the row of `template` under other titles; their slugs."""
    parent = template.get_parent()
    words = ("急诊", "课堂", "会计", "测量", "护理", "种植", "档案", "翻译", "检验", "统计")
    parents = parent.numchild
    pages = []
    for number in range(CLASSES):
        page = _copy(template)
        page.path = Page._get_path(parent.path, parent.depth + 1, parents + 1 + number)
        page.title = page.draft_title = f"{words[number % 10]}实务第 {number} 期"
        page.slug = f"bench-{number}"
        page.url_path = f"{parent.url_path}bench-{number}/"
        page.latest_revision = page.live_revision = None
        pages.append(page)
    _insert(pages, template)
    Page.objects.filter(pk=parent.pk).update(numchild=parents + CLASSES)
    return [page.slug for page in pages]


def _copy(page: Page) -> Page:
    """The page part of a class as a row not saved yet."""
    fields = {field.attname: getattr(page, field.attname) for field in Page._meta.concrete_fields}
    return Page(**fields | {"id": None, "translation_key": uuid.uuid4()})


def _insert(pages: list[Page], template: ClassPage) -> None:
    made = Page.objects.bulk_create(pages, batch_size=1000)
    own = [field.column for field in ClassPage._meta.local_concrete_fields if not field.primary_key]
    plain = [column for column in own if column not in {"title_key", "published_stamp"}]
    columns = ", ".join(f'"{column}"' for column in plain)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cms_classpage (page_ptr_id, title_key, published_stamp, {columns}) "
            f"SELECT p.id, lower(replace(p.title, ' ', '')), gen_random_uuid(), {columns} "
            "FROM wagtailcore_page p, cms_classpage t WHERE t.page_ptr_id = %s AND p.id = ANY(%s)",
            [template.pk, [page.pk for page in made]],
        )
        cursor.execute(
            "INSERT INTO cms_syllabusversion (class_page_id, number, published_at) "
            "SELECT page_ptr_id, 1, now() FROM cms_classpage WHERE page_ptr_id = ANY(%s)",
            [[page.pk for page in made]],
        )
    ClassTitleGram.objects.bulk_create(
        (ClassTitleGram(class_page_id=page.pk, gram=gram) for page in made for gram in grams(normalise(page.title))),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def learner_cookie() -> str:
    """The cookie of a learner of the hospital who is logged in."""
    user: Any = User.objects.filter(name="李雷").first() or factories.learner()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "identity.backends.LoginKeyBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SESSION_ROLE] = str(Membership.objects.get(user=user).pk)
    session["seen_at"] = clock.now().timestamp()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
