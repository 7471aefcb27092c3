"""What people ask for: registration, title change, transfer."""

from registry.approvals.services import CaseKind
from registry.people.kinds.registration import TechnicianRegistration

KINDS: tuple[CaseKind, ...] = (TechnicianRegistration(),)
