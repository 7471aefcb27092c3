"""Loading the demo world (contract.md). Each part looks first and does only what is missing, so it may be killed."""

import json
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from PIL import Image, ImageDraw

from cms import services as cms
from core import clock
from identity import id_numbers
from identity import queries as identity_queries
from identity import services as identity
from media_pipeline import queries as media_queries
from media_pipeline import services as media
from payments import services as payments
from registry.hours import services as hours
from registry.people.services import SUPPORT
from web.demo import content, people
from web.demo.exams import exam_of, load_bank
from web.demo.registry import load_offices
from web.demo.slides import chinese_font, make_video

Say = Callable[[str], None]
_SLOWEST_VIDEO_SECONDS = 600


class VideoFailed(Exception):
    """A sample video could not be made; its row says why."""


def load(say: Say) -> None:
    """Everything, in the order in which one part needs another."""
    now = clock.now()
    load_tree()
    load_people(now)
    load_offices(now)
    write_accounts(Path(settings.VAR_DIR) / "demo-accounts.json")
    load_targets_and_history(now)
    load_portal(timezone.localdate(now))
    say("人员、单位和门户已就绪，正在准备示例视频……")
    videos = {key: load_video(key, say) for key in content.VIDEOS}
    load_classes(videos, timezone.localdate(now))
    say(f"示例班级 {len(content.CLASSES)} 个已就绪。")


def load_tree() -> None:
    """Regions, code tables, organisations."""
    identity.put_region(code=people.CITY[0], name=people.CITY[1], gb_code=people.CITY[0])
    for code, name, gb_code in people.DISTRICTS:
        identity.put_region(code=code, name=name, gb_code=gb_code, parent=people.CITY[0])
    identity.load_codes()
    for row in people.ORGANISATIONS:
        identity.put_organisation(
            code=row.code, kind=row.kind, name=row.name, region=row.region, parent=row.parent, phone=row.phone
        )


def load_people(now: datetime) -> None:
    """The demo's accounts with their roles."""
    for person in people.PEOPLE:
        user_id = _person(person, now)
        for role in person.roles:
            identity.put_membership(
                user_id=user_id,
                kind=role.kind,
                organisation=role.organisation,
                state=role.state,
                is_super=role.kind != "technician",
                now=now,
            )


def _person(person: people.DemoPerson, now: datetime) -> int:
    """The id of this account, made when first asked for."""
    found = identity_queries.find_person(id_numbers.RESIDENT, person.id_number)
    if found is not None:
        return found
    made = identity.create_person(
        name=person.name, id_type=id_numbers.RESIDENT, id_number=person.id_number, password=people.PASSWORD, now=now
    )
    return int(made.pk)


def load_staff(now: datetime) -> None:
    """The platform's own people, in the groups that the portal's set-up makes."""
    groups = {
        "editor": (cms.EDITORS,),
        "reviewer": (cms.REVIEWERS,),
        "support": (SUPPORT,),
        "support2": (SUPPORT,),
        "finance": (payments.FINANCE,),
        "finance2": (payments.FINANCE,),
    }
    for username, name, _note in people.STAFF:
        if identity_queries.find_staff(username) is None:
            identity.create_staff(
                username=username,
                name=name,
                password=people.PASSWORD,
                groups=groups.get(username, ()),
                is_superuser=username == "root",
                now=now,
            )


