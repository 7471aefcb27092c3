"""A technician's own data as his pages show it, and as the file holds it that he takes along."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from identity import queries as identity
from identity.queries import OwnData, UnitPlace
from registry.people import titles
from registry.people.kinds.registration import PROFILE_FIELDS
from registry.people.models import Correction, Profile, Sex

EDITED = (
    "ethnicity",
    "education",
    "school",
    "major",
    "graduated_on",
    "degree",
    "postdoctoral",
    "post",
    "rank",
    "professional_qualification",
    "professional_level",
)


@dataclass(frozen=True, slots=True)
class ProfileView:
    """What is kept of a technician. `stated`: the columns he changes himself, in codes; `title`: the reviewed ones, as
    a case's payload holds them, and `title_words` the same in words with their labels. None of these where nothing was
    ever written down.
    """

    own: OwnData
    place: UnitPlace | None
    sex: str
    born_on: date | None
    stated: dict[str, Any] | None
    title: dict[str, Any] | None
    title_words: tuple[tuple[str, str], ...]


def profile_of(user_id: int) -> ProfileView:
    """Of a human, whoever he is. Three queries and the words of codes. Raises User.DoesNotExist."""
    own, place = identity.own_data(user_id), identity.unit_of_person(user_id)
    row = Profile.objects.filter(pk=user_id).first()
    if row is None:
        return ProfileView(own, place, "", None, None, None, ())
    title = titles.stated(row, place) if place else None
    return ProfileView(
        own=own,
        place=place,
        sex=str(Sex(row.sex).label),
        born_on=row.born_on,
        stated={name: getattr(row, name) for name in EDITED},
        title=title,
        title_words=tuple(_words(title, place.organisation_id)) if title and place else (),
    )


def _words(title: dict[str, Any], organisation_id: int) -> list[tuple[str, str]]:
    return [(str(label), titles.word(name, title[name], organisation_id)) for name, label in titles.FIELDS.items()]


def export_profile(user_id: int) -> dict[str, Any]:
    """The people room's part of what is stored on somebody: what he stated, and what support corrected of it."""
    rows = Profile.objects.filter(pk=user_id).values(*PROFILE_FIELDS, "updated_at")
    corrected = Correction.objects.filter(person_id=user_id).order_by("-asked_at", "-pk")
    columns = ("what", "state", "before", "after", "reason", "asked_at", "decided_at")
    return {**(rows.first() or {}), "corrections": list(corrected.values(*columns))}
