"""When somebody closes his account (X7): his cases stay for the count, without saying who he was."""

from django.db import transaction

from identity.services import CLOSED_NAME
from registry.approvals.models import Case
from registry.approvals.services.objecting import CODE


@transaction.atomic
def forget_person(*, user_id: int) -> int:
    """Wipe name and content of the closed cases about this human; who decided them and when stays. Gives how many."""
    about = Case.objects.filter(subject_kind="user", subject_id=user_id).exclude(state=Case.State.OPEN)
    ids = list(about.values_list("pk", flat=True))
    objections = Case.objects.filter(kind=CODE, subject_kind="case", subject_id__in=ids).exclude(state=Case.State.OPEN)
    ids += objections.values_list("pk", flat=True)
    blank = {"title": CLOSED_NAME, "summary": {}, "payload": {"before": {}, "after": {}}, "marks": []}
    return Case.objects.filter(pk__in=ids).update(**blank)
