"""Signatures with the time by an authority, and with what lets them outlive their certificate."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from motcua.connectors.time_stamp.actions import TimeStampServices
from motcua.connectors.time_stamp.tests.authority import TimeServer, time_server
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import NewKey, add_root, add_software_key, retry_task, sign
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.queries import verify
from motcua.kernel.signing.tasks import sign_due
from motcua.lib import moment
from motcua.lib.errors import ConnectorError
from motcua.lib.tests import papers
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings: Settings) -> Iterator[TimeServer]:
    """An authority whose certificates come from the same place as those of the papers of ``lib``."""
    with moment.at(papers.NOW), time_server(papers.time_authority()) as served:
        settings.CONNECTORS = {
            **settings.CONNECTORS,
            "time_stamp": {"url": f"{served.url}/tsa", "user": "", "password": "", "timeout": "10"},
        }
        yield served


@pytest.fixture
def seal(city: City, clock: TimeServer) -> SigningKey:
    """A seal whose issuer publishes what it revoked."""
    add_root(papers.authority().pem, actor=SYSTEM)
    issued = papers.authority().issue(
        "UBND Phường Một", at=papers.NOW - timedelta(days=1), until=papers.NOW + timedelta(days=60),
        crl_url=f"{clock.url}/crl",
    )  # fmt: skip
    return add_software_key(NewKey("Dấu", unit_id=city.ward_one.id), issued.pkcs12("x"), "x", actor=SYSTEM)


@pytest.fixture
def decision(city: City) -> File:
    return keep_made(papers.paper(), actor=SYSTEM, name="QD-1.pdf")


def result(task: SigningTask) -> bytes:
    task.refresh_from_db()
    assert task.state == "done", task.words
    return content_of(task.result_id or 0)


def test_it_works(city: City, seal: SigningKey, clock: TimeServer, decision: File) -> None:
    task = sign(decision.pk, seal.pk, actor=city.minh)
    assert task.state == "queued"  # nobody waits for the authority
    assert sign_due() == 1
    pdf = result(task)
    (found,) = verify(pdf).signatures
    assert (task.level, found.level, found.stamped_by) == ("B-T", "B-T", "Dấu thời gian thử")
    with moment.at(papers.NOW + timedelta(days=400)):
        assert verify(pdf).verdict == "good"  # long after the certificate ended


def test_with_revocations_it_lasts(city: City, seal: SigningKey, clock: TimeServer, decision: File) -> None:
    clock.revoked = papers.authority().revocations(at=papers.NOW)
    task = sign(decision.pk, seal.pk, actor=city.minh)
    sign_due()
    found = verify(result(task))
    assert (task.level, found.signatures[0].level, found.verdict) == ("B-LT", "B-LT", "good")
    assert found.signatures[0].changes == "allowed"  # what was added is what proves it


def test_a_revoked_seal_gets_no_lasting_signature(
    city: City,
    seal: SigningKey,
    clock: TimeServer,
    decision: File,
) -> None:
    clock.revoked = papers.authority().revocations(at=papers.NOW - timedelta(hours=1), serials=(int(seal.serial, 16),))
    task = sign(decision.pk, seal.pk, actor=city.minh)
    sign_due()
    result(task)
    assert task.level == "B-T"


@pytest.mark.parametrize("mode", ["breaks", "silent", "refuses", "babbles"])
def test_without_the_authority_it_waits(
    city: City, seal: SigningKey, clock: TimeServer, decision: File, settings: Settings, mode: str
) -> None:
    clock.mode = mode
    if mode == "silent":
        settings.CONNECTORS["time_stamp"]["timeout"] = "0.3"
    task = sign(decision.pk, seal.pk, actor=city.minh)
    sign_due()
    task.refresh_from_db()
    assert (task.state, task.attempts) == ("queued", 1)
    assert task.words
    assert task.retry_at is not None
    assert not Event.objects.filter(name="signing.done").exists()
    clock.mode = "stamps"
    settings.CONNECTORS["time_stamp"]["timeout"] = "10"
    with moment.at(task.retry_at):
        sign_due()
    result(task)


def test_after_many_attempts_a_person_decides(
    city: City,
    seal: SigningKey,
    clock: TimeServer,
    decision: File,
) -> None:
    clock.mode = "breaks"
    task = sign(decision.pk, seal.pk, actor=city.minh)
    at = papers.NOW
    for _ in range(10):
        with moment.at(at):
            sign_due()
        at += timedelta(minutes=10)
    task.refresh_from_db()
    assert (task.state, task.words) == ("failed", "HTTP 503")
    assert Event.objects.filter(name="signing.failed").count() == 1
    clock.mode = "stamps"
    retry_task(task.pk, actor=city.minh)
    sign_due()
    result(task)


def test_the_authority_knows_us(city: City, clock: TimeServer, settings: Settings) -> None:
    values = {"user": "tinh", "password": "mat-khau"}
    settings.CONNECTORS = {
        **settings.CONNECTORS, "time_stamp": settings.CONNECTORS["time_stamp"] | values,
    }  # fmt: skip
    assert TimeStampServices().check().is_well
    assert clock.logins == ["Basic dGluaDptYXQta2hhdQ=="]
    for mode in ("breaks", "refuses", "babbles"):
        clock.mode = mode
        assert not TimeStampServices().check().is_well, mode


def test_revocations_that_cannot_be_had(clock: TimeServer) -> None:
    with pytest.raises(ConnectorError, match="404"):
        TimeStampServices().revocations(f"{clock.url}/crl")
