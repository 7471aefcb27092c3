"""Case kinds: who asks what, in which module it is decided, what a decision does. Rooms above register theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.functional import Promise

from registry.approvals.models import Case


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a case shows: in words. `before` is None where there is nothing to compare with."""

    label: str
    after: str
    before: str | None = None

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.before != self.after


class CaseKind:
    """What the engine asks of a kind. A subclass is registered once at start-up (`register_kind`)."""

    code: ClassVar[str]
    """The contract's name: `title_change`."""
    label: ClassVar[str | Promise]
    module: ClassVar[str]
    """The permission module of its reviewers (`identity.acting.MODULES`)."""
    reviewers: ClassVar[Sequence[str]] = ("employer", "department", "bureau", "base")
    """The kinds of administrators whose menu has its queue also when it is empty."""
    answer_days: ClassVar[int | None] = None
    """Calendar days until it is overdue; None: the site's working days (`REVIEW_WORKDAYS`)."""
    reasons: ClassVar[Sequence[str | Promise]] = ()
    """Ready-made reasons for turning it back, as buttons beside the opinion."""

    def apply(self, case: Case, *, now: datetime) -> None:
        """What passing the last step does; in the decision's transaction."""
        raise NotImplementedError

    def turn_back(self, case: Case, *, now: datetime) -> None:
        """What rejecting does beyond the message to the applicant."""

    def take_back(self, case: Case, *, now: datetime) -> None:
        """What the applicant's withdrawal does."""

    def is_stale(self, case: Case) -> bool:
        """Whether `payload["before"]` is no longer so: the case was written against other data."""
        return False

    def lines(self, case: Case) -> list[Line]:
        """Everything the reviewer and the applicant read, field by field in words."""
        raise NotImplementedError

    def people_of(self, case: Case) -> set[int]:
        """The humans who may not decide it: the applicant, and whom it is about."""
        about = {case.subject_id} if case.subject_kind == "user" else set()
        return {case.applicant_id} | about

    def link(self, case: Case) -> str:
        """Where the applicant reads it; an address of this site."""
        return f"/me/cases/{case.pk}/"

    def passed_text(self, case: Case) -> str:
        """The sentence that tells the applicant it passed, empty for the engine's own."""
        return ""


_kinds: dict[str, CaseKind] = {}


def register_kind(kind: CaseKind) -> None:
    """Make a kind known; at start-up only."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> CaseKind:
    """The kind of this code; KeyError for none."""
    return _kinds[code]


def all_kinds() -> tuple[CaseKind, ...]:
    """All kinds, in the order in which they were registered."""
    return tuple(_kinds.values())


def payload_value(case: Case, field: str) -> Any:
    """What the case asks a field to become, None where it says nothing of it."""
    return case.payload.get("after", {}).get(field)
