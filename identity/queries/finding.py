"""Finding a person for support (S1): by his whole ID number or his whole name, and nothing in between."""

from collections.abc import Collection
from dataclasses import dataclass

from identity import id_numbers
from identity.models import Membership, User
from identity.queries.code_tables import id_type_label

_MOST = 20


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who somebody is, as support sees him: the ID number masked, with the technician's unit, empty for none."""

    id: int
    name: str
    id_type: str
    id_type_label: str
    id_masked: str
    unit_id: int | None
    unit: str


def person_facts(user_id: int) -> PersonFacts | None:
    """A human who logs in by ID number and hasn't closed his account, else None."""
    user = _people().filter(pk=user_id).first()
    return _facts(user) if user else None


def people_named(text: str) -> list[PersonFacts]:
    """Who has this ID number, of whatever type, else who is called so; up to 20. Numbers aren't searched in parts."""
    text = text.strip()
    if not text:
        return []
    digests = [id_numbers.digest(code, text) for code, _label in id_numbers.ID_TYPES]
    found = _people().filter(id_digest__in=digests)
    rows = list(found) or list(_people().filter(name=text).order_by("pk")[:_MOST])
    return [_facts(row) for row in rows]


def is_number_taken(*, id_type: str, id_number: str, but: int) -> bool:
    """Whether somebody else has this ID number. For support, which has his papers: nobody else is told.

    Raises IdNumberInvalid.
    """
    number = id_numbers.validate(id_type, id_number)
    return User.objects.filter(id_digest=id_numbers.digest(id_type, number)).exclude(pk=but).exists()


def _people():  # type: ignore[no-untyped-def]  # prefetched users have no type of their own
    people = User.objects.filter(is_staff=False, closed_at__isnull=True).exclude(id_type="")
    return people.prefetch_related("memberships__organisation")


def _facts(user: User) -> PersonFacts:
    units = [row.organisation for row in user.memberships.all() if (row.kind, row.state) == ("technician", "active")]
    return PersonFacts(
        id=user.pk,
        name=user.name,
        id_type=user.id_type,
        id_type_label=id_type_label(user.id_type),
        id_masked=id_numbers.mask(user.id_number),
        unit_id=units[0].pk if units else None,
        unit=units[0].name if units else "",
    )


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody as lists show him: the ID number masked; `unit` is that of his technician's role, empty for none."""

    name: str
    id_masked: str
    unit: str


def people_shown(user_ids: Collection[int]) -> dict[int, PersonShown]:
    """These people by id, whoever they are. Two queries."""
    technicians = Membership.objects.filter(user_id__in=user_ids, kind="technician", state="active")
    units = dict(technicians.values_list("user_id", "organisation__name"))
    people = User.objects.filter(pk__in=user_ids).values_list("pk", "name", "id_number")
    return {
        pk: PersonShown(name, id_numbers.mask(number) if number else "", units.get(pk, ""))
        for pk, name, number in people
    }
