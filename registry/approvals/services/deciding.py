"""Deciding: one claim for every way of it (U5–U8, H2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
from identity.acting import ActingRole
from registry.approvals.errors import AlreadyDecided, OpinionMissing, OwnCase, Stale
from registry.approvals.kinds import CaseKind, kind_of
from registry.approvals.models import Case, Step
from registry.approvals.scope import review_modules, steps_in
from registry.approvals.services.opening import open_next_step
from registry.inbox import services as inbox

PASS, REJECT = "pass", "reject"
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case of a batch; `refusal` is None where it was decided."""

    case_id: int
    title: str
    refusal: Refusal | None = None


@transaction.atomic
def decide_case(
    *,
    actor: ActingRole,
    case_id: int,
    decision: str,
    now: datetime,
    opinion: str = "",
    address: str | None = None,
    modules: Collection[str] | None = None,
) -> str:
    """Pass or reject the step that waits for this role; gives the case's state afterwards.

    Raises Case.DoesNotExist for a case that is none of this role's, OwnCase, AlreadyDecided, OpinionMissing (rejecting
    needs a reason), Stale (passing what was written against other data), and what the kind's `apply` refuses.
    `modules`: what `review_modules` said already of this actor.
    """
    steps = list(
        steps_in(actor, review_modules(actor, now) if modules is None else modules)
        .filter(case_id=case_id)
        .select_related("case")
        # Case before step, as in withdrawing: in the other order the two would wait for each other.
        .select_for_update(of=("case",), no_key=True)
        .order_by("-number")
    )
    if not steps:
        raise Case.DoesNotExist
    case, kind = steps[0].case, kind_of(steps[0].kind)
    if actor.user_id in kind.people_of(case):
        raise OwnCase
    if decision == REJECT and not opinion.strip():
        raise OpinionMissing("opinion")
    step = next((one for one in steps if one.state == Step.State.OPEN), None)
    if step is None:
        raise AlreadyDecided
    _claim(step, actor, decision, opinion.strip(), now)
    if decision == PASS and kind.is_stale(case):
        raise Stale
    state = _go_on(case, kind, decision, now)
    if state != Case.State.OPEN:
        _tell(case, kind, state, opinion.strip(), now)
    audit.record(
        act=f"{case.kind}.{decision}",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        address=address,
        target=("case", case.pk),
        before={"state": Case.State.OPEN},
        after={"state": state, "step": step.number, "opinion": opinion.strip()},
    )
    return state


def decide_cases(
    *,
    actor: ActingRole,
    case_ids: Sequence[int],
    decision: str,
    now: datetime,
    opinion: str = "",
    address: str | None = None,
) -> list[Outcome]:
    """The same for up to 100 cases, each in its own transaction, each with its own outcome. Unknown ones are left out.

    Raises OpinionMissing before anything is decided.
    """
    if decision == REJECT and not opinion.strip():
        raise OpinionMissing("opinion")
    outcomes = []
    wanted = list(dict.fromkeys(case_ids))[:MOST_AT_ONCE]
    modules = review_modules(actor, now)
    titles = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "title"))
    for case_id in wanted:
        try:
            decide_case(
                actor=actor,
                case_id=case_id,
                decision=decision,
                now=now,
                opinion=opinion,
                address=address,
                modules=modules,
            )
        except Refusal as refusal:
            outcomes.append(Outcome(case_id, titles[case_id], refusal))
        except Case.DoesNotExist:
            continue
        else:
            outcomes.append(Outcome(case_id, titles[case_id]))
    return outcomes


def _claim(step: Step, actor: ActingRole, decision: str, opinion: str, now: datetime) -> None:
    """Whoever updates the open row decides; a second one finds no row."""
    claimed = Step.objects.filter(pk=step.pk, state=Step.State.OPEN).update(
        state=Step.State.PASSED if decision == PASS else Step.State.REJECTED,
        reviewer_id=actor.user_id,
        reviewed_for_id=actor.organisation_id,
        opinion=opinion[:500],
        decided_at=now,
    )
    if not claimed:
        raise AlreadyDecided


def _go_on(case: Case, kind: CaseKind, decision: str, now: datetime) -> str:
    if decision == PASS and open_next_step(case_id=case.pk, now=now):
        return Case.State.OPEN
    state = Case.State.PASSED if decision == PASS else Case.State.REJECTED
    Case.objects.filter(pk=case.pk, state=Case.State.OPEN).update(state=state, decided_at=now)
    if decision == PASS:
        kind.apply(case, now=now)
    else:
        Step.objects.filter(case_id=case.pk, state=Step.State.WAITING).update(state=Step.State.SKIPPED)
        kind.turn_back(case, now=now)
    return state


def _tell(case: Case, kind: CaseKind, state: str, opinion: str, now: datetime) -> None:
    passed = state == Case.State.PASSED
    title = _("%(what)s已通过") if passed else _("%(what)s被退回")
    inbox.send(
        user_id=case.applicant_id,
        kind="case_passed" if passed else "case_rejected",
        title=title % {"what": kind.label},
        body=kind.passed_text(case) if passed else _("退回原因：%(reason)s") % {"reason": opinion},
        link=kind.link(case),
        now=now,
    )
