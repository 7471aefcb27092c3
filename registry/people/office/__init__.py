"""Support's pages about people in Wagtail's admin (S1)."""

from registry.people.office.viewset import CorrectionViewSet

__all__ = ["CorrectionViewSet"]
