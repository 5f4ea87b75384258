"""The way of a message to the outside: claims, failures of three kinds, fall-back, receipts, and what operators do."""

from datetime import timedelta
from itertools import pairwise
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection

from motcua.kernel.events.actions import record
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.messages.actions import (
    claim_message,
    forget_messages,
    hold_message,
    note_receipts,
    queue_code,
    queue_letter,
    retry_message,
    retry_parked,
)
from motcua.kernel.messages.actions.sending import ATTEMPTS
from motcua.kernel.messages.models import Message
from motcua.kernel.messages.ports import OutboundMessage, Receipt, Sent, TemporarilyUnreachableError
from motcua.kernel.messages.tasks import CIRCUITS, send_due
from motcua.kernel.messages.tests.fakes import HOA, QUAN, FakeSender, lamp_plan, only_senders, reporter
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.testing.patience import until

pytestmark = pytest.mark.django_db


def letter(address: str = "an@example.vn") -> Message:
    return queue_letter(address, "Chào", "Thân", "vi")


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_it_works() -> None:
    message = letter()
    sender = FakeSender(answers=[Sent("abc", "sending")])
    with only_senders(sender):
        assert send_due() == 1
        assert send_due() == 0
    assert state_of(message) == "sending"
    assert (message.provider, message.reference, message.attempts, message.retry_at) == ("fake", "abc", 1, None)
    assert sender.taken == [OutboundMessage(message.pk, "email", "an@example.vn", "Chào", "Thân", "vi")]


def test_no_transaction_is_open_while_the_outside_is_asked(django_db_blocker: object) -> None:
    letter()
    depths = []
    sender = FakeSender(while_sending=lambda _message: depths.append(len(connection.savepoint_ids)))
    before = len(connection.savepoint_ids)
    with only_senders(sender):
        send_due()
    assert depths == [before]


def test_codes_overtake_letters() -> None:
    with moment.at(moment.now() - timedelta(minutes=1)):
        first = Message.objects.get(pk=letter().pk)
    Message.objects.filter(pk=first.pk).update(is_urgent=False)
    queue_code("email", "binh@example.vn", "123456", "vi")
    sender = FakeSender()
    with only_senders(sender):
        send_due()
    assert [message.to for message in sender.taken] == ["binh@example.vn", "an@example.vn"]


def test_channel_without_a_sender_keeps_its_messages() -> None:
    message = queue_code("sms", "+84905123456", "123456", "vi")
    with only_senders(FakeSender()):
        assert send_due() == 0
    assert (state_of(message), message.attempts) == ("created", 0)


