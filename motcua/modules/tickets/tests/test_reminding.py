"""Who asked is told that their number is near and that it is called: once, on the chosen way, and nobody else."""

from datetime import datetime, timedelta

import pytest

from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.queries import person_actor, sealer
from motcua.kernel.messages.actions.planning import plan_messages
from motcua.kernel.messages.models import Message, Notice, Preference
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.actions.reminding import ask_reminder, drop_reminder, tell_near
from motcua.modules.tickets.actions.taking import end_days, take_ticket
from motcua.modules.tickets.kind import NEAR, Source
from motcua.modules.tickets.models import Reminder
from motcua.modules.tickets.queries.points import slots
from motcua.modules.tickets.tests.conftest import Hall, take

PHONE = "0905 123 456"


def told() -> list[tuple[str, str, str, str]]:
    """What the messages made of all events say: event, channel, to whom, which words."""
    plan_messages(list(Event.objects.order_by("id")))
    return [
        (
            message.event,
            message.channel,
            sealer().open(message.address_sealed),
            sealer().open(message.content_sealed).strip(),
        )
        for message in Message.objects.order_by("id")
    ]


@pytest.fixture
def words(hall: Hall) -> None:
    from motcua.kernel.messages.models import Template

    for event, body in (("ticket.near", "{ahead} / {number}"), ("ticket.called", "{number} > {counter} {link}")):
        for channel in ("sms", "email", "web"):
            Template.objects.create(event=event, audience="person", channel=channel, language="vi", body=body)


def test_near_and_called(hall: Hall, monday: datetime, words: None) -> None:
    for _ in range(NEAR + 1):
        take(hall.civil)
    mine = take(hall.civil)
    take(hall.civil)
    ask_reminder(mine.pk, actor=ANONYMOUS, address=PHONE)
    assert tell_near() == 0  # one too many is before it
    assert told() == []
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    assert (tell_near(), tell_near()) == (1, 0)
    for _ in range(NEAR + 1):
        calling.call_next(actor=hall.nga)
    assert tell_near() == 0
    near, called = told()
    assert near == ("ticket.near", "sms", "+84905123456", "3 / A005")
    assert called[:3] == ("ticket.called", "sms", "+84905123456")
    assert called[3].startswith("A005 > 1 http")
    assert len(told()) == 2  # and not again


def test_asking_again_and_again_tells_no_second_telephone(hall: Hall, monday: datetime, words: None) -> None:
    mine = take(hall.civil)
    ask_reminder(mine.pk, actor=ANONYMOUS, address=PHONE)
    assert tell_near() == 1
    assert [one[2] for one in told()] == ["+84905123456"]
    ask_reminder(mine.pk, actor=ANONYMOUS, address="0905 999 888")
    assert tell_near() == 0
    drop_reminder(mine.pk, actor=ANONYMOUS)
    ask_reminder(mine.pk, actor=ANONYMOUS, address="0905 777 666")
    assert tell_near() == 0
    assert len(told()) == 1


def test_a_booked_time_is_near_a_quarter_of_an_hour_before(hall: Hall, monday: datetime) -> None:
    slot = slots(hall.civil, monday)[0]
    mine = take_ticket(hall.civil.pk, actor=ANONYMOUS, source=Source.PHONE, slot_at=slot)
    ask_reminder(mine.pk, actor=ANONYMOUS, address=PHONE)
    with moment.at(slot - timedelta(minutes=16)):
        assert tell_near() == 0
    with moment.at(slot - timedelta(minutes=14)):
        assert tell_near() == 1


def test_an_account_is_told_as_it_chose(hall: Hall, monday: datetime, words: None) -> None:
    account = identity.new_person_account(identity.create_person("Nguyễn Thị Thử", PHONE, "thu@example.vn"))
    person = person_actor(account.pk)
    Preference.objects.create(recipient=f"person:{person.person_id}", channels=["email"])
    mine = take(hall.civil)
    ask_reminder(mine.pk, actor=person)
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    assert [one[:3] for one in told()] == [("ticket.called", "email", "thu@example.vn")]
    assert Notice.objects.get().account_id == account.pk


def test_moved_with_its_number_and_forgotten_with_its_day(hall: Hall, monday: datetime) -> None:
    mine = take(hall.civil)
    ask_reminder(mine.pk, actor=ANONYMOUS, address="thu@example.vn")
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    moved = calling.transfer_ticket(mine.pk, actor=hall.nga, line_id=hall.land.pk)
    assert Reminder.objects.get().ticket_id == moved.pk
    assert b"thu@" not in bytes(Reminder.objects.get().address_sealed)
    with moment.at(monday + timedelta(days=1)):
        end_days()
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("address", ["", "abc", "+1 202 555 0100"])
def test_an_address_that_cannot_be_reached_changes_nothing(hall: Hall, monday: datetime, address: str) -> None:
    mine = take(hall.civil)
    before = Event.objects.count()
    with pytest.raises(Refused, match="invalid"):
        ask_reminder(mine.pk, actor=ANONYMOUS, address=address)
    assert not Reminder.objects.exists()
    assert Event.objects.count() == before


def test_who_was_called_is_told_nothing_more(hall: Hall, monday: datetime) -> None:
    mine = take(hall.civil)
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    before = Event.objects.count()
    with pytest.raises(Refused, match="wrong_state"):
        ask_reminder(mine.pk, actor=ANONYMOUS, address=PHONE)
    assert not Reminder.objects.exists()
    assert Event.objects.count() == before
