"""Reminding, rising, deputies, clearing the list: what keeps cases from lying about (S2)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from identity import queries as identity
from identity.acting import ActingRole
from registry.approvals.errors import DateGone, DatesReversed, NotADeputy, NotWithdrawable, TooSoon
from registry.approvals.kinds import kind_of
from registry.approvals.models import Case, Deputy, Step
from registry.approvals.scope import steps_of
from registry.approvals.workdays import add_workdays
from registry.inbox import services as inbox

_RISEN_AT_ONCE = 500


@transaction.atomic
def remind_reviewer(*, user_id: int, case_id: int, now: datetime) -> None:
    """催办: the applicant reminds whoever decides now, once a calendar day per case.

    Raises Case.DoesNotExist for others' cases, NotWithdrawable for a decided one, TooSoon.
    """
    case = Case.objects.get(pk=case_id, applicant_id=user_id)
    if case.state != Case.State.OPEN:
        raise NotWithdrawable
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    due = Case.objects.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=midnight), pk=case_id, state="open")
    if not due.update(reminded_at=now):
        raise TooSoon
    step = Step.objects.get(case_id=case_id, state=Step.State.OPEN)
    for reviewer_id in identity.administrators_with(
        organisation_ids=[step.organisation_id, *([step.risen_to_id] if step.risen_to_id else [])], module=step.module
    ):
        inbox.send(
            user_id=reviewer_id,
            kind="case_reminder",
            title=_("%(who)s催办%(what)s") % {"who": case.title, "what": kind_of(case.kind).label},
            body=_("%(day)s提交，还在等你审核。") % {"day": timezone.localtime(case.opened_at).strftime("%Y-%m-%d")},
            link=f"/console/cases/{case.pk}/",
            now=now,
        )


def raise_overdue(*, now: datetime) -> int:
    """Let overdue steps, and those whose unit has no administrator left, rise to the nearest superior who has one.

    A risen step that stays undecided rises further. Gives how many rose; safe to run at any time, any number at once.
    """
    open_steps = Step.objects.filter(state=Step.State.OPEN)
    late = open_steps.filter(rises_at__lt=now).order_by("rises_at")
    orphaned = open_steps.filter(risen_to__isnull=True, rises_at__gte=now).exclude(
        organisation_id__in=identity.staffed_organisations()
    )
    steps = [*late[:_RISEN_AT_ONCE], *orphaned.order_by("pk")[:_RISEN_AT_ONCE]]
    return sum(_raise(step, now) for step in steps)


def _raise(step: Step, now: datetime) -> bool:
    """One step up, unless somebody decided or raised it meanwhile. Where nobody stands above it stays, overdue."""
    above = identity.nearest_staffed_above(step.risen_to_id or step.organisation_id)
    same = Step.objects.filter(pk=step.pk, state=Step.State.OPEN, rises_at=step.rises_at)
    if above is None:
        same.update(rises_at=None)
        return False
    return bool(same.update(risen_to_id=above, rises_at=add_workdays(now, settings.REVIEW_WORKDAYS)))


@transaction.atomic
def name_deputy(*, actor: ActingRole, deputy_id: int, starts_on: date, ends_on: date, now: datetime) -> int:
    """While on leave, let another administrator of the same organisation and kind decide in one's modules (S2).

    `deputy_id` is his membership. Raises NotADeputy, DatesReversed, DateGone.
    """
    if ends_on < starts_on:
        raise DatesReversed("ends_on")
    if ends_on < timezone.localdate(now):
        raise DateGone("ends_on")
    if deputy_id == actor.membership_id or deputy_id not in identity.colleagues_of(actor):
        raise NotADeputy("deputy")
    made = Deputy.objects.create(
        absent_id=actor.membership_id or 0, deputy_id=deputy_id, starts_on=starts_on, ends_on=ends_on, named_at=now
    )
    audit.record(
        act="deputy.name",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("membership", deputy_id),
        after={"from": str(starts_on), "to": str(ends_on)},
    )
    return made.pk


@transaction.atomic
def recall_deputy(*, actor: ActingRole, deputy_row_id: int, now: datetime) -> None:
    """Back from leave earlier: one's own deputy decides no more. Raises Deputy.DoesNotExist."""
    own = Deputy.objects.filter(pk=deputy_row_id, absent_id=actor.membership_id, recalled_at__isnull=True)
    if not own.update(recalled_at=now):
        raise Deputy.DoesNotExist
    audit.record(
        act="deputy.recall",
        now=now,
        actor_id=actor.user_id,
        acting_as=actor.acting_as,
        target=("deputy", deputy_row_id),
    )


def hide_done(*, actor: ActingRole, case_ids: Sequence[int], now: datetime) -> int:
    """Take done rows off the organisation's list (U5). Nothing is deleted: the case and its audit trail stay."""
    ids = (
        steps_of(actor, now).filter(case_id__in=case_ids, state__in=["passed", "rejected"]).values_list("pk", flat=True)
    )
    return Step.objects.filter(pk__in=list(ids)).update(is_hidden=True)


@transaction.atomic
def redirect_steps(*, from_organisation_id: int, to_organisation_id: int, now: datetime) -> int:
    """Hand every undecided step of one organisation to another: merging (S1). Nothing in review is lost."""
    undecided = Step.objects.filter(organisation_id=from_organisation_id, state__in=["open", "waiting"])
    Case.objects.filter(organisation_id=from_organisation_id, state=Case.State.OPEN).update(
        organisation_id=to_organisation_id
    )
    Step.objects.filter(risen_to_id=from_organisation_id, state="open").update(risen_to_id=to_organisation_id)
    return undecided.update(organisation_id=to_organisation_id, risen_to_id=None)


def redirect_person(*, user_id: int, kinds: Sequence[str], to_organisation_id: int) -> int:
    """Hand the undecided steps of one person's open cases of these kinds to his new unit (T2)."""
    return Step.objects.filter(case__applicant_id=user_id, kind__in=kinds, state__in=["open", "waiting"]).update(
        organisation_id=to_organisation_id, risen_to_id=None
    )
