"""What administrators see of themselves: colleagues, roles, who could become one (U2, U4)."""

from identity import queries as identity
from identity.acting import ActingRole
from identity.queries import AdministratorFacts, Candidate, PermissionRoleFacts


def administrators(
    actor: ActingRole, *, name: str = "", id_number: str = "", role_id: int | None = None
) -> list[AdministratorFacts]:
    """The administrators of the actor's organisation and kind, the super one first; none without the module."""
    if actor.organisation_id is None or not actor.may("administrators"):
        return []
    return identity.administrators_of(
        organisation_id=actor.organisation_id, kind=actor.kind, name=name, id_number=id_number, role_id=role_id
    )


def administrator(actor: ActingRole, membership_id: int) -> AdministratorFacts | None:
    """This one of them, None for any other."""
    found = identity.administrator_or_none(membership_id)
    if found is None or not actor.may("administrators"):
        return None
    return found if (found.organisation_id, found.kind) == (actor.organisation_id, actor.kind) else None


def roles(actor: ActingRole) -> list[PermissionRoleFacts]:
    """The permission roles of the actor's organisation and kind; whoever manages administrators reads them too."""
    if actor.organisation_id is None or not (actor.may("roles") or actor.may("administrators")):
        return []
    return identity.permission_roles(actor.organisation_id, actor.kind)


def role(actor: ActingRole, role_id: int) -> PermissionRoleFacts | None:
    """This one of them, None for any other."""
    return next((one for one in roles(actor) if one.id == role_id), None)


def candidates(actor: ActingRole, q: str) -> list[Candidate]:
    """The unit's own people whose name or department has this text, or whose whole ID number it is."""
    if actor.organisation_id is None or not actor.may("administrators") or not q.strip():
        return []
    return identity.candidates(organisation_id=actor.organisation_id, kind=actor.kind, q=q)


def candidate(actor: ActingRole, user_id: int) -> Candidate | None:
    """This one of the unit's own people, None for any other."""
    if actor.organisation_id is None or not actor.may("administrators"):
        return None
    return identity.candidate(organisation_id=actor.organisation_id, kind=actor.kind, user_id=user_id)


def people_count(actor: ActingRole) -> int:
    """How many technicians the actor's organisation has."""
    return identity.technicians_in([actor.organisation_id or 0]).get(actor.organisation_id or 0, 0)


def is_super(actor: ActingRole) -> bool:
    """Whether the actor is the super administrator of his organisation and kind."""
    return actor.is_administrator and identity.is_super(actor.membership_id)
