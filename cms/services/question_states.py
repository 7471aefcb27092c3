"""Taking questions of the bank in and out of use, and what else an editor decides about them one by one or by many."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from wagtail.log_actions import log

from cms.errors import QuestionMayBeInUse
from cms.models import BankQuestion, DistinctQuestions, QuestionBank

STATE_CHANGED = "cms.question_state"
"""The action in Wagtail's log; `data["state"]` is the new state."""


@transaction.atomic
def bank_called(*, title: str) -> int:
    """The id of the bank of this title, made where there is none."""
    bank, _is_new = QuestionBank.objects.get_or_create(title=title)
    return bank.pk


def activate_questions(*, ids: Collection[int], user: Any, now: datetime) -> int:
    """Let exams and practice ask these questions (启用); gives how many changed. Voided ones stay out of use."""
    waiting = BankQuestion.objects.filter(pk__in=ids, voided_at__isnull=True).exclude(state=BankQuestion.State.ACTIVE)
    return _put_state(waiting, BankQuestion.State.ACTIVE, user, now, used_from=Coalesce(F("used_from"), now))


def retire_questions(*, ids: Collection[int], user: Any, now: datetime) -> int:
    """Let nobody ask these questions any more (停用); gives how many changed. Papers that have them keep them."""
    in_use = BankQuestion.objects.filter(pk__in=ids).exclude(state=BankQuestion.State.RETIRED)
    return _put_state(in_use, BankQuestion.State.RETIRED, user, now)


@transaction.atomic
def _put_state(questions: Any, state: BankQuestion.State, user: Any, now: datetime, **fields: Any) -> int:
    changed = list(questions.select_for_update().only("pk", "stem", "bank_id").order_by("pk"))
    ids = [question.pk for question in changed]
    BankQuestion.objects.filter(pk__in=ids).update(state=state, updated_at=now, **fields)
    for bank_id in {question.bank_id for question in changed}:
        QuestionBank.objects.filter(pk=bank_id).update(stamp=uuid.uuid4())
    for question in changed:
        # An act of its own for each: of entries that share one, Wagtail's history shows only the latest.
        told = {"state": state}
        log(question, STATE_CHANGED, user=user, uuid=uuid.uuid4(), data=told, content_changed=True, timestamp=now)
    return len(ids)


def refuse_unless_unused(questions: Collection[BankQuestion]) -> None:
    """Raises QuestionMayBeInUse where one of these was ever active: a paper may have it."""
    if any(not question.may_be_deleted for question in questions):
        raise QuestionMayBeInUse


def say_distinct(*, first_id: int, second_id: int, user_id: int, now: datetime) -> None:
    """Remember that two questions that look alike aren't the same. Said twice it is once."""
    low, high = sorted((first_id, second_id))
    DistinctQuestions.objects.get_or_create(
        first_id=low, second_id=high, defaults={"said_by_id": user_id, "said_at": now}
    )
