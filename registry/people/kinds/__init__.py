"""What people ask for: registration, title change, transfer."""

from registry.approvals.services import CaseKind

KINDS: tuple[CaseKind, ...] = ()
