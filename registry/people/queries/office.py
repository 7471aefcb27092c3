"""What stands in a technician's way, and what he typed when he was turned back: for his forms."""

from registry.approvals import queries as cases
from registry.approvals.queries import CaseView
from registry.people.services.title_change import own_key


def what_waits(user_id: int) -> CaseView | None:
    """His open title change or transfer: while it is open neither can be asked for."""
    return cases.open_case_of_key(own_key(user_id))


def former_title(user_id: int) -> CaseView | None:
    """His last title change where it was turned back or taken back: to be corrected and sent again (T1)."""
    return _unfinished(user_id, "title_change")


def former_transfer(user_id: int) -> CaseView | None:
    """The same of his last transfer."""
    return _unfinished(user_id, "transfer")


def _unfinished(user_id: int, kind: str) -> CaseView | None:
    latest = cases.latest_case(user_id, [kind])
    return latest if latest and latest.state in {"rejected", "withdrawn"} else None
