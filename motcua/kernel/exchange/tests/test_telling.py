"""Nothing lost, nothing told twice, each case in order, and no case in another's way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.events.actions import read_on, rewind_reader
from motcua.kernel.events.kind import READERS
from motcua.kernel.events.models import Event
from motcua.kernel.exchange import tasks
from motcua.kernel.exchange.actions.filling import fill_open
from motcua.kernel.exchange.actions.operating import begin_filling, resend, resend_refused
from motcua.kernel.exchange.kind import LaneState, ParcelKind, ParcelState
from motcua.kernel.exchange.models import Lane, Parcel, PartnerState
from motcua.kernel.exchange.tests.samples import NAME, NATIONAL_ID, FakePartner, World, attachment
from motcua.kernel.identity.kind import SYSTEM
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with moment.at(MONDAY):
        yield


def read() -> None:
    while read_on(READERS["exchange"]):
        pass


def send(after: timedelta = timedelta()) -> int:
    """The worker's turn, that much later than Monday morning; a partner that rests is asked all the same."""
    for circuit in tasks.CIRCUITS.values():
        circuit.rests_until = 0.0
    with moment.at(MONDAY + timedelta(hours=1) + after):
        read()
        return tasks.send_due()


def lane(case: Case) -> Lane:
    return Lane.objects.get(case=case)


