"""Lists of organisations below another one, filtered and paged (U3, H1): an index read, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.grams import narrowing_grams, normalise
from identity import id_numbers
from identity.models import Membership, Organisation, OrganisationGram, Region
from identity.queries.administrators import id_digests
from identity.queries.organisations import OrganisationFacts, administrators, facts_of

REGISTER_PAGE = 50
MOST_COUNTED = 10_000
"""A list is counted, and can be turned over, so far; whoever looks for more narrows it down."""
_LEAST = 2
"""Characters of an administrator's name: a surname alone is that of a tenth of all people."""
_STANDING = (Organisation.State.ACTIVE, Organisation.State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class RegisterFilters:
    """What narrows a list of organisations.

    `q`: parts of the name; `region`, `nature`, `level`, `industry`: codes; `administrator`: the beginning of an
    administrator's name, two characters or more, or his whole ID number; `unstaffed`: only those without any.
    """

    q: str = ""
    region: str = ""
    nature: str = ""
    level: str = ""
    industry: str = ""
    administrator: str = ""
    unstaffed: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """A page of organisations in the order of the tree. `count` stops at `MOST_COUNTED`."""

    rows: tuple[OrganisationFacts, ...]
    count: int
    page: int
    pages: int


def register_below(
    *,
    path: str,
    kinds: Sequence[str],
    filters: RegisterFilters,
    page: int = 1,
    direct: bool = False,
    with_in_review: bool = False,
    size: int = REGISTER_PAGE,
) -> Register:
    """One page of the organisations of these kinds below the one of this path; with `direct` only its children.

    Two queries, one more with a region. A page beyond the last one gives the last.
    """
    found = _narrowed(_below(path, direct=direct).filter(kind__in=kinds), filters)
    found = found.filter(state__in=_STANDING if with_in_review else [Organisation.State.ACTIVE])
    found = found.order_by("path")
    count = found[:MOST_COUNTED].count()
    if not count:
        return Register((), 0, 1, 1)
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    rows = found.select_related("region")[(page - 1) * size : min(page * size, MOST_COUNTED)]
    return Register(tuple(facts_of(row) for row in rows), count, page, pages)


def organisation_below(*, path: str, organisation_id: int, direct: bool = False) -> OrganisationFacts | None:
    """This organisation if it stands, or is in review, below the one of this path; else None."""
    rows = _below(path, direct=direct).filter(pk=organisation_id, state__in=_STANDING)
    found = rows.select_related("region").first()
    return facts_of(found) if found else None


def children_standing(organisation_id: int) -> int:
    """How many organisations stand, or are in review, anywhere below this one."""
    path = Organisation.objects.values_list("path", flat=True).get(pk=organisation_id)
    return _below(path).filter(state__in=_STANDING).count()


def _below(path: str, *, direct: bool = False) -> QuerySet[Organisation]:
    """Strictly below it, as a range of the path's index."""
    if not path:
        return Organisation.objects.none()
    steps = Organisation.steplen
    rows = Organisation.objects.filter(path__gt=path, path__lt=_after(path))
    return rows.filter(depth=len(path) // steps + 1) if direct else rows


def _after(path: str) -> str:
    """The path of the next sibling, whether or not there is one: all paths below this one are less."""
    return str(Organisation(path=path, depth=len(path) // Organisation.steplen)._inc_path())


def _narrowed(found: QuerySet[Organisation], filters: RegisterFilters) -> QuerySet[Organisation]:
    for part in filters.q[:60].split():
        for gram in sorted(narrowing_grams(normalise(part)))[:12]:
            found = found.filter(Exists(OrganisationGram.objects.filter(gram=gram, organisation_id=OuterRef("pk"))))
    exact = {"nature": filters.nature, "level": filters.level, "industry": filters.industry}
    found = found.filter(**{column: code for column, code in exact.items() if code})
    if filters.region:
        found = found.filter(region__in=_regions(filters.region))
    if filters.administrator.strip():
        found = found.filter(Exists(_named(filters.administrator.strip())))
    if filters.unstaffed:
        found = found.filter(~Exists(administrators().filter(organisation_id=OuterRef("pk"))))
    return found


def _regions(code: str) -> QuerySet[Region]:
    """The region of this code and all in it, for a sub-query."""
    paths = Region.objects.filter(code=code).values_list("path", flat=True)
    return Region.objects.filter(path__startswith=paths[0]) if paths else Region.objects.none()


def _named(text: str) -> QuerySet[Membership]:
    """Administrators of this name or number; no name has a digit. One index read either way."""
    number = id_numbers.normalise(text)
    if any(character.isdigit() for character in number):
        match = Q(user__id_digest__in=id_digests(number))
    else:
        match = Q(user__name__startswith=text) if len(text) >= _LEAST else Q(user__name=text)
    return administrators().filter(match, organisation_id=OuterRef("pk"), kind=OuterRef("kind"))
