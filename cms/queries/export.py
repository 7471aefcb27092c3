"""Questions of the bank on their way into a workbook."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from cms.models import BankQuestion, QuestionTag

_CHUNK = 500


def questions_to_export(questions: QuerySet[BankQuestion]) -> Iterator[dict[str, Any]]:
    """`{"code", "difficulty", "pool", "state", "content", "tags"}` of each, read some hundreds at a time."""
    rows = questions.values("pk", "code", "difficulty", "pool", "state", "content").iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        tags: dict[int, list[str]] = {}
        tagged = QuestionTag.objects.filter(content_object__in=[row["pk"] for row in chunk]).order_by("tag__name")
        for pk, name in tagged.values_list("content_object", "tag__name"):
            tags.setdefault(pk, []).append(name)
        for row in chunk:
            yield {**row, "tags": tags.get(row["pk"], [])}
