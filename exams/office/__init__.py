"""What staff need after exams, in Wagtail's admin (E1)."""

from exams.office.attempts import AttemptViewSet
from exams.office.extra_time import ExtraTimeViewSet
from exams.office.figures import FiguresViewSet, listing_button

__all__ = ["AttemptViewSet", "ExtraTimeViewSet", "FiguresViewSet", "listing_button"]
