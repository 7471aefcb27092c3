"""The hours a class brought its learner (L7)."""

from decimal import Decimal

from identity.acting import ActingRole
from learning.queries.outline import ClassProgress
from registry.hours.queries import credited_keys


def hours_earned(role: ActingRole, progress: ClassProgress) -> Decimal:
    """Recognised hours of this class so far: of its courses, or of the class as one in public-subject classes."""
    if progress.subject == "public":
        credited = credited_keys(role.user_id, "class", [str(progress.class_id)])
    else:
        keys = [f"{progress.class_id}:{course.block_id}" for course in progress.courses]
        credited = credited_keys(role.user_id, "course", keys)
    return sum(credited.values(), start=Decimal(0))
