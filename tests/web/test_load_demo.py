"""The demo world (contract.md): complete, and a second time it only looks. Its videos are made short and small."""

import json
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from cms.models import BankQuestion, Blueprint
from cms.queries import EXAM, PRACTICE, candidates
from core import clock
from media_pipeline.models import VideoAsset
from registry.approvals.models import Case
from tests.identity.driving import Program, code_of
from web.demo import content, loading, people, questions
from web.demo.slides import Slides, make_video

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEYS = {"user_type", "id_type", "id_number", "password", "role", "organisation", "note"}
TYPES = {"technician", "employer", "department", "bureau", "base", "staff"}


def plain_video(slides: Slides, target: Path) -> None:
    """A video of that length in one colour; the four minutes would take the tests too long to draw."""
    picture = ["-f", "lavfi", "-i", f"color=teal:size=160x90:rate=2:duration={slides.seconds}"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *picture, "-c:v", "libx264", "-preset", "ultrafast"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(target)], check=True, timeout=60)


@pytest.fixture
def load(settings, monkeypatch, tmp_path):
    """`load()` runs the command; gives the accounts it wrote."""
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(loading, "make_video", plain_video)

    def run() -> list[dict[str, str]]:
        call_command("load_demo")
        return json.loads((tmp_path / "demo-accounts.json").read_text(encoding="utf-8"))

    return run


def counts() -> dict[str, int]:
    """Rows of every table that holds the demo world; Wagtail's own log and index aside."""
    ours = ("core", "identity", "media_pipeline", "cms", "inbox", "approvals", "units", "people", "hours", "learning")
    ours += ("exams", "taggit", "wagtailcore", "wagtaildocs", "wagtailimages")
    aside = {"pagelogentry", "modellogentry", "referenceindex"}
    models = [model for label in ours for model in apps.get_app_config(label).get_models()]
    return {m._meta.label: m._default_manager.count() for m in models if m._meta.model_name not in aside}


def test_loading_twice_leaves_one_world_as_the_contract_describes_it(load):
    accounts = load()
    once = counts()
    videos = list(VideoAsset.objects.order_by("pk").values_list("pk", "build"))

    assert load() == accounts
    assert counts() == once
    assert list(VideoAsset.objects.order_by("pk").values_list("pk", "build")) == videos

    assert_accounts(accounts)
    assert_classes()
    assert_exams()
    assert_everybody_gets_in(accounts)


def assert_accounts(accounts: list[dict[str, str]]) -> None:
    assert all(set(account) == KEYS for account in accounts)
    assert {account["user_type"] for account in accounts} == TYPES
    assert {account["password"] for account in accounts} == {"Xueshi-2026"}
    assert {"editor", "reviewer", "root"} <= {a["id_number"] for a in accounts if a["user_type"] == "staff"}
    numbers = [account["id_number"] for account in accounts]
    twice = {number for number in numbers if numbers.count(number) == 2}
    assert [sorted(a["role"] for a in accounts if a["id_number"] == number) for number in twice] == [
        ["employer", "technician"]
    ]
    assert any(a["user_type"] == "employer" and "人力资源" in a["organisation"] for a in accounts), "internal account"


def assert_classes() -> None:
    found = {row["slug"]: row for row in pages("classes")}
    public = Program().get("classes/demo-public").json()
    lessons = [lesson for course in public["courses"] for lesson in course["lessons"]]
    assert (len(public["courses"]), len(lessons), public["price_fen"]) == (2, 4, 0)
    assert all(12 <= lesson["duration"] <= 20.1 for lesson in lessons)
    assert [course["has_exam"] for course in public["courses"]] == [True, True]
    paid = Program().get("classes/demo-paid").json()
    assert (paid["price_fen"], [len(course["lessons"]) for course in paid["courses"]]) == (240, [2])
    (talk,) = Program().get("classes/demo-preview").json()["courses"][0]["lessons"]
    assert talk["duration"] == pytest.approx(240, abs=0.5)
    assert {"demo-ended", "demo-other-region"} <= set(found)
    assert len(Program().get("specialties").json()) == 30


