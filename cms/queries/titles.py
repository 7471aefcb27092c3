"""Classes by a part of their title, also those that are no longer on offer: for whoever looks back."""

from dataclasses import dataclass

from cms.models import ClassPage
from core import grams


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class as it is called now; `slug` tells two of one title apart."""

    id: int
    title: str
    slug: str


def classes_titled(q: str, *, most: int = 20) -> list[ClassName]:
    """Classes whose title holds every part of `q`, whatever width and case, on offer or not; the newest first.

    Reads every class: they are thousands at most, and the index of titles knows those on offer only.
    """
    found = ClassPage.objects.order_by("-pk")
    for term in grams.terms(q):
        found = found.filter(title_key__contains=term)
    return [ClassName(*row) for row in found.values_list("pk", "title", "slug")[:most]]


def class_name(class_id: int) -> ClassName | None:
    """The class of this id, None for none."""
    rows = ClassPage.objects.filter(pk=class_id).values_list("pk", "title", "slug")
    return next((ClassName(*row) for row in rows), None)


def class_at(slug: str) -> ClassName | None:
    """The class at this address, on offer or not, None for none."""
    rows = ClassPage.objects.filter(slug=slug).values_list("pk", "title", "slug")
    return next((ClassName(*row) for row in rows), None)
