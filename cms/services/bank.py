"""Writing the question bank by program: imports, the demo, tests; and voiding a question that is wrong."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model

from cms.models import BankQuestion, QuestionBank, SpecialtyPage
from core import audit

_BLOCKS = uuid.UUID("9b0f0c52-5a0e-4d9f-9a9d-6f1c7b2f2c11")


@dataclass(frozen=True)
class BankQuestionDraft:
    """A question of the bank; `right` counts options from 0. Words as `BankQuestion` names them."""

    kind: str
    stem: str
    options: Sequence[str]
    right: Sequence[int]
    explanation: str = ""
    difficulty: int = 2
    pool: str = "exam"
    state: str = "active"
    tags: Sequence[str] = ()
    code: str = ""
    picture_id: int | None = None


@transaction.atomic
def write_bank(*, title: str, subject: str = "professional", specialty: str = "", note: str = "") -> int:
    """Make the question bank of this title, or bring it in line; gives its id. `specialty` is a slug."""
    values = {
        "subject": subject,
        "specialty": SpecialtyPage.objects.get(slug=specialty) if specialty else None,
        "note": note,
    }
    bank, _created = QuestionBank.objects.update_or_create(title=title, defaults=values)
    return bank.pk


@transaction.atomic
def write_bank_question(*, bank_id: int, draft: BankQuestionDraft) -> int:
    """Make this question, unless the bank has it already by its code or its wording; gives its id.

    Raises ValidationError.
    """
    of_bank = BankQuestion.objects.filter(bank_id=bank_id)
    standing = of_bank.filter(code=draft.code).first() if draft.code else None
    question = standing or BankQuestion(bank_id=bank_id)
    for name in ("kind", "stem", "explanation", "difficulty", "pool", "state", "code"):
        setattr(question, name, getattr(draft, name))
    question.stem_picture_id = draft.picture_id
    question.options = option_blocks(draft.stem, draft.options, draft.right)
    question.follow()
    known = None if standing else of_bank.filter(content_key=question.content_key).first()
    if known:
        return known.pk
    question.full_clean()
    question.tags.set(draft.tags)
    question.save()
    return question.pk


@transaction.atomic
def write_picture(*, title: str, description: str, file_name: str, content: bytes) -> int:
    """Put a picture for questions into the library, unless one of this title is there; gives its id.

    `description` is what those read who can't see it.
    """
    images = get_image_model().objects
    known = images.filter(title=title).order_by("pk").values_list("pk", flat=True).first()
    if known is not None:
        return int(known)
    made = images.create(title=title, description=description, file=ContentFile(content, name=file_name))
    return int(made.pk)


def option_blocks(seed: str, texts: Sequence[str], right: Sequence[int]) -> list[dict[str, Any]]:
    """The options of a question as its stream holds them; ids follow from the words, so that writing twice is once."""
    return [
        {
            "type": "option",
            "value": {"text": text, "is_right": place in right, "picture": None},
            "id": option_id(seed, text),
        }
        for place, text in enumerate(texts)
    ]


def option_id(seed: str, text: str, picture: int | None = None) -> str:
    """The id of a new option of the question whose stem is `seed`."""
    return str(uuid.uuid5(_BLOCKS, f"{seed}/{text}" + (f"/{picture}" if picture else "")))


def refuse_double(question: BankQuestion) -> None:
    """Raises ValidationError where its bank has this question, or its code, already."""
    others = BankQuestion.objects.filter(bank_id=question.bank_id).exclude(pk=question.pk)
    double = others.filter(content_key=question.content_key).only("pk", "stem", "code").first()
    if double:
        raise ValidationError({"stem": _("这个题库里已经有同样的题：%s") % (double.code or double.stem[:40])})
    if question.code and others.filter(code=question.code).exists():
        raise ValidationError({"code": _("这个题库里已经有这个编号")})


@transaction.atomic
def void_question(*, question_id: int, reason: str, actor_id: int, acting_as: str, now: datetime) -> bool:
    """Say that a question is wrong (作废): it is asked no more, and whoever failed by it is regraded by `exams`.

    False where it was voided before. Logged.
    """
    claimed = BankQuestion.objects.filter(pk=question_id, voided_at__isnull=True).update(
        voided_at=now, void_reason=reason, state=BankQuestion.State.RETIRED
    )
    if not claimed:
        return False
    QuestionBank.objects.filter(questions=question_id).update(stamp=uuid.uuid4())
    audit.record(
        act="question.voided",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        target=("cms.bankquestion", question_id),
        after={"reason": reason},
    )
    return True
