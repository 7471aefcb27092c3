"""Reads that doors ask for."""

from registry.approvals.queries import Reviewer, reviewer_of
from registry.people.queries.history import Change, changes_of
from registry.people.queries.office import former_title, former_transfer, what_waits
from registry.people.queries.profile import ProfileView, profile_of
from registry.people.queries.registrations import Former, former_registration
from registry.people.services.closing import what_holds
from registry.people.services.transfer import may_transfer

__all__ = [
    "Change",
    "Former",
    "ProfileView",
    "Reviewer",
    "changes_of",
    "former_registration",
    "former_title",
    "former_transfer",
    "may_transfer",
    "profile_of",
    "reviewer_of",
    "what_holds",
    "what_waits",
]
