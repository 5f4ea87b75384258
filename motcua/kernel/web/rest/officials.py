"""Who the server takes you for; officials, posts and keys of machines for administrators."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from motcua.kernel.identity import queries
from motcua.kernel.identity.kind import PERMISSIONS
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Words

router = Router(tags=["people and officials"])


class Role(Schema):
    role: str
    unit: str  # code


class Me(Schema):
    kind: str  # officer | person | service | anonymous
    name: str
    roles: list[Role]
    permissions: list[str]  # those that reach over anything at all


@router.get("/me", response=Me)
@public
def me(request: Request) -> Me:
    """Who the server takes you for, and what you may do somewhere."""
    actor = request.actor
    tree = org.tree()
    return Me(
        kind=actor.kind,
        name=actor.name,
        roles=[Role(role=held.role, unit=tree.unit(held.unit_id).code) for held in actor.held],
        permissions=sorted(name for name in PERMISSIONS if queries.may_somewhere(actor, name)),
    )


class PostOut(Schema):
    role: str
    title: str
    unit: str  # code
    valid_from: date
    valid_to: date | None


class OfficerOut(Schema):
    id: int
    name: str
    login: str
    is_active: bool
    has_second_factor: bool
    posts: list[PostOut]


class OfficersOut(Schema):
    items: list[OfficerOut]
    next: str | None


class OfficersQuery(Schema):
    words: Words = ""
    unit: Code | None = None
    state: str = ""  # "" active | off | all
    after: Words = ""
    limit: int = 50


@router.get("/officers", response=OfficersOut)
@requires("org.manage")
def officers(request: Request, wanted: Query[OfficersQuery]) -> OfficersOut:
    """Officials whom you administer, by name."""
    tree = org.tree()
    unit = tree.by_code(wanted.unit) if wanted.unit else None
    if wanted.unit and unit is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    page = queries.list_managed_officers(
        actor=request.actor,
        words=wanted.words[:200],
        unit_id=unit.id if unit else None,
        state=wanted.state if wanted.state in ("off", "all") else "",
        after=wanted.after[:400],
        limit=min(max(wanted.limit, 1), 200),
    )
    return OfficersOut(
        items=[
            OfficerOut(
                id=line.id,
                name=line.name,
                login=line.login,
                is_active=line.is_active,
                has_second_factor=line.has_factor,
                posts=[
                    PostOut(
                        role=post.role,
                        title=post.title,
                        unit=tree.unit(post.unit_id).code,
                        valid_from=post.valid_from,
                        valid_to=post.valid_to,
                    )
                    for post in line.posts
                ],
            )
            for line in page.lines
        ],
        next=page.next_after or None,
    )


class KeyOut(Schema):
    id: int
    name: str
    grants: list[str]
    created_at: datetime
    revoked_at: datetime | None


@router.get("/service-keys", response=list[KeyOut])
@requires("service.manage")
def service_keys(request: Request) -> list[Any]:
    """Keys of machines: their names and what they may do, never the keys."""
    return list(queries.list_service_keys(actor=request.actor))
