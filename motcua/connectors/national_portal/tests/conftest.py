from collections.abc import Iterator

import pytest
from pytest_django import Settings

from motcua.connectors.national_portal.actions import system as centralised
from motcua.connectors.national_portal.tests.nation import Portal, Server, System, served
from motcua.kernel.exchange import ports, tasks
from motcua.kernel.exchange.tests.samples import KIND, World
from motcua.lib import moment
from motcua.testing.city import MONDAY, City


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    tasks.CIRCUITS.clear()
    centralised._token.clear()
    with moment.at(MONDAY):
        yield


@pytest.fixture
def world(city: City, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(city)
    monkeypatch.setitem(ports.DESCRIBERS, KIND, made.describe)
    return made


def connected(settings: Settings, name: str, **values: str) -> None:
    settings.EXCHANGE_INSECURE = True
    settings.CONNECTORS = settings.CONNECTORS | {name: settings.CONNECTORS[name] | {"timeout": "5", **values}}


@pytest.fixture
def portal(settings: Settings) -> Iterator[Server]:
    with served(Portal) as server:
        connected(settings, "national_portal", url=server.url, secret="khoa-cua-cong")
        yield server


@pytest.fixture
def system(settings: Settings) -> Iterator[Server]:
    with served(System) as server:
        connected(settings, "national_system", url=server.url, client_id="mot-cua", client_secret="bi-mat")
        yield server