def write_accounts(target: Path) -> None:
    """The accounts as JSON, one line a role (contract.md, Demo world)."""
    names = {row.code: row.name for row in people.ORGANISATIONS}
    rows = [
        {
            "user_type": role.kind,
            "id_type": id_numbers.RESIDENT,
            "id_number": person.id_number,
            "password": people.PASSWORD,
            "role": role.kind,
            "organisation": names[role.organisation],
            "note": person.note,
        }
        for person in people.PEOPLE
        for role in person.roles
    ]
    rows += [
        {
            "user_type": "staff",
            "id_type": "",
            "id_number": username,
            "password": people.PASSWORD,
            "role": username,
            "organisation": "",
            "note": note,
        }
        for username, _name, note in people.STAFF
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_suffix(".making")
    making.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    making.replace(target)


def load_targets_and_history(now: datetime) -> None:
    """What each year asks, and what the first learner earned in the two years before."""
    this_year = timezone.localdate(now).year
    for year in range(this_year - 3, this_year + 2):
        hours.set_target(year=year, public_hours=Decimal(30), professional_hours=Decimal(60))
    user_id = _person(people.PEOPLE[0], now)
    for at, (years, subject, title, figure, month) in enumerate(content.HISTORY):
        year = this_year + years
        hours.credit(
            user_id=user_id,
            subject=subject,
            hours=Decimal(figure),
            title=title,
            source_kind="migrated",
            source_key=f"{year}-{at}",
            year=year,
            now=datetime(year, month, 18, 10, tzinfo=timezone.get_default_timezone()),
        )


def load_portal(today: date) -> None:
    """Pages, groups, staff, news, downloads and help; what an editor has changed since stays."""
    is_new = not cms.is_set_up()
    cms.set_up()
    load_staff(clock.now())
    if not is_new:
        return
    cms.set_support(
        tagline="示例市专业技术人员继续教育",
        organiser="示例市人力资源和社会保障局",
        phone="000-12345",
        service_hours="工作日 9:00–17:30",
        email="service@xueshi.example",
    )
    cms.write_home(
        public_text="免费",
        professional_text="自选",
        steps_title="从报名到学时，四步走完",
        steps=content.STEPS,
        faq=content.FAQ[:3],
    )
    for at, (days, label, title, text) in enumerate(content.NEWS, start=1):
        cms.write_news(
            slug=f"news-{at}",
            title=title,
            label=label,
            published_on=today + timedelta(days=days),
            body=f"<p>{text}</p>",
        )
    cms.write_help(slug="login", title="常见登录问题", questions=content.FAQ[:3])
    cms.write_help(slug="watching", title="看课常见问题", questions=content.FAQ[3:])
    cms.write_text_page(slug="agreement", title="用户协议", body=content.AGREEMENT, updated_on=today)
    cms.write_text_page(slug="privacy", title="隐私说明", body=content.PRIVACY, updated_on=today)
    for title, heading, rows in content.DOWNLOADS:
        cms.write_download(title=title, file_name=f"{heading}.pdf", content=form_as_pdf(title, rows))


def form_as_pdf(title: str, rows: tuple[str, ...]) -> bytes:
    """A one-page form: a title and ruled rows."""
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    draw.text((620, 150), title, font=chinese_font(52), fill="#14262b", anchor="mm")
    for at, row in enumerate(rows):
        y = 260 + at * 120
        draw.rectangle((120, y, 1120, y + 120), outline="#14262b", width=2)
        draw.line((420, y, 420, y + 120), fill="#14262b", width=2)
        draw.text((150, y + 60), row, font=chinese_font(30), fill="#14262b", anchor="lm")
    target = BytesIO()
    page.save(target, "PDF", resolution=150)
    return target.getvalue()


def load_video(key: str, say: Say) -> int:
    """The id of a sample video, drawn, uploaded and transcoded if need be. Raises VideoFailed."""
    name = f"demo-{key}.mp4"
    found = media_queries.find_by_name(name)
    if found is None:
        slides = content.VIDEOS[key]
        say(f"  {slides.title}（{slides.seconds} 秒）")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            make_video(slides, path)
            with path.open("rb") as file:
                video = media.receive_upload(
                    content=file, name=name, title=slides.title, uploaded_by_id=None, now=clock.now()
                )
        found = (video.pk, False)
    if not found[1]:
        _await(found[0])
    return found[0]


def _await(video_id: int) -> None:
    """Transcode it here and now; where a worker has begun already, wait for it."""
    deadline = time.monotonic() + _SLOWEST_VIDEO_SECONDS
    while not media_queries.is_ready(video_id):
        media.transcode(video_id=video_id, clock=clock.now)
        state = media_queries.states_of([video_id])[video_id]
        if state.reason or time.monotonic() > deadline:
            raise VideoFailed(state.reason or state.label)
        if not state.is_ready:
            time.sleep(0.5)


def load_classes(videos: dict[str, int], today: date) -> None:
    """The classes, where they are missing or were meant for another year."""
    sets: dict[tuple[str, ...], int] = {}
    for plan in content.CLASSES:
        exams = len(plan.courses) if plan.has_exams else 0
        if cms.class_is_current(slug=plan.slug, today=today, whole_year=plan.begins is None, exams=exams):
            continue
        lessons = [lesson for _title, _hours, lessons in plan.courses for lesson in lessons]
        for keys in {keys for lesson in lessons for _at, keys in lesson.quizzes}:
            sets[keys] = _question_set(keys)
        bank_id = load_bank() if plan.has_exams else None
        cms.write_class(slug=plan.slug, terms=_terms(plan, today), courses=_courses(plan, videos, sets, bank_id))


def _question_set(keys: tuple[str, ...]) -> int:
    drafts = [content.QUESTIONS[key] for key in keys]
    return cms.write_question_set(
        title="示例题组 " + "、".join(keys),
        questions=[cms.QuestionDraft(q.kind, q.stem, q.options, q.right, q.explanation) for q in drafts],
    )


def _terms(plan: content.DemoClass, today: date) -> cms.ClassFields:
    begins, ends = date(today.year, 1, 1), date(today.year, 12, 31)
    if plan.begins is not None and plan.ends is not None:
        begins, ends = today + timedelta(days=plan.begins), today + timedelta(days=plan.ends)
    series = {row["label"]: row["code"] for row in identity_queries.codes("title_series")}
    return cms.ClassFields(
        title=plan.title,
        subject=plan.subject,
        specialty=plan.specialty if plan.subject == "professional" else "",
        hours=plan.hours,
        regions=plan.regions,
        title_series=[series[name] for name in plan.series],
        starts_on=begins,
        ends_on=ends,
        price_fen=plan.price_fen,
        original_price_fen=plan.original_price_fen or None,
        summary=plan.summary,
        introduction="".join(f"<p>{text}</p>" for text in plan.introduction),
        cover_tone=plan.tone,
    )


def _courses(
    plan: content.DemoClass, videos: dict[str, int], sets: dict[tuple[str, ...], int], bank_id: int | None
) -> list[cms.CourseDraft]:
    return [
        cms.CourseDraft(
            title=title,
            hours=figure,
            exam=exam_of(title, bank_id) if bank_id else None,
            lessons=[
                cms.LessonDraft(
                    title=lesson.title,
                    video_id=videos[lesson.video],
                    is_preview=lesson.is_preview,
                    quizzes=[
                        cms.QuizDraft(sets[keys], "" if at is None else f"{at // 60}:{at % 60:02}")
                        for at, keys in lesson.quizzes
                    ],
                )
                for lesson in lessons
            ],
        )
        for title, figure, lessons in plan.courses
    ]
