"""A reception of Ward One with two lines and two counters; ``nga`` and ``vy`` call there, ``dung`` in Ward Two."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.kernel.identity.actions.devices import add_device
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.kernel.identity.models import Device
from motcua.kernel.web.views.middleware import buckets
from motcua.lib import moment
from motcua.modules.tickets.actions.arranging import add_point, save_counter, save_line
from motcua.modules.tickets.actions.calling import call_next, finish_ticket, open_counter
from motcua.modules.tickets.actions.taking import take_ticket
from motcua.modules.tickets.kind import Source
from motcua.modules.tickets.models import Counter, Line, ServicePoint, Ticket
from motcua.testing.city import MONDAY, City, add_officer
from motcua.testing.one_stop import OneStop

Measure = Callable[[int], None]


@dataclass(frozen=True)
class Hall:
    point: ServicePoint
    civil: Line  # A
    land: Line  # B
    first: Counter  # both lines
    second: Counter  # A alone
    other: Counter  # of Ward Two
    nga: Actor
    vy: Actor
    dung: Actor
    quan: Actor
    minh: Actor

    @property
    def code(self) -> str:
        return "24778-hanh-chinh-cong"


@pytest.fixture
def hall(city: City, one_stop: OneStop) -> Hall:
    point = add_point(one_stop.reception_one.id, actor=city.quan)
    there = add_point(one_stop.reception_two.id, actor=city.quan)
    civil = save_line(
        point.id, "A", actor=city.quan, name="Hộ tịch, chứng thực", name_en="Civil status", fields=["ho-tich"]
    )
    land = save_line(point.id, "B", actor=city.quan, name="Đất đai", name_en="Land")
    save_line(there.id, "A", actor=city.quan, name="Tất cả")
    return Hall(
        point,
        civil,
        land,
        first=save_counter(point.id, 1, actor=city.quan),
        second=save_counter(point.id, 2, actor=city.quan, letters="A"),
        other=save_counter(there.id, 1, actor=city.quan),
        nga=one_stop.nga,
        vy=add_officer("vy", "Lý Thị Vy", one_stop.reception_one, "clerk"),
        dung=one_stop.dung,
        quan=city.quan,
        minh=city.minh,
    )


@pytest.fixture
def monday() -> Iterator[datetime]:
    """Eight in the morning of a working day."""
    with moment.at(MONDAY):
        yield MONDAY


@pytest.fixture
def limits(settings: Settings) -> Iterator[None]:
    """As outside of tests, from nothing used up to nothing used up."""
    settings.RATE_LIMITS = True
    buckets.clear()
    yield
    buckets.clear()


def become(client: Client, hall: Hall, purpose: str, place: str = "") -> Device:
    """The browser is this device from now on."""
    name = f"{purpose} {place}"
    token = add_device(purpose, hall.point.unit_id, place, name, actor=hall.quan)
    assert client.get(f"/may/{token}/").status_code == 302
    return Device.objects.get(name=name.strip())


def take(line: Line) -> Ticket:
    return take_ticket(line.id, actor=ANONYMOUS, source=Source.PHONE)


@pytest.fixture
def measure(hall: Hall) -> Measure:
    """Services of line A that took 4, 5, 6, 7, 8, 4 … minutes, last Friday."""

    def serve(count: int) -> None:
        at = MONDAY - timedelta(days=3)
        with moment.at(at):
            open_counter(hall.first.id, actor=hall.nga)
        for number in range(count):
            with moment.at(at):
                take(hall.civil)
                ticket = call_next(actor=hall.nga)
            at += timedelta(minutes=4 + number % 5)
            with moment.at(at):
                assert ticket is not None
                finish_ticket(ticket.id, actor=hall.nga)

    return serve
