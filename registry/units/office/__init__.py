"""Support's pages about units in Wagtail's admin (S1): mergers, permits, and the evidence of every act."""

from registry.units.office.evidence import EvidenceViewSet
from registry.units.office.mergers import MergerViewSet
from registry.units.office.permits import PermitViewSet

__all__ = ["EvidenceViewSet", "MergerViewSet", "PermitViewSet"]
