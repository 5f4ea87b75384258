"""Who is asking, and who is let in."""

from collections.abc import Sequence
from typing import cast

import pytest
from django.core.signing import dumps
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.kernel.identity.kind import ANONYMOUS, Actor, Link
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.ports import link_reader
from motcua.kernel.identity.views import PUBLIC, Request, add_link, public, requires
from motcua.kernel.identity.views.doors import LINKS_KEPT, ActorMiddleware, actor_of, held_tokens
from motcua.lib.errors import Refused
from motcua.testing.city import City


@public
def open_page(request: Request) -> HttpResponse:
    return HttpResponse("in")


@requires("org.manage")
def closed_page(request: Request) -> HttpResponse:
    return HttpResponse("in")


def asking(actor: Actor, path: str = "/trang/", method: str = "get", **headers: str) -> Request:
    request = cast("Request", getattr(RequestFactory(), method)(path, headers=headers))
    request.actor = actor
    return request


def test_marks() -> None:
    assert (open_page.permission, closed_page.permission) == (PUBLIC, "org.manage")  # type: ignore[attr-defined]
    assert open_page(asking(ANONYMOUS)).content == b"in"


@pytest.mark.parametrize(
    ("actor", "path", "method", "headers", "expected"),
    [
        (ANONYMOUS, "/trang/", "get", {}, "/dang-nhap/?next=%2Ftrang%2F"),
        (ANONYMOUS, "/desk/x/?a=1", "get", {}, "/dang-nhap/can-bo/?next=%2Fdesk%2Fx%2F%3Fa%3D1"),
        (ANONYMOUS, "/trang/", "post", {}, "sign_in"),
        (ANONYMOUS, "/api/v1/x", "get", {}, "sign_in"),
        (ANONYMOUS, "/trang/", "get", {"HX-Request": "true"}, "sign_in"),
        (Actor("person", 5, person_id=9), "/trang/", "get", {}, "not_allowed"),
        (Actor("service", 5), "/api/v1/x", "get", {}, "not_allowed"),
        (Actor("person", None, party_id=3, case_id=30), "/trang/", "get", {}, "/dang-nhap/?next=%2Ftrang%2F"),
    ],
)
def test_who_is_not_let_in(actor: Actor, path: str, method: str, headers: dict[str, str], expected: str) -> None:
    request = asking(actor, path, method, **headers)
    if expected.startswith("/"):
        assert closed_page(request).headers["Location"] == expected
    else:
        with pytest.raises(Refused) as refusal:
            closed_page(request)
        assert refusal.value.code == expected


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"one": Link(1, 10), "two": Link(2, 20)}

    def read(tokens: Sequence[str]) -> list[Link]:
        return [known[token] for token in tokens if token in known]

    monkeypatch.setattr(link_reader, "_callee", read)


def with_links(*tokens: str, cookie: str | None = None) -> Request:
    request = asking(ANONYMOUS)
    for token in reversed(tokens):
        response = HttpResponse()
        add_link(request, response, token)
        request.COOKIES["mc_link"] = response.cookies["mc_link"].value
    if cookie is not None:
        request.COOKIES["mc_link"] = cookie
    request.user = None  # type: ignore[assignment]
    return request


def test_links_held_on_the_device(links: None) -> None:
    actor = actor_of(with_links("two", "one", "unknown"))
    assert (actor.kind, actor.id, actor.party_id, actor.case_id, actor.key) == ("person", None, 2, 20, "party:2")
    assert (actor.party_in(10), actor.party_in(20), actor.party_in(30)) == (1, 2, None)


@pytest.mark.parametrize(
    "cookie",
    ["", "nonsense", dumps(["one"], salt="other"), dumps("one", salt="mc_link")],
    ids=["empty", "nonsense", "of another use", "not a list"],
)
def test_a_made_up_cookie_opens_nothing(links: None, cookie: str) -> None:
    assert actor_of(with_links(cookie=cookie)) == ANONYMOUS


def test_the_newest_links_are_kept() -> None:
    tokens = [f"t{number}" for number in range(30)]
    held = held_tokens(with_links(*tokens, "t3"))
    assert held == tokens[:LINKS_KEPT]


@pytest.mark.django_db
def test_a_page_for_everybody_asks_nothing_about_the_reader() -> None:
    with CaptureQueriesContext(connection) as asked:
        response = Client().get(reverse("account_inactive"))
    assert not [query["sql"] for query in asked if "identity_" in query["sql"]]
    assert not response.cookies


@pytest.mark.django_db
def test_an_officer_with_a_link_is_both(city: City, links: None) -> None:
    request = with_links("one")
    request.user = Account.objects.get(login="hoa")
    actor = actor_of(request)
    assert (actor.kind, actor.id, actor.party_in(10)) == ("officer", city.hoa.id, 1)


@pytest.mark.django_db
def test_a_wrong_key_is_told_so() -> None:
    response = Client(headers={"Authorization": "Bearer nonsense"}).get(reverse("account"))
    assert response.status_code == 401


@pytest.mark.django_db
def test_whoever_asks_is_found_out_once_and_then_stands_there(city: City) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        first = request.actor  # type: ignore[attr-defined]
        assert first.id == city.hoa.id
        assert type(request.actor) is Actor  # type: ignore[attr-defined]  # no longer a stand-in
        return HttpResponse()

    request = with_links()
    request.user = Account.objects.get(login="hoa")
    assert ActorMiddleware(view)(request).status_code == 200


@pytest.mark.django_db
def test_an_account_that_was_closed_is_nobody_at_the_next_page(city: City) -> None:
    client = Client()
    account = Account.objects.get(login="hoa")
    client.force_login(account)
    assert client.get("/desk/").status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/desk/").wsgi_request.user == account
    assert len([query for query in asked if "FROM identity_account WHERE" in query["sql"]]) == 1
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert client.get("/desk/").status_code == 302
    Account.objects.filter(pk=account.pk).update(is_active=True, password="changed")
    assert client.get("/desk/").status_code == 302  # as Django does: whoever changes it ends all other sessions