def test_it_works(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    read()
    assert (lane(case).state, lane(case).behind_since) == (LaneState.WAITING, MONDAY)
    send()
    assert partner.heard(case) == ["dossier:1", "progress:1"]
    world.move(case, 2)
    send()
    assert partner.heard(case) == ["dossier:1", "progress:1", "dossier:2", "progress:2"]
    assert partner.told[2].is_known
    row = lane(case)
    assert (row.state, row.retry_at, row.behind_since, row.attempts) == (LaneState.CURRENT, None, None, 0)


def test_the_same_is_not_told_twice(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    send()
    count = len(partner.told)
    rewind_reader("exchange", actor=SYSTEM)
    send()
    assert len(partner.told) == count
    assert Parcel.objects.count() == count
    assert lane(case).state == LaneState.CURRENT


def test_several_events_in_a_batch_are_one_look(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    world.move(case, 2)
    world.move(case, 4)
    send()
    assert partner.heard(case) == ["dossier:4", "progress:1", "progress:2", "progress:4"]


def test_what_was_told_is_not_kept_and_what_waits_is_sealed(world: World, partner: FakePartner) -> None:
    world.open(1)
    read()
    sealed = [bytes(body) for body in Parcel.objects.values_list("body_sealed", flat=True)]
    assert len(sealed) == 2
    assert not any(word.encode() in body for body in sealed for word in (NAME, NATIONAL_ID))
    send()
    assert {bytes(body) for body in Parcel.objects.values_list("body_sealed", flat=True)} == {b""}


def test_a_refused_dossier_stops_alone_and_says_why(world: World, partner: FakePartner) -> None:
    bad, good = world.open(1), world.open(2)
    partner.fates[bad.code] = "refuse"
    send()
    row = lane(bad)
    assert (row.state, row.retry_at, row.error) == (LaneState.REFUSED, None, "Mã thủ tục chưa có (1)")
    assert partner.heard(bad) == []
    assert partner.heard(good) == ["dossier:1", "progress:1"]
    world.move(bad, 2)
    requests = partner.requests
    send(timedelta(days=2))
    assert (partner.requests, lane(bad).state) == (requests, LaneState.REFUSED)
    partner.fates.clear()
    resend(row.pk, actor=SYSTEM)
    send(timedelta(days=2))
    assert partner.heard(bad) == ["dossier:2", "progress:1", "progress:2"]
    assert lane(bad).state == LaneState.CURRENT
    assert Event.objects.filter(name="exchange.resent").count() == 1


def test_an_answer_that_was_lost_does_no_harm(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    partner.script = ["lost", "", "lost"]
    send()
    for minutes in (5, 10, 15):
        send(timedelta(minutes=minutes))
    assert partner.heard(case) == ["dossier:1", "progress:1"]
    assert lane(case).state == LaneState.CURRENT
    assert [parcel.attempts for parcel in Parcel.objects.order_by("id")] == [2, 2]


def test_a_partner_that_is_away_is_told_everything_later_in_order(world: World, partner: FakePartner) -> None:
    cases = [world.open(number) for number in range(1, 6)]
    partner.script = ["away"] * 8
    send()
    for case in cases:
        world.move(case, 2)
        world.move(case, 4)
    for hours in range(1, 10):
        send(timedelta(hours=hours))
    for case in cases:
        heard = partner.heard(case)
        assert [word for word in heard if word.startswith("progress")] == ["progress:1", "progress:2", "progress:4"]
        assert heard[0] == "dossier:1"
        assert heard.count("dossier:4") == 1
    assert not Lane.objects.exclude(state=LaneState.CURRENT).exists()
    state = PartnerState.objects.get()
    assert (state.error, state.failures) == ("", 0)
    assert state.failed_at is not None


def test_a_partner_that_rests_is_not_asked(world: World, partner: FakePartner) -> None:
    for number in range(1, 5):
        world.open(number)
    partner.batch, partner.script = 1, ["away"] * 9
    send()
    requests = partner.requests
    assert requests == 3  # in a row: then it rests
    with moment.at(MONDAY + timedelta(hours=9)):
        assert tasks.send_due() == 0
    assert partner.requests == requests
    partner.script = []
    send(timedelta(hours=1))  # one answer, and the others need not wait for their turn
    assert not Lane.objects.exclude(state=LaneState.CURRENT).exists()


def test_one_that_kills_requests_keeps_no_other_waiting(world: World, partner: FakePartner) -> None:
    poison, *others = [world.open(number) for number in range(1, 6)]
    partner.fates[poison.code] = "kill"
    send()
    send(timedelta(minutes=2))
    assert all(partner.heard(case) == ["dossier:1", "progress:1"] for case in others)
    assert (lane(poison).state, lane(poison).error) == (LaneState.WAITING, "TimeoutError")
    partner.fates.clear()
    send(timedelta(hours=3))
    assert partner.heard(poison) == ["dossier:1", "progress:1"]


def test_a_busy_partner_is_asked_later_and_later(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    partner.fates[case.code] = "busy"
    send()
    first = lane(case).retry_at
    assert first is not None
    assert timedelta(seconds=20) < first - MONDAY - timedelta(hours=1) < timedelta(seconds=40)
    send(timedelta(minutes=1))
    second = lane(case).retry_at
    assert second is not None
    assert second - MONDAY - timedelta(hours=1, minutes=1) > timedelta(seconds=45)
    assert lane(case).behind_since is not None


def test_a_claim_of_a_worker_that_died_ends(world: World, partner: FakePartner) -> None:
    from motcua.kernel.exchange.actions.sending import claim

    case = world.open(1)
    with moment.at(MONDAY + timedelta(hours=1)):
        read()
        assert len(claim(partner)) == 1  # and then nothing more is heard of it
        assert claim(partner) == []
    send(timedelta(minutes=6))
    assert partner.heard(case) == ["dossier:1", "progress:1"]
    assert partner.told[0].is_repeat


def test_a_case_that_cannot_be_described_stops_alone(world: World, partner: FakePartner) -> None:
    bad, good = world.open(1), world.open(2)
    world.broken.add(bad.pk)
    send()
    assert (lane(bad).state, "KeyError" in lane(bad).error) == (LaneState.REFUSED, True)
    assert partner.heard(good) == ["dossier:1", "progress:1"]
    world.broken.clear()
    assert resend_refused("fake", actor=SYSTEM, reason=lane(bad).error) == 1
    send()
    assert partner.heard(bad) == ["dossier:1", "progress:1"]


def test_files_come_before_the_dossier_that_names_them(world: World, partner: FakePartner) -> None:
    partner.takes, partner.updates, partner.has_codes = frozenset(ParcelKind), False, True
    case = world.open(1)
    send()
    assert partner.heard(case) == ["dossier:1", "progress:1", "status:1"]
    assert (lane(case).their_code, partner.codes) == ("G15.99-20261116-0000001", 1)
    world.finish(case, file=attachment(7))
    send()
    assert partner.heard(case)[3:] == ["file:7", "progress:9", "status:9"]
    number = Parcel.objects.get(kind=ParcelKind.FILE).pk
    assert partner.told[-1].references == {7: f"F{number}"}
    resend(lane(case).pk, actor=SYSTEM)
    send()
    assert partner.heard(case)[6:] == ["status:9"]  # the dossier is told once, steps and files are there
    assert partner.codes == 1


def test_everything_is_told_again_when_the_partner_lost_it(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    world.move(case, 2)
    send()
    before = partner.heard(case)
    resend(lane(case).pk, actor=SYSTEM, everything=True)
    send()
    assert partner.heard(case) == [*before, "dossier:2", "progress:1", "progress:2"]


def test_sending_again_drops_what_waited(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    read()
    resend(lane(case).pk, actor=SYSTEM)
    assert Parcel.objects.filter(state=ParcelState.DROPPED, body_sealed=b"").count() == 2
    send()
    assert partner.heard(case) == ["dossier:1", "progress:1"]


def test_without_a_partner_nothing_waits_and_later_open_cases_are_filled(world: World, partner: FakePartner) -> None:
    partner.is_on = False
    cases = [world.open(number) for number in range(1, 4)]
    Case.objects.filter(pk=cases[0].pk).update(closed_at=MONDAY)
    send()
    assert not Lane.objects.exists()
    with pytest.raises(Refused):
        begin_filling("fake", actor=SYSTEM)
    partner.is_on = True
    begin_filling("fake", actor=SYSTEM)
    assert fill_open(limit=1) == 1
    assert (fill_open(limit=1), fill_open(limit=1)) == (1, 0)
    send()
    assert partner.heard(cases[0]) == []
    assert partner.heard(cases[2]) == ["dossier:1", "progress:1"]
    begin_filling("fake", actor=SYSTEM)
    while fill_open():
        pass
    assert send() == 0


def test_strangers_send_nothing_again(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    partner.fates[case.code] = "refuse"
    send()
    before, told = lane(case), Event.objects.count()
    for actor in (world.city.minh, world.city.an, world.city.lan):
        for attempt in (
            lambda: resend(before.pk, actor=actor),  # noqa: B023
            lambda: resend_refused("fake", actor=actor),  # noqa: B023
            lambda: begin_filling("fake", actor=actor),  # noqa: B023
        ):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.code in ("not_allowed", "sign_in")
    assert (lane(case).round, Event.objects.count()) == (before.round, told)


def test_what_cannot_be_opened_any_more_stops_alone(world: World, partner: FakePartner) -> None:
    bad, good = world.open(1), world.open(2)
    read()
    Parcel.objects.filter(lane__case=bad).update(body_sealed=b"under another key")
    send()
    assert lane(bad).state == LaneState.REFUSED
    assert partner.heard(good) == ["dossier:1", "progress:1"]
    resend(lane(bad).pk, actor=SYSTEM)
    send()
    assert partner.heard(bad) == ["dossier:1", "progress:1"]
