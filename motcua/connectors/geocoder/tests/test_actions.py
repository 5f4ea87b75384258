"""The outside search over a real socket, and the page that asks it."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from motcua.connectors.geocoder.actions import HttpGeocoder
from motcua.connectors.geocoder.tests.server import SearchServer, row, search_server
from motcua.kernel.places.ports import Found
from motcua.lib.errors import ConnectorError
from motcua.testing.city import LAMP_AT, SEA_AT, City


@pytest.fixture
def server(settings: Settings) -> Iterator[SearchServer]:
    cache.clear()
    with search_server() as served:
        own = {"url": served.url, "key": "k", "timeout": "0.5"}
        settings.CONNECTORS = settings.CONNECTORS | {"geocoder": own}
        yield served


def test_it_asks_as_the_service_expects_and_reads_its_answer(server: SearchServer) -> None:
    server.rows = [row("12 Hẻm Thử, Phường Một", 11.9, 108.4), {"lat": "x"}, {"lat": "nan", "lon": "1"}]
    assert HttpGeocoder().find("12 hẻm thử & 3") == [Found("12 Hẻm Thử, Phường Một", 11.9, 108.4)]
    assert server.asked[0]["q"] == ["12 hẻm thử & 3"]
    assert (server.asked[0]["format"], server.asked[0]["countrycodes"]) == (["jsonv2"], ["vn"])
    assert server.agents[0].startswith("motcua")
    assert server.keys == ["Bearer k"]


@pytest.mark.parametrize("mode", ["refuses", "breaks", "babbles", "silent"])
def test_a_service_that_fails_is_said(server: SearchServer, mode: str) -> None:
    server.mode = mode
    with pytest.raises(ConnectorError):
        HttpGeocoder().find("hẻm thử")


def test_without_an_address_it_is_not_asked(settings: Settings) -> None:
    assert not HttpGeocoder().is_configured()


@pytest.mark.django_db
def test_the_page_adds_what_lies_in_our_communes_and_goes_on_without(city: City, server: SearchServer) -> None:
    server.rows = [row("Hẻm Thử", *LAMP_AT), row("Ngoài khơi", *SEA_AT)]
    ask = {"q": "hẻm thử nào đó"}
    items = Client().get("/maps/search", ask).json()["items"]
    assert [(item["label"], item["within"], item["approximate"]) for item in items] == [
        ("Hẻm Thử", "Phường Một", False)
    ]
    Client().get("/maps/search", ask)
    assert len(server.asked) == 1  # kept
    server.mode = "breaks"
    assert Client().get("/maps/search", {"q": "chỗ khác hẳn"}).json() == {"items": []}
