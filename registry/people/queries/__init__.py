"""Reads that doors ask for."""

from registry.people.queries.registrations import Former, former_registration
from registry.people.queries.reviewers import Reviewer, reviewer_of

__all__ = ["Former", "Reviewer", "former_registration", "reviewer_of"]
