"""Writing rows into a bank, some hundreds at a time: in bulk, and each row once however often it comes."""

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, Revision

from cms.importing.rules import QuestionRow
from cms.models import BankQuestion, QuestionBank, QuestionTag
from cms.questions import keys_of, question_content
from cms.services.bank import option_id
from core.grams import normalise

IMPORTED = "cms.question_imported"
"""The action in Wagtail's log: an import made the question, or changed what `data["changed"]` names."""
_KEYS = ("content_key", "stem_key", "band_1", "band_2", "band_3", "band_4", "words")
_WRITTEN = ("code", "kind", "stem", "stem_picture", "options", "explanation", "difficulty", "pool", "state")
_COLUMNS = (*_WRITTEN, "used_from", "content", *_KEYS, "updated_at", "latest_revision")


@dataclass
class Written:
    """What became of some rows. `touched`: made, or changed in their stems, with the row they came from."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    touched: list[tuple[int, BankQuestion]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Planned:
    """A row with what it makes of a question: its content, the columns derived of it."""

    row: QuestionRow
    content: dict[str, Any]
    keys: dict[str, Any]


@dataclass
class Seen:
    """The rows that had these wordings and codes first; an import remembers them to the end of the file."""

    wordings: dict[bytes, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def before(self, content_key: str, code: str, number: int) -> str:
        """What an earlier row has of this one; from now on this row has it. Asked twice it says the same."""
        wording = bytes.fromhex(content_key)[:12]
        first = self.wordings.setdefault(wording, number)
        if first != number:
            return _("和第 %d 行是同一道题") % first
        first = self.codes.setdefault(code, number) if code else number
        return "" if first == number else _("编号和第 %d 行相同") % first


def write_rows(rows: Sequence[QuestionRow], *, bank_id: int, user_id: int | None, seen: Seen, now: datetime) -> Written:
    """Make or bring in line the questions of these rows. In the caller's transaction; its bank gets a new stamp.

    A question is known by its code, else by its wording. Written again unchanged, nothing changes.
    """
    done = Written()
    planned = _plan(rows, seen, done)
    standing = _Standing(bank_id, planned)
    made: list[tuple[_Planned, BankQuestion]] = []
    changed: list[tuple[_Planned, BankQuestion, list[str]]] = []
    for plan in planned:
        question, fault = standing.find(plan)
        if fault:
            done.faults.append((plan.row.number, fault))
        elif question is None:
            made.append((plan, _new(plan, bank_id, now)))
        elif names := _differences(question, plan, standing.tags_of(question)):
            changed.append((plan, question, names))
        else:
            done.unchanged += 1
    _insert(made, user_id, now)
    _update(changed, user_id, now)
    done.added, done.changed = len(made), len(changed)
    done.touched = [(plan.row.number, question) for plan, question in made]
    done.touched += [(plan.row.number, question) for plan, question, names in changed if "stem" in names]
    if made or changed:
        QuestionBank.objects.filter(pk=bank_id).update(stamp=uuid.uuid4())
    return done


def remember(rows: Iterable[QuestionRow], seen: Seen) -> None:
    """Rows that an earlier, cut-off run wrote: later ones may still repeat them."""
    _plan(list(rows), seen, Written())


def _plan(rows: Sequence[QuestionRow], seen: Seen, done: Written) -> list[_Planned]:
    pictures = _pictures(rows)
    planned = []
    for row in rows:
        asked = [picture for _text, picture in row.options if picture] + ([row.picture] if row.picture else [])
        gone = [picture for picture in asked if picture not in pictures]
        if gone:
            done.faults.append((row.number, _("图片 %d 不存在") % gone[0]))
            continue
        content = question_content(
            kind=row.kind,
            stem=row.stem,
            picture=pictures.get(row.picture),
            options=[(option_id(row.stem, text, shown), text, pictures.get(shown)) for text, shown in row.options],
            right=[at in row.right for at in range(len(row.options))],
            explanation=row.explanation or "",
        )
        keys = keys_of(content)
        if fault := seen.before(keys["content_key"], row.code, row.number):
            done.faults.append((row.number, fault))
        else:
            planned.append(_Planned(row, content, keys))
    return planned


def _pictures(rows: Sequence[QuestionRow]) -> dict[int | None, dict[str, Any]]:
    ids = {picture for row in rows for picture in (row.picture, *(shown for _text, shown in row.options)) if picture}
    if not ids:
        return {}
    images = get_image_model().objects.filter(pk__in=ids).values_list("pk", "description")
    return {pk: {"id": pk, "alt": description or ""} for pk, description in images}


class _Standing:
    """The bank's questions that rows may mean, by code and by wording, and their tags. Two queries."""

    def __init__(self, bank_id: int, planned: Sequence[_Planned]) -> None:
        codes = [plan.row.code for plan in planned if plan.row.code]
        meant = Q(content_key__in=[plan.keys["content_key"] for plan in planned]) | Q(code__in=codes)
        questions = list(BankQuestion.objects.filter(meant, bank_id=bank_id).prefetch_related("tagged_items"))
        self._by_code = {question.code: question for question in questions if question.code}
        self._by_wording = {question.content_key: question for question in questions}
        self._tags: dict[int, set[str]] = {}
        ids = [question.pk for question in questions]
        for pk, name in QuestionTag.objects.filter(content_object__in=ids).values_list("content_object", "tag__name"):
            self._tags.setdefault(pk, set()).add(name)

    def tags_of(self, question: BankQuestion) -> set[str]:
        return self._tags.get(question.pk, set())

    def find(self, plan: _Planned) -> tuple[BankQuestion | None, str]:
        """(the question that the row means, why it can't be written)."""
        row = plan.row
        coded, worded = self._by_code.get(row.code), self._by_wording.get(plan.keys["content_key"])
        if coded and worded and coded.pk != worded.pk:
            return None, _("题库里已经有同样的题：%s") % (worded.code or worded.stem[:40])
        if worded and row.code and worded.code and worded.code != row.code:
            return None, _("题库里已经有同样的题，编号是 %s") % worded.code
        question = coded or worded
        if question and question.voided_at and row.state not in (None, BankQuestion.State.RETIRED):
            return None, _("这道题已经作废，不能再启用")
        return question, ""


