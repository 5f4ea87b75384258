"""What an actor may do, and over which units."""

from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import PERMISSIONS, SYSTEM, Actor, Reach
from motcua.kernel.org.queries import tree
from motcua.lib.errors import Refused


def may(
    actor: Actor,
    permission: str,
    *,
    unit_path: str | None = None,
    officer_id: int | None = None,
    case_id: int | None = None,
    parties: bool = False,
) -> bool:
    """May ``actor`` do this to the case of that unit, officer and number? Pure: no query.

    ``parties`` says that the caller found the actor among those people of the case for whom the permission is. A link
    in hand shows that by itself, unless it must be a reporter's. A permission that reaches over units needs
    ``unit_path``; without it the answer is no. Whether there is any unit at all: ``may_somewhere``.
    """
    declared = PERMISSIONS[permission]  # an unknown name is a bug: let it crash
    if declared.public or actor.kind == SYSTEM.kind:
        return True
    if actor.kind == "service":
        return permission in actor.grants
    if declared.signed_in:
        return actor.id is not None
    if declared.party:
        holds_link = case_id is not None and actor.party_in(case_id) is not None
        if parties or (holds_link and not declared.reporters_only):
            return True
    match declared.reach:
        case Reach.ALL:
            return any(held.role in declared.roles for held in actor.held)
        case Reach.TOP:
            return any(_is_top(reach) for reach in actor.reaches(declared.roles))
        case Reach.UNIT:
            return unit_path is not None and any(unit_path.startswith(reach) for reach in actor.reaches(declared.roles))
        case Reach.OFFICER:
            if officer_id is not None:
                return officer_id == actor.id and any(held.role in declared.roles for held in actor.held)
            return any(held.role in declared.roles and unit_path in (held.unit_path, held.reach) for held in actor.held)
    return False  # Reach.PARTY: answered above


def may_somewhere(actor: Actor, permission: str) -> bool:
    """Is there anything at all over which ``actor`` has this permission? For menus and for the doors of pages."""
    declared = PERMISSIONS[permission]
    if declared.public or actor.kind == SYSTEM.kind:
        return True
    if actor.kind == "service":
        return permission in actor.grants
    if declared.signed_in:
        return actor.id is not None
    if declared.party and (actor.party_id is not None or actor.person_id is not None):
        return True
    reaches = actor.reaches(declared.roles)
    return any(_is_top(reach) for reach in reaches) if declared.reach is Reach.TOP else bool(reaches)


def _is_top(reach: str) -> bool:
    return reach.count(".") == 2  # ".1."


def require(
    actor: Actor,
    permission: str,
    *,
    unit_path: str | None = None,
    officer_id: int | None = None,
    case_id: int | None = None,
    parties: bool = False,
) -> None:
    """Raise Refused: "not_found" for those who may not even know of it, "not_allowed" for those who may read it."""
    if may(actor, permission, unit_path=unit_path, officer_id=officer_id, case_id=case_id, parties=parties):
        return
    read = f"{permission.partition('.')[0]}.read"
    knows = read in PERMISSIONS and may(
        actor, read, unit_path=unit_path, officer_id=officer_id, case_id=case_id, parties=parties
    )
    if knows or (case_id is None and unit_path is None):
        raise Refused("not_allowed", _("Bạn không có quyền làm việc này."))
    raise Refused("not_found", _("Không tìm thấy, hoặc bạn không được xem."))


def unit_ids_within(actor: Actor, permission: str) -> list[int] | None:
    """Ids of the units over which ``actor`` has ``permission``: None for everywhere, [] for nowhere.

    For ``Reach.OFFICER`` the units are those of the officer's posts; the caller narrows them to the officer.
    """
    declared = PERMISSIONS[permission]
    if declared.public or actor.kind == SYSTEM.kind:
        return None
    if actor.kind == "service":
        return None if permission in actor.grants else []
    if declared.reach in (Reach.ALL, Reach.TOP):
        return None if may(actor, permission) else []
    reaches = actor.reaches(declared.roles)
    if any(_is_top(reach) for reach in reaches):
        return None
    units = tree()
    return sorted({unit_id for reach in reaches for unit_id in units.ids_under(reach)})
