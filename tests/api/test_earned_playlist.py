"""The playlist for browsers' own players: what is earned, and no key more (mechanism 1)."""

import re
from typing import Any

from tests.learning.driving import Learner, Sitting


def windows(learner: Learner, sitting: Sitting) -> tuple[list[int], str]:
    """The windows that the playlist of what is earned lists, and its text."""
    master = learner.get(f"{sitting.opened['playlist']}?earned=1").content.decode()
    address = sitting.opened["playlist"].rsplit("/", 1)[0] + "/" + master.strip().splitlines()[-1]
    text = learner.get(address).content.decode()
    return [int(found) for found in re.findall(r"keys/(\d+)", text)], text


def start(learner: Learner, class_of: Any, plan: Any) -> Sitting:
    page, (lesson,) = class_of([plan])
    learner.enrols(page)
    return learner.starts(lesson)


def test_it_ends_where_the_earned_keys_do(learner: Learner, class_of: Any) -> None:
    sitting = start(learner, class_of, 300)
    listed, text = windows(learner, sitting)
    assert listed == [0]
    assert text.endswith("#EXT-X-ENDLIST\n")

    learner.watches_to(sitting, 70)
    assert windows(learner, sitting)[0] == [0, 1, 2]


def test_every_key_it_lists_is_given(learner: Learner, class_of: Any) -> None:
    sitting = start(learner, class_of, 300)
    learner.watches_to(sitting, 130)
    base = sitting.opened["playlist"].rsplit("/", 1)[0]
    for window in windows(learner, sitting)[0]:
        assert learner.get(f"{base}/keys/{window}").status_code == 200


def test_it_waits_for_a_quiz(learner: Learner, class_of: Any) -> None:
    sitting = start(learner, class_of, (300, [60]))
    quiz = learner.watches_to(sitting, 60)["quiz"]
    assert windows(learner, sitting)[0] == [0]
    learner.answers_right(sitting, quiz)
    assert windows(learner, sitting)[0] == [0, 1]


def test_a_lesson_done_is_there_to_its_end(learner: Learner, class_of: Any) -> None:
    page, (lesson,) = class_of([150])
    learner.enrols(page)
    learner.finishes(lesson, 150)
    assert windows(learner, learner.starts(lesson))[0] == [0, 1, 2]


def test_the_whole_one_stays_whole(learner: Learner, class_of: Any) -> None:
    sitting = start(learner, class_of, 300)
    base = sitting.opened["playlist"].rsplit("/", 1)[0]
    text = learner.get(f"{base}/360p.m3u8").content.decode()
    assert text.count("keys/") == 5
