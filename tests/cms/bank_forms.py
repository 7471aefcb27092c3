"""The form of a question of the bank, as the admin's page posts it."""

from collections.abc import Sequence
from typing import Any

from django.test import Client
from django.urls import reverse

from cms.models import BankQuestion
from cms.services import BankQuestionDraft, write_bank, write_bank_question

URLS = "wagtailsnippets_cms_bankquestion"


def draft(stem: str = "成人胸外按压每分钟多少次？", **fields: Any) -> BankQuestionDraft:
    """A sound single choice."""
    return BankQuestionDraft("single", stem, ["60–80 次", "100–120 次", "越快越好"], [1], **fields)


def question(stem: str = "成人胸外按压每分钟多少次？", *, bank: str = "急救题库", **fields: Any) -> BankQuestion:
    """A question in a bank, active unless `fields` say otherwise."""
    return BankQuestion.objects.get(pk=write_bank_question(bank_id=write_bank(title=bank), draft=draft(stem, **fields)))


def form(bank_id: int, options: Sequence[tuple[str, bool]], ids: Sequence[str] = (), **fields: Any) -> dict[str, str]:
    """What the page posts for a question with these (text, is right)."""
    posted = {
        "bank": str(bank_id), "code": "", "kind": "single", "difficulty": "2", "pool": "exam", "state": "draft",
        "tags": "", "stem": "成人胸外按压每分钟多少次？", "stem_picture": "", "explanation": "",
        "options-count": str(len(options)),
    }  # fmt: skip
    for place, (text, is_right) in enumerate(options):
        at = f"options-{place}"
        posted |= {f"{at}-type": "option", f"{at}-order": str(place), f"{at}-deleted": ""}
        posted[f"{at}-id"] = ids[place] if ids else ""
        posted[f"{at}-value-text"], posted[f"{at}-value-picture"] = text, ""
        if is_right:
            posted[f"{at}-value-is_right"] = "on"
    return posted | {name: str(value) for name, value in fields.items()}


SOUND = [("60–80 次", False), ("100–120 次", True), ("越快越好", False)]


def edited(client: Client, of: BankQuestion, **fields: Any) -> Any:
    """Post a question's page with some fields changed."""
    options = [(child.value["text"], child.value["is_right"]) for child in of.options]
    as_is = {name: getattr(of, name) for name in ("code", "kind", "difficulty", "pool", "state", "stem", "explanation")}
    posted = form(of.bank_id, options, [child.id for child in of.options], **as_is | fields)
    return client.post(reverse(f"{URLS}:edit", args=[of.pk]), posted)


def errors_of(response: Any) -> dict[str, list[str]]:
    """Field → what the page says is wrong with it."""
    assert response.status_code == 200, response
    return {name: [str(one) for one in told] for name, told in response.context["form"].errors.items()}