def _new(plan: _Planned, bank_id: int, now: datetime) -> BankQuestion:
    row = plan.row
    question = BankQuestion(bank_id=bank_id, code=row.code, created_at=now)
    question.difficulty = row.difficulty or BankQuestion.Difficulty.MEDIUM
    question.pool = row.pool or BankQuestion.Pool.EXAM
    question.state = row.state or BankQuestion.State.DRAFT
    question.explanation = row.explanation or ""
    _put(question, plan, plan.content, now)
    return question


def _put(question: BankQuestion, plan: _Planned, content: dict[str, Any], now: datetime) -> None:
    row = plan.row
    question.kind, question.stem, question.stem_picture_id = row.kind, row.stem, row.picture
    question.options = [_block(option, option["id"] in content["right"]) for option in content["options"]]
    question.content = content
    for name in _KEYS:
        setattr(question, name, plan.keys[name])
    question.updated_at = now
    if question.state == BankQuestion.State.ACTIVE and question.used_from is None:
        question.used_from = now


def _block(option: dict[str, Any], is_right: bool) -> dict[str, Any]:
    picture = option["picture"]["id"] if option["picture"] else None
    value = {"text": option["text"], "is_right": is_right, "picture": picture}
    return {"type": "option", "value": value, "id": option["id"]}


def _differences(question: BankQuestion, plan: _Planned, tags: set[str]) -> list[str]:
    """The fields in which a row differs from the question it means; what the row left empty doesn't."""
    row, now, wanted = plan.row, question.content, plan.content
    asked: dict[str, tuple[object, object]] = {
        "code": (question.code, row.code or question.code),
        "kind": (now["kind"], wanted["kind"]),
        "stem": (now["stem"], wanted["stem"]),
        "stem_picture": (question.stem_picture_id, row.picture),
        "options": (_told(now), _told(wanted)),
        "explanation": (now["explanation"], now["explanation"] if row.explanation is None else row.explanation),
        "difficulty": (question.difficulty, row.difficulty or question.difficulty),
        "pool": (question.pool, row.pool or question.pool),
        "state": (question.state, row.state or question.state),
        "tags": (tags, tags if row.tags is None else set(row.tags)),
    }
    return [name for name, (is_so, should_be) in asked.items() if is_so != should_be]


def _told(content: dict[str, Any]) -> list[tuple[str, int | None, bool]]:
    """Options as they are read, whatever their ids."""
    return [
        (option["text"], option["picture"]["id"] if option["picture"] else None, option["id"] in content["right"])
        for option in content["options"]
    ]


