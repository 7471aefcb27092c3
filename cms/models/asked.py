"""What every question (题目) is, whether a pop-up quiz asks it or an exam: its kind, its options, when it is sound."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import RevisionMixin

from cms.questions import QuestionKind, faults_of_question


class AskedQuestion(RevisionMixin, models.Model):
    """A question with options. Subclasses have `options`, a stream of blocks with a `text` and an `is_right`."""

    Kind = QuestionKind

    kind = models.CharField(_("题型"), max_length=10, choices=QuestionKind.choices, default=QuestionKind.SINGLE)
    stem = models.TextField(_("题干"), max_length=1000)
    explanation = models.TextField(_("解析"), max_length=1000, blank=True, help_text=_("答对以后显示。"))

    options: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.stem[:60]

    def clean(self) -> None:
        """Raises ValidationError with every fault of the question."""
        super().clean()
        found = self.faults() if self.stem.strip() else []  # without a stem the form has said so at its field
        if found:
            raise ValidationError({"options": found})

    def faults(self) -> list[str]:
        """What keeps the question from being asked, a sentence each; empty when it is sound."""
        drafts = [(_told(child.value), bool(child.value["is_right"])) for child in self.options]
        return faults_of_question(self.kind, self.stem, drafts)

    def keep_history(self, user: Any) -> None:
        """Save a revision, unless the latest one says the same."""
        latest = self.get_latest_revision()
        if latest is None or _content(latest.content) != _content(self.serializable_data()):
            self.save_revision(user=user)

    def frozen(self) -> dict[str, Any]:
        """The question as `QuizPoint.questions` keeps it; option ids are those of their blocks."""
        return {
            "id": str(self.pk),
            "kind": self.kind,
            "stem": self.stem.strip(),
            "options": [{"id": child.id, "text": child.value["text"].strip()} for child in self.options],
            "right": [child.id for child in self.options if child.value["is_right"]],
            "explanation": self.explanation.strip(),
        }


def _told(value: Any) -> str:
    """What an option says; a picture without words tells itself apart from others by its id."""
    picture = value.get("picture")
    return value["text"].strip() or (f"picture {picture.pk}" if picture else "")


def _content(data: dict[str, Any]) -> dict[str, Any]:
    """What a revision says, whatever revision it followed and in whatever order PostgreSQL keeps an option's keys."""
    told = {name: value for name, value in data.items() if name not in {"latest_revision", "updated_at"}}
    return told | {"options": json.loads(told["options"])}
