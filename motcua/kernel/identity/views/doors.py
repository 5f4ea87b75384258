"""The marks that every view carries, and the middleware that says who is asking."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.ports import link_reader, person_links
from motcua.kernel.identity.queries import (
    account_actor,
    lacks_factor,
    may_somewhere,
    must_add_factor,
    own_person_ids,
    service_actor,
)
from motcua.lib.errors import Refused

PUBLIC = "public"
LINK_COOKIE = "mc_link"
LINK_HEADER = "X-Private-Link"  # of programs, which keep no cookies
LINKS_KEPT = 20
_LINK_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer
_MACHINE_PATHS = ("/api/", "/open311/", "/live/")


class Request(HttpRequest):
    """What views receive: ``HttpRequest`` with what ``ActorMiddleware`` added. For annotations only."""

    actor: Actor


Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")  # a page's HttpResponse; what an operation of the API says
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


def public(view: AnyView) -> AnyView:
    """Anybody may ask for this page."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(
    permission: str,
) -> Callable[
    [Callable[Concatenate[Request, Arguments], Answer]],
    Callable[Concatenate[Request, Arguments], Answer | HttpResponseBase],
]:
    """Only who has ``permission`` somewhere gets in; over which case or unit is for the query or action inside."""

    def mark(
        view: Callable[Concatenate[Request, Arguments], Answer],
    ) -> Callable[Concatenate[Request, Arguments], Answer | HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> Answer | HttpResponseBase:
            refusal = _refusal(request, permission)
            return view(request, *args, **kwargs) if refusal is None else refusal

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return mark


def _refusal(request: Request, permission: str) -> HttpResponseBase | None:
    actor = request.actor
    is_machine = request.path.startswith(_MACHINE_PATHS)
    # A key is for the doors of machines: a page shows all that its reader may see, however little the key is for.
    if may_somewhere(actor, permission) and (is_machine or actor.kind != "service"):
        return None
    is_page = not is_machine and not request.headers.get("HX-Request")
    if not is_machine and actor.is_officer and actor.id is not None and must_add_factor(actor.id):
        return HttpResponseRedirect(resolve_url("security"))
    if actor.kind in ("officer", "service") or (actor.kind == "person" and actor.id is not None):
        raise Refused("not_allowed", _("Bạn không có quyền vào trang này."))
    if is_page and request.method in ("GET", "HEAD"):
        query = urlencode({"next": request.get_full_path()})
        door = "account_login" if request.path.startswith("/desk/") else settings.LOGIN_URL
        return HttpResponseRedirect(f"{resolve_url(door)}?{query}")
    raise Refused("sign_in", _("Bạn cần đăng nhập để làm việc này."))


class ActorMiddleware:
    """Sets ``request.actor``. Nothing is asked of the database before somebody looks at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = cast("Request", request)

        def find_out() -> Actor:
            try:
                asked.actor = actor_of(request)  # itself from now on: to ask its stand-in costs ten times as much
            except Refused:
                asked.actor = ANONYMOUS  # the page that says so asks again
                raise
            return asked.actor

        asked.actor = cast("Actor", SimpleLazyObject(find_out))
        return self._get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """A service key in the header; else whoever is signed in; else the holder of private links; else nobody."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return service_actor(key.strip())
    # Django hands out a lazy stand-in for the account; its class is the account's.
    actor = account_actor(request.user) if isinstance(request.user, Account) else ANONYMOUS
    if lacks_factor(actor):
        actor = replace(actor, held=())  # whatever the roles open stays closed until the second factor is there
    tokens = [request.headers[LINK_HEADER]] if LINK_HEADER in request.headers else []
    if LINK_COOKIE in request.COOKIES:
        tokens += held_tokens(request)
    links = list(link_reader.call(tokens)) if tokens else []
    if actor.person_id is not None:
        # Whoever proved a number or an address is the person of what was sent with it, signed in or not.
        links += [link for link in person_links.call(own_person_ids(actor)) if link not in links]
    if not links:
        return actor
    return replace(
        actor,
        kind="person" if actor.kind == "anonymous" else actor.kind,
        party_id=links[0].party_id,
        case_id=links[0].case_id,
        links=tuple(links[1:]),
    )


def held_tokens(request: HttpRequest) -> list[str]:
    """Tokens of the private links held on this device, newest first. Empty when the cookie was tampered with."""
    try:
        tokens = signing.loads(request.COOKIES.get(LINK_COOKIE, ""), salt=LINK_COOKIE, max_age=_LINK_SECONDS)
    except signing.BadSignature:
        return []
    return [token for token in tokens if isinstance(token, str)][:LINKS_KEPT]


def add_link(request: HttpRequest, response: HttpResponseBase, token: str) -> None:
    """Keep a private link on this device."""
    tokens = [token, *(held for held in held_tokens(request) if held != token)][:LINKS_KEPT]
    response.set_cookie(
        LINK_COOKIE,
        signing.dumps(tokens, salt=LINK_COOKIE, compress=True),
        max_age=_LINK_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
