"""Who acts, as he is in the database now: what he may is read anew inside the transaction that grants."""

from collections.abc import Iterable

from django.core.exceptions import ObjectDoesNotExist

from identity import services as identity
from identity.acting import ActingRole
from identity.queries import AdministratorFacts, PermissionRoleFacts
from registry.units.errors import BeyondYours, HasMore
from registry.units.modules import in_words

Locked = dict[int, AdministratorFacts]


def lock_standing(actor: ActingRole, module: str, others: Iterable[int] = ()) -> tuple[AdministratorFacts, Locked]:
    """The acting administrator and other ones of his organisation and kind, locked until the transaction ends.

    Others that are no administrators there (any more) are left out. Raises ObjectDoesNotExist where he himself has lost
    the module.
    """
    if actor.membership_id is None or not actor.is_administrator:
        raise ObjectDoesNotExist
    wanted = list(others)
    found = identity.lock_administrators(membership_ids=[actor.membership_id, *wanted])
    me = found.get(actor.membership_id)
    if me is None or module not in me.modules:
        raise ObjectDoesNotExist
    return me, {pk: found[pk] for pk in wanted if pk in found and _is_beside(me, found[pk])}


def one_of(others: Locked, membership_id: int) -> AdministratorFacts:
    """This one of the locked. Raises ObjectDoesNotExist."""
    if membership_id not in others:
        raise ObjectDoesNotExist
    return others[membership_id]


def require_grantable(me: AdministratorFacts, roles: Iterable[PermissionRoleFacts]) -> None:
    """Raises BeyondYours (`roles`) where one of the roles holds what this administrator lacks."""
    beyond = {module for role in roles for module in role.modules} - me.modules
    if beyond:
        raise BeyondYours("roles", modules=in_words(beyond))


def require_no_more(me: AdministratorFacts, other: AdministratorFacts) -> None:
    """Raises HasMore where the other one may what this one may not: what nobody could grant he can't take away."""
    if not other.modules <= me.modules:
        raise HasMore(name=other.name)


def _is_beside(me: AdministratorFacts, other: AdministratorFacts) -> bool:
    return (me.organisation_id, me.kind) == (other.organisation_id, other.kind)
