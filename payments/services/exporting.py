"""Taking orders out of the house (导出): who did, which ones, and why, is written down before the first row leaves."""

from datetime import datetime

from django.db import transaction

from core import audit
from payments.errors import TooManyToExport
from payments.queries.desk import OrderFilters
from payments.queries.desk_export import MOST_ROWS, count_to_export


@transaction.atomic
def begin_export(
    *, filters: OrderFilters, selection: str, reason: str, actor_id: int, acting_as: str, now: datetime
) -> int:
    """Write down that these orders are exported; `selection` is how the filters stand in an address. Gives how many.

    Raises TooManyToExport; then nothing is written.
    """
    count = count_to_export(filters)
    if count > MOST_ROWS:
        raise TooManyToExport(most=f"{MOST_ROWS:,}")
    audit.record(
        act="orders.exported",
        now=now,
        actor_id=actor_id,
        acting_as=acting_as,
        after={"orders": count, "selection": selection[:500], "reason": reason},
    )
    return count
