"""Who the server takes you for; officials, posts and keys of machines for administrators."""

from datetime import date, datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from motcua.kernel.cases.rest import cleaned, unit_of
from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import NewOfficerForm, OfficerForm, PostForm, ServiceKeyForm
from motcua.kernel.identity.kind import PERMISSIONS
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.identity.views.officers import send_password_link
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day, Id, Words

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
    id: int
    role: str
    title: str
    unit: str  # code
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, post: queries.PostRow) -> "PostOut":
        return cls(
            id=post.id,
            role=post.role,
            title=post.title,
            unit=org.tree().unit(post.unit_id).code,
            valid_from=post.valid_from,
            valid_to=post.valid_to,
        )


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
                posts=[PostOut.of(post) for post in line.posts],
            )
            for line in page.lines
        ],
        next=page.next_after or None,
    )


class OfficerPage(OfficerOut):
    """``posts``: those of before as well."""

    email: str
    phone: str
    language: str


def _shown(request: Request, officer_id: int) -> OfficerPage:
    officer = queries.get_officer(officer_id, actor=request.actor)
    return OfficerPage(
        id=officer.pk,
        name=officer.name,
        login=officer.login,
        is_active=officer.is_active,
        has_second_factor=queries.has_factor(officer.pk),
        posts=[PostOut.of(post) for post in queries.list_posts(officer.pk)],
        email=officer.email,
        phone=officer.phone,
        language=officer.language,
    )


@router.get("/officers/{officer_id}", response=OfficerPage)
@requires("org.manage")
def show_officer(request: Request, officer_id: Id) -> OfficerPage:
    """One whom you administer: all their posts lie within your reach."""
    return _shown(request, officer_id)


class OfficerIn(Schema):
    name: Words = ""
    email: Words = ""
    phone: Words = ""
    language: Words = "vi"


class PostIn(Schema):
    """From today on without ``valid_from``."""

    unit: Code
    role: Words
    title: Words = ""
    valid_from: Day | None = None
    valid_to: Day | None = None

    def typed(self) -> dict[str, Any]:
        """By the names of the page's form."""
        return {**self.model_dump(exclude={"unit"}), "unit_id": unit_of(self.unit)}


class NewOfficerIn(PostIn, OfficerIn):
    login: Words


@router.post("/officers", response={201: OfficerPage})
@requires("org.manage")
def add_officer(request: Request, body: NewOfficerIn) -> Status[OfficerPage]:
    """A new official with a first post. They set their password through a link in a letter."""
    form = NewOfficerForm(body.typed(), units=queries.managed_units(request.actor))
    officer = actions.hire_officer(actor=request.actor, **cleaned(form))
    send_password_link(request, officer)
    return Status(201, _shown(request, officer.pk))


@router.patch("/officers/{officer_id}", response=OfficerPage)
@requires("org.manage")
def change_officer(request: Request, officer_id: Id, body: OfficerIn) -> OfficerPage:
    """What is left out stays."""
    officer = queries.get_officer(officer_id, actor=request.actor)
    known = {name: getattr(officer, name) for name in OfficerForm.base_fields}
    form = OfficerForm(known | body.model_dump(exclude_unset=True))
    actions.change_officer(officer_id, actor=request.actor, **cleaned(form))
    return _shown(request, officer_id)


@router.post("/officers/{officer_id}/posts", response={201: OfficerPage})
@requires("org.manage")
def grant_post(request: Request, officer_id: Id, body: PostIn) -> Status[OfficerPage]:
    """A role at a unit; one already held there gets the new title and dates."""
    queries.get_officer(officer_id, actor=request.actor)
    form = PostForm(body.typed(), units=queries.managed_units(request.actor))
    actions.grant_post(officer_id, actor=request.actor, **cleaned(form))
    return Status(201, _shown(request, officer_id))


@router.post("/officers/{officer_id}/posts/{post_id}/revoke", response={204: None})
@requires("org.manage")
def revoke_post(request: Request, officer_id: Id, post_id: Id) -> Status[None]:
    """It gives no power from now on."""
    queries.get_officer(officer_id, actor=request.actor)
    if post_id not in {post.id for post in queries.list_posts(officer_id)}:
        raise Refused("not_found", _("Không tìm thấy vai trò này."))
    actions.revoke_post(post_id, actor=request.actor)
    return Status(204, None)


@router.post("/officers/{officer_id}/deactivate", response={204: None})
@requires("org.manage")
def deactivate_officer(request: Request, officer_id: Id) -> Status[None]:
    """Nobody signs in with this account any more, and whoever is signed in is out at once."""
    actions.deactivate_officer(officer_id, actor=request.actor)
    return Status(204, None)


@router.post("/officers/{officer_id}/activate", response={204: None})
@requires("org.manage")
def activate_officer(request: Request, officer_id: Id) -> Status[None]:
    """The account opens again."""
    actions.activate_officer(officer_id, actor=request.actor)
    return Status(204, None)


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


class KeyIn(Schema):
    """``grants``: permissions by name, of those that the page offers to machines."""

    name: Words
    grants: list[Words] = Field(min_length=1, max_length=200)


class KeyMade(Schema):
    id: int
    name: str
    grants: list[str]
    key: str  # shown this once: only its hash is kept


@router.post("/service-keys", response={201: KeyMade})
@requires("service.manage")
def make_service_key(request: Request, body: KeyIn) -> Status[KeyMade]:
    """A key for a machine; it stands in this answer and nowhere else again. As on the page, for people alone who signed
    in or gave their password again some minutes ago; otherwise 401 ``reauthenticate``."""
    _just_proved(request)
    wanted = cleaned(ServiceKeyForm(body.model_dump()))
    text = actions.create_service_key(wanted["name"], wanted["grants"], actor=request.actor)
    made = next(key for key in queries.list_service_keys(actor=request.actor) if key.name == wanted["name"])
    return Status(201, KeyMade(id=made.pk, name=made.name, grants=made.grants, key=text))


def _just_proved(request: Request) -> None:
    try:
        _prove(request)
    except ReauthenticationRequired as error:
        address = f"{settings.PUBLIC_URL}{reverse('account_reauthenticate')}"
        words = _("Việc này cần nhập lại mật khẩu ở %(address)s trước.") % {"address": address}
        raise Refused("reauthenticate", words) from error


_prove = reauthentication_required(lambda request: None)


@router.post("/service-keys/{key_id}/revoke", response={204: None})
@requires("service.manage")
def revoke_service_key(request: Request, key_id: Id) -> Status[None]:
    """It opens nothing any more."""
    actions.revoke_service_key(key_id, actor=request.actor)
    return Status(204, None)
