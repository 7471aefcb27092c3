"""What units ask for: registration, change of their data, another superior."""

from registry.approvals.services import CaseKind
from registry.units.kinds.changes import CHANGES
from registry.units.kinds.registration import REGISTRATIONS

KINDS: tuple[CaseKind, ...] = (*REGISTRATIONS, *CHANGES)