def test_claimed_message_is_left_alone_until_its_worker_is_surely_dead() -> None:
    message = letter()
    assert claim_message(["email"]) is not None
    assert claim_message(["email"]) is None
    with moment.at(moment.now() + timedelta(minutes=6)):
        again = claim_message(["email"])
    assert again is not None
    assert (again.message.id, again.attempts) == (message.pk, 2)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_message() -> None:
    for number in range(12):
        letter(f"p{number}@example.vn")
    sender = FakeSender()

    def work() -> None:
        send_due()
        connection.close()

    with only_senders(sender):
        workers = [Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert sorted(message.to for message in sender.taken) == sorted(f"p{number}@example.vn" for number in range(12))


def test_address_that_does_not_exist_is_not_tried_again() -> None:
    message = letter()
    reserve = FakeSender("reserve", rank=2)
    with only_senders(FakeSender(answers=[ConnectorError("550 no such user", permanent=True)]), reserve):
        send_due()
    assert (state_of(message), message.retry_at, message.error) == ("permanent_failure", None, "550 no such user")
    assert reserve.taken == []


def test_recipient_that_is_away_is_tried_later_without_another_sender() -> None:
    message = letter()
    reserve = FakeSender("reserve", rank=2)
    now = moment.now()
    with only_senders(FakeSender(answers=[TemporarilyUnreachableError("452 mailbox full")]), reserve), moment.at(now):
        send_due()
    assert state_of(message) == "temporary_failure"
    assert message.retry_at is not None
    assert timedelta(seconds=24) <= message.retry_at - now <= timedelta(seconds=36)
    assert reserve.taken == []


def test_other_sender_takes_over_when_the_first_is_down() -> None:
    message = letter()
    reserve = FakeSender("reserve", rank=2, answers=[Sent("r-9")])
    with only_senders(reserve, FakeSender(answers=[ConnectorError("connection refused")])):
        send_due()
    assert (state_of(message), message.provider, message.reference) == ("sent", "reserve", "r-9")


def test_waits_grow_until_the_message_is_parked() -> None:
    message = letter()
    at, waits = moment.now(), []
    with only_senders(FakeSender(answers=[ConnectorError("down")])):
        for _attempt in range(ATTEMPTS):
            CIRCUITS.clear()
            with moment.at(at):
                assert send_due() == 1
            message.refresh_from_db()
            if message.retry_at is not None:
                waits.append((message.retry_at - at).total_seconds())
                at = message.retry_at
        with moment.at(at + timedelta(days=9)):
            assert send_due() == 0
    assert len(waits) == ATTEMPTS - 1
    assert all(later > 1.3 * earlier for earlier, later in pairwise(waits))
    assert 2 * 3600 < sum(waits) < 8 * 3600
    assert message.is_parked
    assert state_of(message) == "technical_failure"


def test_sender_that_keeps_failing_rests_and_messages_keep_their_attempts() -> None:
    messages = [letter(f"p{number}@example.vn") for number in range(6)]
    sender = FakeSender(answers=[ConnectorError("down")])
    with only_senders(sender):
        send_due()
        assert len(sender.taken) == 3
        assert send_due() == 0
        CIRCUITS["fake"].rests_until = 0
        sender.answers = [Sent()]
        send_due()
    assert [state_of(message) for message in messages] == ["technical_failure"] * 3 + ["sent"] * 3
    assert [message.attempts for message in messages] == [1] * 6


def test_addresses_do_not_get_into_errors() -> None:
    message = letter()
    with only_senders(
        FakeSender(answers=[ConnectorError("550 <an@example.vn>: 0905 123 456 unknown", permanent=True)])
    ):
        send_due()
    assert state_of(message) == "permanent_failure"
    assert message.error == "550 <•••>: ••• unknown"


def test_code_that_is_too_late_is_not_sent() -> None:
    message = queue_code("email", "an@example.vn", "123456", "vi")
    sender = FakeSender()
    with only_senders(sender), moment.at(moment.now() + timedelta(minutes=11)):
        assert send_due() == 0
        assert state_of(message) == "technical_failure"
        with pytest.raises(Refused, match="stale"):
            retry_message(message.pk, actor=QUAN)
        assert retry_parked(actor=QUAN) == 0
    assert sender.taken == []


# ── Receipts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def on_the_way() -> Message:
    message = letter()
    with only_senders(FakeSender(answers=[Sent("ref-1", "sending")])):
        send_due()
    return message


def test_receipt_says_that_it_arrived(on_the_way: Message) -> None:
    assert note_receipts("fake", [Receipt("ref-1", "delivered")]) == 1
    assert state_of(on_the_way) == "delivered"


def test_receipt_again_or_another_afterwards_changes_nothing(on_the_way: Message) -> None:
    note_receipts("fake", [Receipt("ref-1", "delivered"), Receipt("ref-1", "delivered")])
    note_receipts("fake", [Receipt("ref-1", "permanent_failure", "late")])
    assert (state_of(on_the_way), on_the_way.error) == ("delivered", "")


def test_phone_that_is_off_is_tried_again(on_the_way: Message) -> None:
    note_receipts("fake", [Receipt("ref-1", "temporary_failure", "phone off")])
    assert (state_of(on_the_way), on_the_way.error) == ("temporary_failure", "phone off")
    assert on_the_way.retry_at is not None
    first = on_the_way.retry_at
    note_receipts("fake", [Receipt("ref-1", "temporary_failure", "phone off")])
    state_of(on_the_way)
    assert on_the_way.retry_at == first


def test_number_that_does_not_exist_ends_it(on_the_way: Message) -> None:
    note_receipts("fake", [Receipt("ref-1", "permanent_failure", "unknown")])
    assert (state_of(on_the_way), on_the_way.retry_at) == ("permanent_failure", None)


@pytest.mark.parametrize(("provider", "reference"), [("fake", "ref-2"), ("other", "ref-1"), ("fake", "")])
def test_unknown_receipts_change_nothing(on_the_way: Message, provider: str, reference: str) -> None:
    assert note_receipts(provider, [Receipt(reference, "delivered")]) == 0
    assert state_of(on_the_way) == "sending"


# ── Operators ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_operator_holds_a_message_and_lets_it_go_again() -> None:
    message = letter()
    hold_message(message.pk, actor=QUAN)
    sender = FakeSender()
    with only_senders(sender):
        assert send_due() == 0
        assert state_of(message) == "held"
        retry_message(message.pk, actor=QUAN)
        assert send_due() == 1
    assert state_of(message) == "sent"
    assert list(Event.objects.order_by("id").values_list("name", "actor", "data")) == [
        ("message.held", "officer:1", {"message": message.pk, "case": None}),
        ("message.retried", "officer:1", {"message": message.pk, "case": None}),
    ]


def test_everything_parked_starts_again_after_a_repair() -> None:
    parked, waiting = letter(), letter()
    Message.objects.filter(pk=parked.pk).update(state="technical_failure", retry_at=None, attempts=ATTEMPTS)
    assert retry_parked(actor=QUAN) == 1
    assert (state_of(parked), parked.attempts) == ("created", 0)
    assert state_of(waiting) == "created"
    assert Event.objects.count() == 1


@pytest.mark.parametrize("act", [retry_message, hold_message])
def test_only_operators_touch_messages(act: object) -> None:
    message = letter()
    with pytest.raises(Refused, match="not_allowed"):
        act(message.pk, actor=HOA)  # type: ignore[operator]
    with pytest.raises(Refused, match="not_allowed"):
        retry_parked(actor=HOA)
    assert state_of(message) == "created"
    assert not Event.objects.exists()


def test_message_that_has_gone_is_neither_held_nor_sent_again(on_the_way: Message) -> None:
    with pytest.raises(Refused, match="stale"):
        hold_message(on_the_way.pk, actor=QUAN)
    with pytest.raises(Refused, match="stale"):
        retry_message(on_the_way.pk, actor=QUAN)
    with pytest.raises(Refused, match="not_found"):
        retry_message(on_the_way.pk + 1, actor=QUAN)
    assert state_of(on_the_way) == "sending"
    assert not Event.objects.exists()


def test_old_messages_are_forgotten_and_codes_after_a_day() -> None:
    code, kept = queue_code("email", "an@example.vn", "1", "vi"), letter()
    Message.objects.filter(pk=kept.pk).update(event="incident.submitted")
    with moment.at(moment.now() + timedelta(days=2)):
        assert forget_messages() == 1
    assert not Message.objects.filter(pk=code.pk).exists()
    with moment.at(moment.now() + timedelta(days=91)):
        assert forget_messages() == 1


@pytest.mark.django_db(transaction=True)
def test_one_turn_of_the_worker_tells_and_sends() -> None:
    sender = FakeSender()
    with lamp_plan(lambda _event: [reporter()]), only_senders(sender):
        record("lamp.mended", actor=SYSTEM)
        until(lambda _ran: bool(sender.taken), lambda: call_command("worker", once=True))
    assert [message.to for message in sender.taken] == ["an@example.vn"]
    assert Message.objects.get().state == "sent"
