"""What people ask for: registration, title change, transfer."""

from registry.approvals.services import CaseKind
from registry.people.kinds.registration import TechnicianRegistration
from registry.people.kinds.title_change import TitleChange
from registry.people.kinds.transfer import Transfer

KINDS: tuple[CaseKind, ...] = (TechnicianRegistration(), TitleChange(), Transfer())
