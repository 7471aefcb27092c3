"""Opening a case, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from core import audit
from identity import queries as identity
from identity.acting import ActingRole
from registry.approvals.errors import AlreadyOpen, NotWithdrawable
from registry.approvals.kinds import kind_of
from registry.approvals.models import Case, Step
from registry.approvals.workdays import add_workdays


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody asks for. `reviewers` are the organisations that decide, one after the other; `module` stands in
    for the kind's own. Other fields: `Case`.
    """

    kind: str
    applicant_id: int
    organisation_id: int
    subject: tuple[str, int]
    title: str
    reviewers: Sequence[int]
    summary: dict[str, Any]
    after: dict[str, Any]
    before: dict[str, Any] | None = None
    marks: Sequence[dict[str, str]] = ()
    exclusive_key: str | None = None
    module: str = ""


@transaction.atomic
def open_case(*, draft: Draft, now: datetime, acting_as: str = "", address: str | None = None) -> int:
    """Send it to its first reviewer; gives the case's id. Raises AlreadyOpen where the exclusive key is in review."""
    subject_kind, subject_id = draft.subject
    try:
        with transaction.atomic():
            case = Case.objects.create(
                kind=draft.kind,
                applicant_id=draft.applicant_id,
                organisation_id=draft.organisation_id,
                subject_kind=subject_kind,
                subject_id=subject_id,
                title=draft.title[:120],
                summary=draft.summary,
                payload={"before": draft.before or {}, "after": draft.after},
                marks=list(draft.marks),
                exclusive_key=draft.exclusive_key,
                opened_at=now,
            )
    except IntegrityError:
        raise AlreadyOpen from None
    module = draft.module or kind_of(draft.kind).module
    Step.objects.bulk_create(
        Step(
            case=case,
            number=number,
            organisation_id=organisation_id,
            module=module,
            kind=draft.kind,
            is_odd=bool(draft.marks),
            submitted_at=now,
            state=Step.State.WAITING,
        )
        for number, organisation_id in enumerate(draft.reviewers, start=1)
    )
    open_next_step(case_id=case.pk, now=now)
    audit.record(
        act=f"{draft.kind}.open",
        now=now,
        actor_id=draft.applicant_id,
        acting_as=acting_as,
        address=address,
        target=("case", case.pk),
        before=draft.before or {},
        after=draft.after,
    )
    return case.pk


def open_next_step(*, case_id: int, now: datetime) -> bool:
    """Let the first waiting step be decided; False where none waits. It rises at once where nobody is there."""
    step = Step.objects.filter(case_id=case_id, state=Step.State.WAITING).order_by("number").first()
    if step is None:
        return False
    staffed = identity.is_staffed(step.organisation_id)
    days = kind_of(step.kind).answer_days
    due_at = now + timedelta(days=days) if days else add_workdays(now, settings.REVIEW_WORKDAYS)
    Step.objects.filter(pk=step.pk).update(
        state=Step.State.OPEN,
        opened_at=now,
        due_at=due_at,
        rises_at=due_at,
        risen_to_id=None if staffed else identity.nearest_staffed_above(step.organisation_id),
    )
    return True


@transaction.atomic
def withdraw_case(*, actor: ActingRole, case_id: int, now: datetime) -> None:
    """The applicant takes it back before it is decided. Raises Case.DoesNotExist for others, NotWithdrawable."""
    case = Case.objects.get(pk=case_id, applicant_id=actor.user_id)
    close_undecided(case=case, now=now)
    audit.record(
        act=f"{case.kind}.withdraw",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("case", case.pk),
    )


@transaction.atomic
def close_undecided(*, case: Case, now: datetime) -> None:
    """End an open case without a decision. Raises NotWithdrawable where it is decided already."""
    claimed = Case.objects.filter(pk=case.pk, state=Case.State.OPEN)
    if not claimed.update(state=Case.State.WITHDRAWN, decided_at=now):
        raise NotWithdrawable
    Step.objects.filter(case_id=case.pk, state__in=["open", "waiting"]).update(state=Step.State.SKIPPED)
    kind_of(case.kind).take_back(case, now=now)


@transaction.atomic
def replace_case(*, exclusive_key: str, now: datetime) -> bool:
    """Withdraw the open case of this key, if any, because its applicant sends it anew; whether there was one."""
    case = Case.objects.filter(exclusive_key=exclusive_key, state=Case.State.OPEN).first()
    if case is None:
        return False
    close_undecided(case=case, now=now)
    return True
