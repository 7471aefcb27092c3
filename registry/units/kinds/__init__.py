"""What units ask for: registration, change of their data, another superior."""

from registry.approvals.services import CaseKind

KINDS: tuple[CaseKind, ...] = ()
