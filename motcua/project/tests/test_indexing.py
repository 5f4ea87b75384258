"""What search engines may list: one rule, over every address of the house."""

from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from motcua.kernel.web.views.middleware import is_for_everybody
from motcua.testing.city import City
from motcua.testing.doors import doors

pytestmark = pytest.mark.django_db

# Public, for whoever holds the secret in their address. A new one is found by its part "token" or "key"; name it here.
PERSONAL = {
    "private_link", "device", "ticket", "ticket_cancel", "ticket_remind", "pay", "pay_state",
    "pay_gateway", "pay_receipt", "store_shared", "store_shared_file", "filing", "filing_step", "filing_papers",
    "filing_contact", "filing_review", "file", "file_discard", "account_reset_password_from_key",
    "rate", "rate_call", "survey", "filing_claims", "exchange_file",
}  # fmt: skip


def test_what_search_engines_may_list() -> None:
    listed: set[str] = set()
    personal: set[str] = set()
    closed: set[str] = set()
    for door in doors({"uidb36": "a", "key": "b", "suffix": "xml", "batch": str(uuid4())}):
        request = RequestFactory().get(door.path)
        request.resolver_match = resolve(unquote(door.path))
        name = door.name or door.path
        if is_for_everybody(request):
            assert door.is_public, door
            listed.add(name)
        else:
            (personal if door.is_public and not door.path.startswith(("/api/", "/open311/")) else closed).add(name)
    assert personal == PERSONAL
    assert listed >= {
        "home", "help", "verify_signature", "ticket_points", "ticket_point", "ticket_take", "incidents", "incident",
        "procedures", "procedure", "board", "dossiers", "data_json",
    }  # fmt: skip
    assert not listed & {"inbox", "account", "store", "authorisations"}


@pytest.mark.parametrize(
    ("path", "headers", "is_listed"),
    [
        ("/", {}, True),
        ("/lay-so/", {}, True),
        ("/kiem-tra-chu-ky/", {}, True),
        ("/phan-anh/", {}, True),
        ("/phan-anh/?tim=nguyen+van+a", {}, False),  # somebody's words
        ("/lay-so/", {"Cookie": "mc_tickets=x"}, False),  # what is one's own may stand there
        ("/phan-anh/", {"X-Private-Link": "1.x"}, False),
        ("/api/v1/incidents", {}, False),  # no pages
    ],
)
def test_the_header(city: City, path: str, headers: dict[str, str], is_listed: bool) -> None:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.get("X-Robots-Tag") == (None if is_listed else "noindex")