def _insert(made: Sequence[tuple[_Planned, BankQuestion]], user_id: int | None, now: datetime) -> None:
    questions = [question for _plan, question in made]
    BankQuestion.objects.bulk_create(questions)
    tags = _tags({name for plan, _question in made for name in plan.row.tags or ()})
    QuestionTag.objects.bulk_create(
        QuestionTag(content_object_id=question.pk, tag_id=tags[name])
        for plan, question in made
        for name in plan.row.tags or ()
    )
    _log([(question, []) for question in questions], user_id, now)


def _update(changed: Sequence[tuple[_Planned, BankQuestion, list[str]]], user_id: int | None, now: datetime) -> None:
    """Change questions, keeping in the history how they were and how they are."""
    if not changed:
        return
    kind = ContentType.objects.get_for_model(BankQuestion)
    Revision.objects.bulk_create(
        _revision(question, kind, None, question.updated_at)
        for _plan, question, _names in changed
        if question.latest_revision_id is None
    )
    for plan, question, _names in changed:
        row = plan.row
        question.code = row.code or question.code
        question.difficulty = row.difficulty or question.difficulty
        question.pool = row.pool or question.pool
        question.state = row.state or question.state
        question.explanation = question.explanation if row.explanation is None else row.explanation
        content = _with_known_ids(plan.content, question.content) | {"explanation": question.explanation.strip()}
        _put(question, plan, content, now)
    _replace_tags(changed)
    revisions = [_revision(question, kind, user_id, now) for _plan, question, _names in changed]
    for (_plan, question, _names), revision in zip(changed, Revision.objects.bulk_create(revisions), strict=True):
        question.latest_revision = revision
    BankQuestion.objects.bulk_update([question for _plan, question, _names in changed], _COLUMNS)
    _log([(question, names) for _plan, question, names in changed], user_id, now)


def _with_known_ids(wanted: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The wanted content with the option ids that the question has already: figures are counted by them."""
    ids = {_identity(option): option["id"] for option in known["options"]}
    names = {option["id"]: ids.get(_identity(option), option["id"]) for option in wanted["options"]}
    return wanted | {
        "options": [option | {"id": names[option["id"]]} for option in wanted["options"]],
        "right": [names[option] for option in wanted["right"]],
    }


def _identity(option: dict[str, Any]) -> tuple[str, int | None]:
    return normalise(option["text"]), option["picture"]["id"] if option["picture"] else None


def _replace_tags(changed: Sequence[tuple[_Planned, BankQuestion, list[str]]]) -> None:
    retagged = [(question, plan.row.tags or ()) for plan, question, names in changed if "tags" in names]
    if not retagged:
        return
    QuestionTag.objects.filter(content_object__in=[question.pk for question, _names in retagged]).delete()
    tags = _tags({name for _question, names in retagged for name in names})
    made = QuestionTag.objects.bulk_create(
        QuestionTag(content_object=question, tag_id=tags[name]) for question, names in retagged for name in names
    )
    for question, _names in retagged:
        question.tagged_items.set([item for item in made if item.content_object_id == question.pk])


def _tags(names: Collection[str]) -> dict[str, int]:
    """The ids of tags by name, made where they are new."""
    found = dict(Tag.objects.filter(name__in=names).values_list("name", "pk"))
    return found | {name: Tag.objects.get_or_create(name=name)[0].pk for name in sorted(names) if name not in found}


def _revision(question: BankQuestion, kind: ContentType, user_id: int | None, now: datetime) -> Revision:
    return Revision(
        content_type=kind,
        base_content_type=kind,
        object_id=str(question.pk),
        created_at=now,
        user_id=user_id,
        object_str=str(question),
        content=json.loads(question.to_json()),
    )


def _log(entries: Sequence[tuple[BankQuestion, list[str]]], user_id: int | None, now: datetime) -> None:
    kind = ContentType.objects.get_for_model(BankQuestion)
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            content_type=kind,
            object_id=str(question.pk),
            label=str(question),
            action=IMPORTED,
            timestamp=now,
            uuid=uuid.uuid4(),
            user_id=user_id,
            revision=question.latest_revision if names else None,
            content_changed=True,
            data={"changed": names},
        )
        for question, names in entries
    )
