"""Questions that stood before the list could be searched get their words, and stay if they may be in use."""

from importlib import import_module

import pytest
from django.apps import apps

from cms.models import BankQuestion
from tests.cms.bank_forms import question

pytestmark = pytest.mark.django_db
fill = import_module("cms.migrations.0004_fill_words_of_questions").fill


def test_words_and_first_use_are_filled_in():
    active, unused = question("第一题问的 是什么？"), question("第二题？", state="draft")
    words = dict(BankQuestion.objects.values_list("pk", "words"))
    BankQuestion.objects.update(words="", used_from=None)

    fill(apps, None)

    assert dict(BankQuestion.objects.values_list("pk", "words")) == words
    assert words[active.pk].splitlines()[0] == "第一题问的是什么?"
    used = dict(BankQuestion.objects.values_list("pk", "used_from"))
    assert used == {active.pk: active.created_at, unused.pk: None}
