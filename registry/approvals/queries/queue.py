"""The reviewer's queue: to do with the odd ones first, done with the newest first; and what waits, by kind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.functional import Promise

from identity import id_numbers
from identity.acting import ActingRole
from registry.approvals.kinds import all_kinds
from registry.approvals.models import Step
from registry.approvals.scope import own_steps, review_modules, risen_steps, steps_in

QUEUE_PAGE = 50
"""Rows of a page: what a reviewer decides in one sitting, below the hundred of a batch."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a queue. `q`: part of the name, a whole ID number, or a whole mobile. `work_department`: its id."""

    q: str = ""
    work_department: int | None = None
    only: str = ""
    """`odd`, `late`, `risen` or nothing."""
    decision: str = ""
    """Of done ones: `passed`, `rejected` or nothing."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A row of the queue. `summary` is what the kind froze when it was opened; `state` is the step's."""

    case_id: int
    kind: str
    title: str
    summary: dict[str, Any]
    marks: tuple[dict[str, str], ...]
    organisation_id: int
    organisation_name: str
    submitted_at: datetime
    decided_at: datetime | None
    state: str
    opinion: str
    is_late: bool
    is_risen: bool
    is_own: bool

    @property
    def is_odd(self) -> bool:
        """Whether something looked odd: such rows stand first and are decided one by one."""
        return bool(self.marks)


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue; `count` is of all that match."""

    rows: tuple[QueueRow, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits in one kind: how many, the oldest, how many are overdue."""

    kind: str
    label: str | Promise
    count: int
    oldest: datetime | None
    late: int


def queue(
    role: ActingRole,
    kind: str,
    *,
    now: datetime,
    done: bool = False,
    filters: Filters | None = None,
    page: int = 1,
    size: int = QUEUE_PAGE,
    modules: Collection[str] | None = None,
) -> Queue:
    """One page of what this role decides in this kind, or has decided. A constant number of queries.

    `modules`: what `review_modules` said already in this request.
    """
    filters = filters or Filters()
    modules = review_modules(role, now) if modules is None else modules
    if done:
        states = [filters.decision] if filters.decision in {"passed", "rejected"} else ["passed", "rejected"]
        order: tuple[str, ...] = ("-decided_at", "-pk")
        wanted = Q(kind=kind, state__in=states, is_hidden=False)
    else:
        order, wanted = ("-is_odd", "submitted_at", "pk"), Q(kind=kind, state=Step.State.OPEN)
    own = _narrowed(own_steps(role, modules).filter(wanted), filters, now)
    risen = _narrowed(risen_steps(role, modules).filter(wanted), filters, now)
    of_role = Q(organisation_id=role.organisation_id or 0)
    counts = _narrowed(steps_in(role, modules).filter(wanted), filters, now).aggregate(
        own=Count("pk", filter=of_role), risen=Count("pk", filter=~of_role)
    )
    count, risen_count = counts["own"], counts["risen"]
    pages = max(1, -(-(count + risen_count) // size))
    page = min(max(1, page), pages)
    window = slice((page - 1) * size, page * size)
    # Each half is read in its index's order; with OR the whole queue would be sorted for every page.
    steps = own | risen if risen_count else own
    if risen_count and count + risen_count > size:
        steps = Step.objects.filter(pk__in=_first_ids(own, risen, order, window))
        window = slice(None)
    rows = steps.order_by(*order).select_related("case", "case__organisation")[window]
    return Queue(tuple(_row(step, role, now) for step in rows), count + risen_count, page, pages)


def _first_ids(own: QuerySet[Step], risen: QuerySet[Step], order: tuple[str, ...], window: slice) -> list[int]:
    """The ids of one page of both halves together: each gives its first ones up to the page's end."""
    halves = [list(half.order_by(*order).values_list("pk", flat=True)[: window.stop]) for half in (own, risen)]
    both = Step.objects.filter(pk__in=[*halves[0], *halves[1]]).order_by(*order)
    return list(both.values_list("pk", flat=True)[window])


def _narrowed(steps: QuerySet[Step], filters: Filters, now: datetime) -> QuerySet[Step]:
    q = filters.q.strip()
    if q:
        match = Q(case__title__icontains=q)
        compact = id_numbers.normalise(q)
        if len(compact) >= 7:
            digests = [id_numbers.digest(code, compact) for code, _label in id_numbers.ID_TYPES]
            match |= Q(case__applicant__id_digest__in=digests)
            if compact.isdigit():
                match |= Q(case__applicant__mobile_digest=id_numbers.mobile_digest(compact))
        steps = steps.filter(match)
    if filters.work_department:
        steps = steps.filter(case__summary__department_id=filters.work_department)
    if filters.only == "odd":
        steps = steps.filter(is_odd=True)
    elif filters.only == "late":
        steps = steps.filter(due_at__lt=now)
    elif filters.only == "risen":
        steps = steps.filter(risen_to__isnull=False)
    return steps


def _row(step: Step, role: ActingRole, now: datetime) -> QueueRow:
    case = step.case
    return QueueRow(
        case_id=case.pk,
        kind=step.kind,
        title=case.title,
        summary=case.summary,
        marks=tuple(case.marks),
        organisation_id=case.organisation_id,
        organisation_name=case.organisation.name,
        submitted_at=step.submitted_at,
        decided_at=step.decided_at,
        state=step.state,
        opinion=step.opinion,
        is_late=step.state == Step.State.OPEN and step.due_at is not None and step.due_at < now,
        is_risen=step.risen_to_id is not None and step.organisation_id != role.organisation_id,
        is_own=role.user_id in {case.applicant_id, case.subject_id if case.subject_kind == "user" else 0},
    )


def to_dos(role: ActingRole, *, now: datetime, modules: Collection[str] | None = None) -> tuple[ToDo, ...]:
    """What waits for this role, kind by kind, also the kinds in which nothing does. At most two queries."""
    modules = review_modules(role, now) if modules is None else modules
    rows = steps_in(role, modules).filter(state=Step.State.OPEN).values("kind").order_by()
    found = {
        row["kind"]: row
        for row in rows.annotate(
            count=Count("pk"), oldest=Min("submitted_at"), late=Count("pk", filter=Q(due_at__lt=now))
        )
    }
    waiting = []
    for kind in all_kinds():
        row = found.get(kind.code)
        if row:
            waiting.append(ToDo(kind.code, kind.label, row["count"], row["oldest"], row["late"]))
        elif kind.module in modules and role.kind in kind.reviewers:
            waiting.append(ToDo(kind.code, kind.label, 0, None, 0))
    return tuple(waiting)


@dataclass(frozen=True, slots=True)
class Attention:
    """A unit below whose cases have risen: how many, the oldest."""

    organisation_id: int
    name: str
    count: int
    oldest: datetime


def attention_below(
    role: ActingRole, *, now: datetime, limit: int = 5, modules: Collection[str] | None = None
) -> list[Attention]:
    """Units whose cases have risen to this role, the oldest first. At most two queries."""
    modules = review_modules(role, now) if modules is None else modules
    risen = risen_steps(role, modules).filter(state=Step.State.OPEN)
    rows = risen.values("organisation_id", name=F("organisation__name")).annotate(
        count=Count("pk"), oldest=Min("submitted_at")
    )
    return [
        Attention(row["organisation_id"], row["name"], row["count"], row["oldest"])
        for row in rows.order_by("oldest")[:limit]
    ]