def assert_exams() -> None:
    """Five questions a course, three to pass, ten minutes; questions enough for two papers that share none."""
    blueprints = list(Blueprint.objects.filter(retired_in__isnull=True))
    assert len(blueprints) == 2
    for blueprint in blueprints:
        assert (blueprint.minutes, blueprint.pass_points) == (10, 3)
        assert sum(rule["count"] for rule in blueprint.rules) == 5
        pools = candidates(blueprint.rules, EXAM)
        assert all(len(pool) >= 2 * rule["count"] for rule, pool in zip(blueprint.rules, pools, strict=True))
        assert sum(map(len, pools)) >= 10
        assert sum(map(len, candidates(blueprint.rules, PRACTICE))) >= 8
        assert not {pk for pool in pools for pk in pool} & {
            pk for pool in candidates(blueprint.rules, PRACTICE) for pk in pool
        }
    told = list(BankQuestion.objects.values_list("content", flat=True))
    assert any("$" in content["stem"] for content in told)
    assert [content["picture"]["alt"] for content in told if content["picture"]] == [questions.CURVES_IN_WORDS]
    assert all(content["explanation"] for content in told)


def pages(path: str) -> list[dict]:
    answer = Program().get(path).json()
    assert answer["next"] is None
    return answer["results"]


def assert_everybody_gets_in(accounts: list[dict[str, str]]) -> None:
    """Each account logs in as the file says, with the captcha `demo`; the one in review is told so."""
    for account in accounts:
        program = Program()
        key = program.post("auth/captcha").json()["key"]
        typed = {name: account[name] for name in ("user_type", "id_type", "id_number", "password")}
        answer = program.post("auth/login", typed | {"captcha_key": key, "captcha": "demo"})
        if "审核" in account["note"] and account["user_type"] == "technician":
            assert code_of(answer) == "not_approved"
        else:
            assert answer.status_code == 200, (account, answer.content)


def test_the_refusals_of_its_classes_can_be_seen(load):
    load()
    program = Program()
    key = program.post("auth/captcha").json()["key"]
    person = people.PEOPLE[1]
    typed = {"user_type": "technician", "id_type": "resident", "id_number": person.id_number}
    answer = program.post(
        "auth/login", typed | {"password": people.PASSWORD, "captcha_key": key, "captcha": "demo"}
    ).json()
    program.token = answer["token"]

    refused = {slug: code_of(program.post(f"classes/{slug}/enrolment")) for slug in ("demo-ended", "demo-other-region")}

    assert refused == {"demo-ended": "not_open", "demo-other-region": "wrong_region"}
    assert program.post("classes/demo-public/enrolment").status_code == 201
    assert code_of(program.post("classes/demo-paid/enrolment")) == "payment_required"


def test_without_the_demo_it_is_refused(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")


def test_a_slide_lesson_moves_and_sounds(tmp_path):
    target = tmp_path / "lesson.mp4"
    make_video(Slides("一堂课", ("先看", "再做"), 3), target)

    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type:format=duration", "-of", "json", str(target)],
        check=True,
        capture_output=True,
    )
    found = json.loads(probed.stdout)
    assert {stream["codec_type"] for stream in found["streams"]} == {"video", "audio"}
    assert float(found["format"]["duration"]) == pytest.approx(3, abs=0.2)
    hashes = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(target), "-map", "0:v", "-r", "2", "-f", "framemd5", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    pictures = {line.split(",")[-1].strip() for line in hashes.stdout.splitlines() if not line.startswith("#")}
    assert len(pictures) > 3


def test_every_quiz_of_the_demo_lies_within_its_video():
    lessons = [lesson for plan in content.CLASSES for _t, _h, lessons in plan.courses for lesson in lessons]

    for lesson in lessons:
        assert all(at is None or 0 < at < content.VIDEOS[lesson.video].seconds for at, _keys in lesson.quizzes)


def test_the_offices_have_something_to_do(settings):
    """Registrations, a title change, a transfer and a new unit wait where they belong; loading again adds nothing."""
    settings.DEMO = True
    for _ in range(2):
        loading.load_tree()
        loading.load_people(clock.now())
        loading.load_offices(clock.now())

    waiting = list(Case.objects.filter(state="open").values_list("kind", "title"))
    assert ("title_change", "林晓") in waiting
    assert ("transfer", "孙悦") in waiting
    assert ("employer_registration", "示例市城南社区卫生服务中心") in waiting
    assert ("technician_registration", "唐宁") in waiting
    assert len(waiting) == len(set(waiting)) == 11
