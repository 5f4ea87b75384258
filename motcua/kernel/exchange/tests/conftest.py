from collections.abc import Iterator

import pytest

from motcua.kernel.exchange import ports, tasks
from motcua.kernel.exchange.tests.samples import KIND, FakePartner, World
from motcua.testing.city import City


@pytest.fixture
def world(city: City, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(city)
    monkeypatch.setitem(ports.DESCRIBERS, KIND, made.describe)
    return made


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePartner]:
    made = FakePartner()
    monkeypatch.setitem(ports.PARTNERS, made.name, made)
    tasks.CIRCUITS.clear()
    yield made
    tasks.CIRCUITS.clear()
