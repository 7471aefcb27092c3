"""Properties of watching: whatever a client posts, in whatever order, the frontier never outruns the clock."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learning.models import LessonProgress
from tests.learning.driving import frontier

pytestmark = pytest.mark.django_db

_settings = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

hostile_act = st.one_of(
    st.tuples(st.just("beat"), st.floats(0, 4000), st.floats(0, 20)),
    st.tuples(st.just("flood"), st.floats(0, 4000), st.integers(2, 6)),
    st.tuples(st.just("reopen"), st.just(0), st.floats(0, 5)),
    st.tuples(st.just("old watch"), st.floats(0, 4000), st.floats(0, 5)),
    st.tuples(st.just("wait"), st.just(0), st.floats(0, 300)),
    st.tuples(st.just("end"), st.just(0), st.floats(0, 1)),
)


@pytest.mark.slow
@_settings
@given(acts=st.lists(hostile_act, max_size=25), rate=st.sampled_from([100, 125, 200]))
def test_a_hostile_client_never_outruns_the_clock(learners, class_of, clock, acts, rate):
    (learner,) = learners(1)
    page, lessons = class_of([3600], max_rate_pct=rate)
    learner.enrols(page)
    sittings = [learner.starts(lessons[0])]
    began, before = clock.now(), 0.0

    for act, position, amount in acts:
        if act == "reopen":
            sittings.append(learner.another_device().starts(lessons[0]))
        elif act == "end":
            sittings[-1].end()
        for _ in range(int(amount) if act == "flood" else 1):
            if act != "flood":
                clock.tick(amount)
            sittings[0 if act == "old watch" else -1].beat(position)
        now = frontier(learner, lessons[0])
        assert now >= before, "what was watched is never taken back"
        assert now <= (clock.now() - began).total_seconds() * rate / 100 + 0.01
        before = now


hostile_pair = st.lists(
    st.tuples(
        st.integers(0, 1),  # which of the two classes
        st.sampled_from(["open", "beat", "old beat", "end", "key"]),
        st.one_of(st.floats(0, 400), st.just(1e12)),  # the position claimed
        st.floats(0, 100),  # seconds that pass before
    ),
    max_size=30,
)


@pytest.mark.slow
@_settings
@given(acts=hostile_pair, rates=st.tuples(st.sampled_from([100, 150, 200]), st.sampled_from([100, 125])))
def test_two_lessons_of_different_classes_never_outrun_the_clock_together(learners, class_of, clock, acts, rates):
    """Real seconds that both lessons' credit stands for ≤ seconds that passed; a lesson of T is done after T ÷ rate."""
    (learner,) = learners(1)
    classes = [class_of([300], max_rate_pct=rate) for rate in rates]
    lessons = [lessons[0] for _page, lessons in classes]
    for page, _lessons in classes:
        learner.enrols(page)
    began = clock.now()
    sittings: list[list] = [[], []]

    for which, act, position, passing in acts:
        clock.tick(passing)
        mine = sittings[which]
        if act == "open" or not mine:
            mine.append(learner.another_device().starts(lessons[which]))
        elif act == "end":
            mine[-1].end()
        elif act == "key":
            assert_no_key_ahead(mine[-1], int(position) // 60 % 5)
        else:
            mine[0 if act == "old beat" else -1].beat(position)

        elapsed = (clock.now() - began).total_seconds()
        rows = {row.lesson_id: row for row in LessonProgress.objects.filter(enrolment__user=learner.user)}
        found = [rows.get(lesson.pk) for lesson in lessons]
        real = sum(row.frontier_ms / 10 / rate for row, rate in zip(found, rates, strict=True) if row)
        assert real <= elapsed + 0.02
        for row, rate in zip(found, rates, strict=True):
            assert row is None or row.done_at is None or elapsed >= 300 / (rate / 100) - 0.02


def assert_no_key_ahead(sitting, window: int) -> None:
    """An open watch is given the keys of windows up to a minute past its frontier and no further; a closed one none."""
    address = sitting.opened["playlist"].replace("playlist.m3u8", f"keys/{window}")
    status = sitting.learner.get(address).status_code
    progress_id, watch_id = (int(part) for part in sitting.id.split("-")[:2])
    row = LessonProgress.objects.get(pk=progress_id)
    is_earned = row.watch == watch_id and window * 60_000 < row.frontier_ms + 60_000
    assert status == (200 if is_earned else 403)


honest_step = st.one_of(
    st.tuples(st.just("play"), st.floats(1, 10)),
    st.tuples(st.just("stall"), st.floats(0.1, 20)),
    st.tuples(st.just("pause"), st.floats(0.1, 900)),
    st.tuples(st.just("back"), st.floats(1, 60)),
    st.tuples(st.just("outage"), st.floats(5, 60)),
    st.tuples(st.just("late beat"), st.floats(0.05, 3)),
    st.tuples(st.just("other device"), st.floats(1, 30)),
)


@pytest.mark.slow
@_settings
@given(steps=st.lists(honest_step, min_size=1, max_size=30))
def test_an_honest_learner_is_never_set_back_and_loses_nothing(learners, class_of, clock, steps):
    """Plays at 1× with stalls, pauses, looking back, late beats, outages and changes of device."""
    (learner,) = learners(1)
    page, lessons = class_of([36_000])
    learner.enrols(page)
    sitting = learner.starts(lessons[0])
    position = seen = 0.0

    for act, amount in steps:
        late = 0.0
        if act in {"play", "outage"}:  # in an outage the buffer plays on and nothing is posted
            clock.tick(amount)
            position += amount
        elif act == "back":
            position = max(0.0, position - amount)
        elif act == "late beat":
            clock.tick(5)
            position += 5
            late = amount
        elif act == "other device":
            sitting.beat(position)
            clock.tick(amount)
            sitting = learner.another_device().starts(lessons[0])
            assert sitting.opened["resume_at"] == pytest.approx(position, abs=0.01)
        else:
            clock.tick(amount)
        clock.tick(late)
        answer = sitting.beat(position).json()
        seen = max(seen, position)
        assert answer["position"] == pytest.approx(position, abs=0.01), "no wrong «you skipped»"
        assert answer["frontier"] == pytest.approx(seen, abs=0.01)

    progress = LessonProgress.objects.get(enrolment__user=learner.user)
    assert progress.corrections == 0
