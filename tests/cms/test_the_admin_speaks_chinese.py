"""Words that Wagtail's own Chinese catalogue lacks are ours; the compiled catalogue says what the written one says."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

WRITTEN = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"
PAIRS = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', WRITTEN.read_text(encoding="utf-8"), re.M)


def test_there_are_words():
    assert len(PAIRS) > 80


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_the_admin_says_it_in_chinese(english, chinese):
    with override("zh-hans"):
        assert gettext(english.replace('\\"', '"')) == chinese
