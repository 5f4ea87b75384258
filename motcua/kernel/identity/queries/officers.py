"""Officials, the posts they hold, and the keys of machines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor, Role, reach_of
from motcua.kernel.identity.models import Account, Post, ServiceKey
from motcua.kernel.identity.queries.actors import FACTORS, in_force
from motcua.kernel.identity.queries.permissions import may, require, unit_ids_within
from motcua.kernel.org.queries import local_today, tree
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer at a unit, with the roles held there today."""

    id: int
    name: str
    unit_id: int
    roles: tuple[Role, ...]
    title: str


def list_officers(unit_ids: Sequence[int] | None, *, officer_ids: Sequence[int] | None = None) -> list[OfficerRow]:
    """Active officers with a post in force at one of these units (None: at any), by unit and name. One query.

    ``officer_ids``: of these alone.
    """
    posts = Post.objects.filter(in_force(local_today()), officer__is_active=True)
    if unit_ids is not None:
        posts = posts.filter(unit_id__in=list(unit_ids))
    if officer_ids is not None:
        posts = posts.filter(officer_id__in=list(officer_ids))
    rows: dict[tuple[int, int], OfficerRow] = {}
    for officer_id, name, unit_id, role, title in posts.order_by("unit__path", "officer__folded", "pk").values_list(
        "officer_id", "officer__name", "unit_id", "role", "title"
    ):
        row = rows.get((unit_id, officer_id))
        roles = (*row.roles, Role(role)) if row else (Role(role),)
        rows[unit_id, officer_id] = OfficerRow(officer_id, name, unit_id, roles, (row.title if row else "") or title)
    return list(rows.values())


def active_accounts(account_ids: Iterable[int]) -> list[Account]:
    """Those of the accounts that may still sign in. One query."""
    return list(Account.objects.filter(pk__in=list(account_ids), is_active=True))


def officer_names(account_ids: Iterable[int]) -> dict[int, str]:
    """Of these, also of those who left. One query."""
    return dict(Account.objects.filter(pk__in=list(account_ids)).values_list("pk", "name"))


def reach_at(role: Role, unit_id: int) -> str:
    """Path prefix of the units over which ``role`` at this unit extends."""
    unit = tree().unit(unit_id)
    parent_path = tree().path(unit.parent_id) if unit.parent_id else None
    return reach_of(role, unit_kind=unit.kind, unit_path=unit.path, parent_path=parent_path)


def get_officer(officer_id: int, *, actor: Actor, lock: bool = False) -> Account:
    """An official whom ``actor`` administers: all their posts (those in force, else those that were) lie within reach.

    One post outside is enough to be out of reach: whoever resets a password acts with all the posts behind it.
    """
    officers = Account.objects.filter(pk=officer_id, kind=Account.Kind.OFFICER)
    officer = (officers.select_for_update() if lock else officers).first()
    if officer is not None:
        posts = list(Post.objects.filter(officer=officer))
        day = local_today()
        deciding = [post for post in posts if post.is_in_force(day) or post.valid_from > day] or posts
        if (deciding or may(actor, "service.manage")) and all(
            may(actor, "org.manage", unit_path=reach_at(Role(post.role), post.unit_id)) for post in deciding
        ):
            return officer
    raise Refused("not_found", _("Không tìm thấy cán bộ này trong phạm vi quản trị của bạn."))


def find_officer_name(login: str) -> str:
    """Empty when nobody has this login name."""
    officers = Account.objects.filter(login=login.strip().casefold(), kind=Account.Kind.OFFICER)
    return officers.values_list("name", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class PostRow:
    id: int
    role: Role
    title: str
    unit_id: int
    unit_name: str
    valid_from: date
    valid_to: date | None
    is_in_force: bool


def list_posts(officer_id: int) -> list[PostRow]:
    """All posts an official holds, held or will hold: those in force first, then the newest."""
    day, units = local_today(), tree()
    posts = Post.objects.filter(officer_id=officer_id).order_by("-valid_from", "pk")
    rows = [
        PostRow(
            post.pk,
            Role(post.role),
            post.title,
            post.unit_id,
            units.unit(post.unit_id).name,
            post.valid_from,
            post.valid_to,
            post.is_in_force(day),
        )
        for post in posts
    ]
    return sorted(rows, key=lambda row: not row.is_in_force)


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """A line of the administrator's list."""

    id: int
    name: str
    login: str
    is_active: bool
    has_factor: bool
    posts: tuple[PostRow, ...]


@dataclass(frozen=True, slots=True)
class OfficerPage:
    lines: tuple[OfficerLine, ...]
    next_after: str  # of the last line; empty when there is no more


def list_managed_officers(
    *, actor: Actor, words: str = "", unit_id: int | None = None, state: str = "", after: str = "", limit: int = 50
) -> OfficerPage:
    """Officials with a post, past or present, in a unit that ``actor`` administers, by name. ``state``: "", off or all.

    Whether each may be changed is for ``get_officer``: one post outside is enough to be out of reach.
    """
    officers = Account.objects.filter(kind=Account.Kind.OFFICER)
    units = unit_ids_within(actor, "org.manage")
    if unit_id is not None:
        below = set(tree().ids_under(tree().path(unit_id)))
        units = sorted(below if units is None else below & set(units))
    if units is not None:
        officers = officers.filter(pk__in=Post.objects.filter(unit_id__in=units).values("officer_id"))
    if state != "all":
        officers = officers.filter(is_active=state != "off")
    for word in fold(words).split():
        officers = officers.filter(Q(folded__contains=word) | Q(login__contains=word))
    if after:
        name, _sign, login = after.partition("|")
        officers = officers.filter(Q(folded__gt=name) | Q(folded=name, login__gt=login))
    rows = list(officers.order_by("folded", "login")[: limit + 1])
    shown = rows[:limit]
    posts = _posts_of([row.pk for row in shown])
    with_factor = set(Authenticator.objects.filter(user__in=shown, type__in=FACTORS).values_list("user_id", flat=True))
    lines = tuple(
        OfficerLine(row.pk, row.name, row.login, row.is_active, row.pk in with_factor, tuple(posts.get(row.pk, ())))
        for row in shown
    )
    last = shown[-1] if len(rows) > limit else None
    return OfficerPage(lines, f"{last.folded}|{last.login}" if last else "")


def _posts_of(officer_ids: Sequence[int]) -> dict[int, list[PostRow]]:
    units, day = tree(), local_today()
    posts: dict[int, list[PostRow]] = {}
    for post in Post.objects.filter(in_force(day), officer_id__in=officer_ids).order_by("pk"):
        name = units.unit(post.unit_id).short_name or units.unit(post.unit_id).name
        row = PostRow(
            post.pk, Role(post.role), post.title, post.unit_id, name, post.valid_from, post.valid_to, is_in_force=True
        )
        posts.setdefault(post.officer_id, []).append(row)
    return posts


def managed_units(actor: Actor) -> list[tuple[int, str]]:
    """Units in force that ``actor`` administers, for a choice: indented by how deep they lie."""
    units, ids = tree(), unit_ids_within(actor, "org.manage")
    rows = [row for row in units.in_force if ids is None or row.id in set(ids)]
    least = min((row.path.count(".") for row in rows), default=0)
    return [(row.id, "– " * (row.path.count(".") - least) + row.name) for row in rows]


def list_service_keys(*, actor: Actor) -> list[ServiceKey]:
    require(actor, "service.manage")
    return list(ServiceKey.objects.order_by("revoked_at", "name"))
