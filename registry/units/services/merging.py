"""Support merges one unit or department into another (S1): everything moves, the old one stays as an alias."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.attachments import Attachment
from identity import queries as identity
from identity import services as tree
from identity.acting import ActingRole
from identity.queries import OrganisationFacts
from registry.approvals import queries as approvals
from registry.approvals.services import redirect_steps
from registry.inbox import services as inbox
from registry.units.errors import MergerBlocked
from registry.units.models import Merger
from registry.units.services.evidence import keep_evidence
from registry.units.services.reasons import stated

_FOLLOWED_FOR = timedelta(days=2)
_ROLE_NAME_CHARS = 30


class Move(Protocol):
    """Hands what a room keeps of one organisation to another; safe to run again. Gives how much."""

    def __call__(self, *, from_id: int, to_id: int, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Mover:
    """What a room above moves when units merge: how it is called, how much there is, and the move itself."""

    label: str | Promise
    count: Callable[[int], int]
    move: Move


@dataclass(frozen=True, slots=True)
class MergerPreview:
    """What would happen, before anybody confirms it. `obstacles` says in words what stands in the way."""

    gone: OrganisationFacts
    survivor: OrganisationFacts
    moves: tuple[tuple[str, int], ...]
    aliases: tuple[str, ...]
    obstacles: tuple[str, ...]


_movers: list[Mover] = []


def register_mover(mover: Mover) -> Callable[[], None]:
    """Rooms above register here at start-up what moves with a unit. Gives what takes it back."""
    _movers.append(mover)
    return lambda: _movers.remove(mover)


def preview_merger(*, gone_id: int, survivor_id: int) -> MergerPreview:
    """What of `gone` would move to `survivor`, and what stands in the way. Raises ObjectDoesNotExist."""
    gone, survivor = identity.organisation(gone_id), identity.organisation(survivor_id)
    own = identity.holdings_of(gone_id)
    moves = [
        (_("人员（含等待审核的）"), own.technicians),
        (_("管理员"), own.administrators),
        (_("下级单位"), own.children),
        (_("工作部门"), own.departments),
        (_("角色"), own.roles),
        (_("在审事项"), sum(approvals.open_counts_of_organisations([gone_id]).values())),
        *((str(mover.label), mover.count(gone_id)) for mover in _movers),
    ]
    return MergerPreview(
        gone=gone,
        survivor=survivor,
        moves=tuple(moves),
        aliases=(gone.name, *identity.aliases_of(gone_id)),
        obstacles=tuple(_obstacles(gone, survivor)),
    )


@transaction.atomic
def merge_units(
    *,
    actor: ActingRole,
    gone_id: int,
    survivor_id: int,
    reason: str,
    evidence: Attachment,
    now: datetime,
    address: str | None = None,
) -> int:
    """Merge `gone` into `survivor`: people, administrators, what stands below, departments, roles and all that is in
    review move; the old name finds the survivor from now on. Gives the merger's id.

    Nothing in review is lost: a step waits for the survivor then. Raises ReasonMissing, MergerBlocked,
    ObjectDoesNotExist.
    """
    words = stated(reason)
    tree.lock_organisations(gone_id, survivor_id)
    gone, survivor = identity.organisation_or_none(gone_id), identity.organisation_or_none(survivor_id)
    if gone is None or survivor is None:
        raise ObjectDoesNotExist
    blocked = _obstacles(gone, survivor)
    if blocked:
        raise MergerBlocked(why="；".join(blocked))
    before = asdict(identity.holdings_of(gone_id))
    told = identity.who_administers(gone_id, survivor_id)
    moved = _move(gone, survivor, now) | {"children": before["children"]}
    tree.alias_organisation(organisation_id=gone_id, survivor_id=survivor_id)
    evidence_id = keep_evidence(attachment=evidence, actor_id=actor.user_id, now=now)
    made = Merger.objects.create(
        gone_id=gone_id,
        survivor_id=survivor_id,
        reason=words,
        evidence_id=evidence_id,
        moved=moved,
        merged_by_id=actor.user_id,
        merged_at=now,
    )
    _note(actor, made, gone, survivor, before, now, address)
    _tell(told, gone, survivor, now)
    return made.pk


@transaction.atomic
def follow_mergers(*, now: datetime) -> int:
    """Bring after what came to a unit while it was being merged (somebody registered in that instant); gives how much.

    Looks at the mergers of the last two days; safe at any time, any number of times.
    """
    found = 0
    for merger in Merger.objects.filter(merged_at__gte=now - _FOLLOWED_FOR).order_by("pk"):
        gone = identity.organisation(merger.gone_id)
        survivor = identity.organisation(identity.survivor_of(merger.gone_id))
        found += sum(_move(gone, survivor, now).values())
    return found


def _move(gone: OrganisationFacts, survivor: OrganisationFacts, now: datetime) -> dict[str, int]:
    """Everything but the tree itself. Gives how much of what."""
    ids = {"from_id": gone.id, "to_id": survivor.id}
    former = _("原%(unit)s") % {"unit": gone.name}
    moved = {
        "roles": tree.move_permission_roles(**ids, suffix=_("（并入）")),
        "technicians": tree.move_technicians(**ids),
        "administrators": tree.move_administrators(**ids, role_name=former[:_ROLE_NAME_CHARS], now=now),
        "departments": tree.move_work_departments(**ids, below=former),
        "steps": redirect_steps(from_organisation_id=gone.id, to_organisation_id=survivor.id, now=now),
    }
    return moved | {str(mover.label): mover.move(**ids, now=now) for mover in _movers}


def _obstacles(gone: OrganisationFacts, survivor: OrganisationFacts) -> list[str]:
    if gone.id == survivor.id:
        return [_("两边选的是同一家")]
    found = []
    for unit in (gone, survivor):
        if unit.kind not in identity.MERGEABLE or unit.state != "active":
            found.append(_("“%(unit)s”不是正常的单位或主管部门") % {"unit": unit.name})
    if gone.kind != survivor.kind:
        found.append(_("两家的类型不同，同一类型的才能合并"))
    if survivor.path.startswith(gone.path):
        found.append(_("保留的单位是被并入单位的下级，先给它更换上级"))
    if approvals.open_case_of_key(f"unit:{gone.id}"):
        found.append(_("“%(unit)s”自己的资料或上级变更还在审核，先审完或撤回") % {"unit": gone.name})
    return found


def _note(
    actor: ActingRole,
    made: Merger,
    gone: OrganisationFacts,
    survivor: OrganisationFacts,
    before: dict[str, int],
    now: datetime,
    address: str | None,
) -> None:
    """Once for each of the two: either's history tells of it."""
    for unit in (gone, survivor):
        audit.record(
            act="unit.merge",
            now=now,
            actor_id=actor.user_id,
            acting_as=actor.acting_as,
            address=address,
            target=("organisation", unit.id),
            before={"gone": gone.id, "name": gone.name, **before},
            after={
                "survivor": survivor.id,
                "name": survivor.name,
                "evidence": made.evidence_id,
                "reason": made.reason,
                "moved": made.moved,
            },
        )


_TOLD = gettext_lazy(
    "“%(gone)s”已并入“%(survivor)s”。人员、下级单位、工作部门和在审事项都转过来了，原来的名称还能搜到。"
)


def _tell(user_ids: list[int], gone: OrganisationFacts, survivor: OrganisationFacts, now: datetime) -> None:
    for user_id in user_ids:
        inbox.send(
            user_id=user_id,
            kind="unit_merged",
            title=_("单位已合并"),
            body=str(_TOLD) % {"gone": gone.name, "survivor": survivor.name},
            link="/console/",
            now=now,
        )
