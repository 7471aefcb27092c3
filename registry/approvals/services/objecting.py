"""Objections (异议, S3): who was turned back asks the reviewer's superior, who answers within the policy's days."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import queries as identity
from identity.acting import ActingRole
from registry.approvals.errors import CannotObject
from registry.approvals.kinds import CaseKind, Line, kind_of
from registry.approvals.models import Case, Step
from registry.approvals.services.opening import Draft, open_case

CODE = "objection"


class Objection(CaseKind):
    """About a rejected case. Passing it does what passing that case would have done; the rejection stays written."""

    code = CODE
    label = gettext_lazy("异议")
    module = ""  # that of the case objected to
    answer_days = 30
    reasons = (gettext_lazy("原来的审核符合规定"), gettext_lazy("没有新的证明材料"))

    def apply(self, case: Case, *, now: datetime) -> None:
        disputed = Case.objects.get(pk=case.subject_id)
        kind_of(disputed.kind).apply(disputed, now=now)

    def is_stale(self, case: Case) -> bool:
        disputed = Case.objects.get(pk=case.subject_id)
        return kind_of(disputed.kind).is_stale(disputed)

    def lines(self, case: Case) -> list[Line]:
        disputed = Case.objects.get(pk=case.subject_id)
        step = Step.objects.filter(case=disputed, state=Step.State.REJECTED).select_related("organisation").get()
        day = timezone.localtime(step.decided_at).strftime("%Y-%m-%d")
        return [
            Line(_("异议理由"), case.payload["after"]["reason"]),
            Line(_("原来的审核"), _("%(unit)s %(day)s退回") % {"unit": step.organisation.name, "day": day}),
            Line(_("退回原因"), step.opinion),
            *kind_of(disputed.kind).lines(disputed),
        ]

    def people_of(self, case: Case) -> set[int]:
        """Nor may decide it who turned the case back."""
        disputed = Case.objects.get(pk=case.subject_id)
        reviewers = Step.objects.filter(case=disputed, reviewer__isnull=False).values_list("reviewer_id", flat=True)
        return kind_of(disputed.kind).people_of(disputed) | {case.applicant_id} | set(reviewers)


@transaction.atomic
def object_to(*, actor: ActingRole, case_id: int, reason: str, now: datetime) -> int:
    """Take one's own rejected case to the reviewer's superior, once; gives the objection's case id.

    Raises Case.DoesNotExist for others' cases, CannotObject where it wasn't rejected, was objected to already, or
    nobody stands above the reviewer.
    """
    disputed = Case.objects.get(pk=case_id, applicant_id=actor.user_id)
    earlier = Case.objects.filter(kind=CODE, subject_kind="case", subject_id=case_id).exclude(state="withdrawn")
    if disputed.state != Case.State.REJECTED or disputed.kind == CODE or earlier.exists():
        raise CannotObject
    step = Step.objects.get(case=disputed, state=Step.State.REJECTED)
    above = identity.nearest_staffed_above(step.reviewed_for_id or step.organisation_id)
    if above is None:
        raise CannotObject
    draft = Draft(
        kind=CODE,
        applicant_id=actor.user_id,
        organisation_id=disputed.organisation_id,
        subject=("case", disputed.pk),
        title=disputed.title,
        reviewers=[above],
        summary={**disputed.summary, "about": str(kind_of(disputed.kind).label)},
        after={"reason": reason.strip()[:500]},
        exclusive_key=f"objection:{disputed.pk}",
        module=kind_of(disputed.kind).module,
    )
    return open_case(draft=draft, now=now, acting_as=actor.acting_as)
