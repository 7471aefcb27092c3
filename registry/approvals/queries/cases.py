"""One case, for who decides it and for who asked; and what is still in review."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch
from django.utils.functional import Promise

from identity.acting import ActingRole
from registry.approvals.kinds import Line, kind_of
from registry.approvals.models import Case, Step
from registry.approvals.scope import is_of, review_modules


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the timeline: the organisation that decides and its phone, who did, when, with what words."""

    number: int
    state: str
    organisation_id: int
    organisation_name: str
    phone: str
    risen_to_name: str
    risen_to_phone: str
    reviewer_name: str
    reviewed_for: str
    opinion: str
    opened_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it. `step` is the one that waits for the reader, None where he has nothing to decide."""

    id: int
    kind: str
    kind_label: str | Promise
    module: str
    state: str
    state_label: str
    title: str
    applicant_id: int
    applicant_name: str
    organisation_id: int
    organisation_name: str
    subject: tuple[str, int]
    summary: dict[str, Any]
    payload: dict[str, Any]
    marks: tuple[dict[str, str], ...]
    lines: tuple[Line, ...]
    reasons: tuple[str, ...]
    steps: tuple[StepView, ...]
    opened_at: datetime
    decided_at: datetime | None
    reminded_at: datetime | None
    step: StepView | None
    is_own: bool
    is_stale: bool

    @property
    def open_step(self) -> StepView | None:
        """The step that is being decided, whoever decides it."""
        return next((step for step in self.steps if step.state == Step.State.OPEN), None)

    @property
    def rejection(self) -> StepView | None:
        """The step that turned it back."""
        return next((step for step in self.steps if step.state == Step.State.REJECTED), None)


def case_for_reviewer(
    role: ActingRole, case_id: int, *, now: datetime, modules: Collection[str] | None = None
) -> CaseView | None:
    """The case if one of its steps is or was this role's to decide, else None. Two or three queries."""
    modules = review_modules(role, now) if modules is None else modules
    case = _with_steps().filter(pk=case_id).first()
    own = [step for step in case.steps.all() if is_of(role, modules, step)] if case else []
    if not own:
        return None
    waiting = next((step.number for step in own if step.state == Step.State.OPEN), None)
    return _view(case, role.user_id, waiting)


def case_for_applicant(user_id: int, case_id: int) -> CaseView | None:
    """The case if this human asked for it, else None."""
    case = _with_steps().filter(pk=case_id, applicant_id=user_id).first()
    return _view(case, user_id, None) if case else None


def cases_of(user_id: int, kinds: Sequence[str] = (), *, limit: int = 50) -> list[CaseView]:
    """What this human asked for, the newest first; of some kinds or of all."""
    cases = _with_steps().filter(applicant_id=user_id)
    if kinds:
        cases = cases.filter(kind__in=kinds)
    return [_view(case, user_id, None) for case in cases.order_by("-opened_at", "-pk")[:limit]]


def cases_about(subject: tuple[str, int], kinds: Sequence[str], *, limit: int = 50) -> list[CaseView]:
    """What was asked about one thing, the newest first: of a unit's history."""
    kind, pk = subject
    cases = _with_steps().filter(subject_kind=kind, subject_id=pk, kind__in=kinds)
    return [_view(case, 0, None) for case in cases.order_by("-opened_at", "-pk")[:limit]]


def latest_case(user_id: int, kinds: Sequence[str]) -> CaseView | None:
    """The newest case of these kinds that this human asked for: what a login page tells who isn't approved."""
    return next(iter(cases_of(user_id, kinds, limit=1)), None)


def last_rejected(case_id: int, kinds: Sequence[str]) -> CaseView | None:
    """The case if it was turned back and its applicant asked for nothing of these kinds since, else None. For who
    registers again: the reader has proved that he is the applicant.
    """
    applicant_id = Case.objects.filter(pk=case_id).values_list("applicant_id", flat=True).first()
    latest = latest_case(applicant_id, kinds) if applicant_id else None
    return latest if latest and latest.id == case_id and latest.rejection else None


def open_case_of_key(exclusive_key: str) -> CaseView | None:
    """The open case that holds this exclusive key: what stands in the way."""
    case = _with_steps().filter(exclusive_key=exclusive_key, state=Case.State.OPEN).first()
    return _view(case, 0, None) if case else None


def open_counts_of_organisations(organisation_ids: Iterable[int]) -> dict[str, int]:
    """How many cases of these organisations are in review, by kind; theirs are those that concern them or their
    people, and those that wait for them (the "nothing in review" rule of U1, U3). Two queries.
    """
    ids = list(organisation_ids)
    theirs = Case.objects.filter(state=Case.State.OPEN, organisation_id__in=ids)
    counts = {row["kind"]: row["n"] for row in theirs.values("kind").annotate(n=Count("pk")).order_by()}
    waiting = Step.objects.filter(state__in=["open", "waiting"], organisation_id__in=ids)
    for row in waiting.exclude(case__organisation_id__in=ids).values("kind").annotate(n=Count("pk")).order_by():
        counts[row["kind"]] = counts.get(row["kind"], 0) + row["n"]
    return counts


def can_object(user_id: int, case_id: int) -> bool:
    """Whether this human may still object to this case of his (S3)."""
    case = Case.objects.filter(pk=case_id, applicant_id=user_id, state=Case.State.REJECTED).first()
    if case is None or case.kind == "objection":
        return False
    earlier = Case.objects.filter(kind="objection", subject_kind="case", subject_id=case_id)
    return not earlier.exclude(state=Case.State.WITHDRAWN).exists()


def _with_steps() -> Any:
    steps = Step.objects.select_related("organisation", "risen_to", "reviewer", "reviewed_for").order_by("number")
    return Case.objects.select_related("organisation", "applicant").prefetch_related(Prefetch("steps", queryset=steps))


def _view(case: Case, reader_id: int, waiting: int | None) -> CaseView:
    kind = kind_of(case.kind)
    steps = tuple(_step_view(step) for step in case.steps.all())
    return CaseView(
        id=case.pk,
        kind=case.kind,
        kind_label=kind.label,
        module=kind.module,
        state=case.state,
        state_label=case.get_state_display(),
        title=case.title,
        applicant_id=case.applicant_id,
        applicant_name=case.applicant.name,
        organisation_id=case.organisation_id,
        organisation_name=case.organisation.name,
        subject=(case.subject_kind, case.subject_id),
        summary=case.summary,
        payload=case.payload,
        marks=tuple(case.marks),
        # Of who closed his account nothing is left to show.
        lines=tuple(kind.lines(case)) if case.payload["after"] else (),
        reasons=tuple(str(reason) for reason in kind.reasons),
        steps=steps,
        opened_at=case.opened_at,
        decided_at=case.decided_at,
        reminded_at=case.reminded_at,
        step=next((step for step in steps if step.number == waiting), None),
        is_own=reader_id in kind.people_of(case),
        is_stale=case.state == Case.State.OPEN and kind.is_stale(case),
    )


def _step_view(step: Step) -> StepView:
    return StepView(
        number=step.number,
        state=step.state,
        organisation_id=step.organisation_id,
        organisation_name=step.organisation.name,
        phone=step.organisation.phone,
        risen_to_name=step.risen_to.name if step.risen_to else "",
        risen_to_phone=step.risen_to.phone if step.risen_to else "",
        reviewer_name=step.reviewer.name if step.reviewer else "",
        reviewed_for=step.reviewed_for.name if step.reviewed_for else "",
        opinion=step.opinion,
        opened_at=step.opened_at,
        due_at=step.due_at,
        decided_at=step.decided_at,
    )
