"""Reads that doors ask for."""

from registry.approvals.queries import Reviewer, reviewer_of
from registry.people.queries.registrations import Former, former_registration

__all__ = ["Former", "Reviewer", "former_registration", "reviewer_of"]
