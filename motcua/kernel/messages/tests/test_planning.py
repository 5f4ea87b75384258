"""From events to messages: who, on which way, in which words, at what hour, and only once."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from motcua.kernel.events.actions import read_everything, record
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.actions import plan_messages, queue_code, queue_letter, save_template, set_preference
from motcua.kernel.messages.kind import MessagePlan, Recipient, register_plans
from motcua.kernel.messages.models import Message, Notice
from motcua.kernel.messages.queries import TemplateKey, Wording
from motcua.kernel.messages.tests.fakes import HOA, QUAN, lamp_plan, reporter
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.patience import until

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=ZONE)
NIGHT = datetime(2026, 11, 17, 23, 30, tzinfo=ZONE)


@pytest.fixture
def told() -> Iterator[list[Recipient]]:
    """Whom the plan of ``lamp.mended`` names."""
    who: list[Recipient] = [reporter()]
    with lamp_plan(lambda _event: who), moment.at(NOON):
        yield who


def mended() -> None:
    plan_messages([record("lamp.mended", actor=SYSTEM)])


def only_message() -> tuple[str, str, str, str]:
    """Channel, address, subject and body of the only message."""
    message = Message.objects.get()
    subject, _newline, body = sealer().open(message.content_sealed).partition("\n")
    return message.channel, sealer().open(message.address_sealed), subject, body


def test_it_works(told: list[Recipient]) -> None:
    mended()
    assert only_message() == (
        "email",
        "an@example.vn",
        "Đã sửa đèn DEN-7",
        "Chào bạn,\n\nXem tại https://motcua.example/p/abc/",
    )
    message = Message.objects.get()
    assert (message.state, message.recipient, message.event) == ("created", "party:7", "lamp.mended")
    assert message.retry_at == NOON
    stored = bytes(message.content_sealed) + bytes(message.address_sealed)
    assert b"an@example.vn" not in stored
    assert b"motcua.example" not in stored


@pytest.mark.django_db(transaction=True)
def test_reader_of_the_house_plans_them(told: list[Recipient]) -> None:
    record("lamp.mended", actor=SYSTEM)
    until(lambda _read: Message.objects.exists(), read_everything)
    assert Message.objects.count() == 1


def test_same_event_read_twice_tells_once(told: list[Recipient]) -> None:
    told.append(reporter("officer:2", audience="officer", addresses={}, account_id=2, url="/desk/"))
    event = record("lamp.mended", actor=SYSTEM)
    plan_messages([event])
    plan_messages([event])
    assert Message.objects.count() == 1
    assert list(Notice.objects.values_list("account_id", "text", "url")) == [(2, "Đèn DEN-7 đã sửa xong.", "/desk/")]


def test_old_events_are_news_to_nobody(told: list[Recipient]) -> None:
    with moment.at(NOON - timedelta(days=3)):
        event = record("lamp.mended", actor=SYSTEM)
    plan_messages([event])
    assert not Message.objects.exists()


def test_sms_only_without_an_address_for_mail_and_without_tones(told: list[Recipient]) -> None:
    told[:] = [reporter(addresses={"email": "khong phai thu", "sms": "0905.123.456"})]
    mended()
    assert only_message() == ("sms", "+84905123456", "", "Den DEN-7 da sua. Xem: https://motcua.example/p/abc/")
    assert Message.objects.get().parts == 1


def test_city_that_pays_for_tones_keeps_them(told: list[Recipient], settings: Settings) -> None:
    settings.SMS_TONELESS = False
    told[:] = [reporter(addresses={"sms": "0905123456"})]
    mended()
    assert only_message()[3] == "Đèn DEN-7 đã sửa. Xem: https://motcua.example/p/abc/"


def test_nobody_is_told_without_an_address(told: list[Recipient]) -> None:
    told[:] = [reporter(addresses={"sms": "khong co", "email": ""})]
    mended()
    assert not Message.objects.exists()


def test_everybody_is_told_in_their_language(told: list[Recipient]) -> None:
    told[:] = [reporter(language="en")]
    mended()
    assert only_message()[2] == "Lamp DEN-7 is mended"


def test_language_without_a_text_falls_back_to_vietnamese(told: list[Recipient]) -> None:
    told[:] = [reporter(language="en", addresses={"sms": "0905123456"})]
    mended()
    assert only_message()[3].startswith("Den DEN-7 da sua")


@pytest.mark.parametrize(("wants", "is_result", "is_told"), [
    ("all", False, True), ("all", True, True), ("result", False, False), ("result", True, True),
    ("none", False, False), ("none", True, False),
])  # fmt: skip
def test_wishes_are_kept(wants: str, is_result: bool, is_told: bool) -> None:
    with lamp_plan(lambda _event: [reporter(wants=wants)], is_result=is_result):
        mended()
    assert Message.objects.exists() == is_told


def test_order_of_channels_that_was_chosen(told: list[Recipient]) -> None:
    set_preference("party:7", wants="all", channels=["sms", "email"], actor=SYSTEM)
    mended()
    assert only_message()[0] == "sms"


def test_channel_that_was_not_chosen_is_not_used(told: list[Recipient]) -> None:
    set_preference("party:7", wants="all", channels=["sms"], actor=SYSTEM)
    told[:] = [reporter(addresses={"email": "an@example.vn"})]
    mended()
    assert not Message.objects.exists()


def test_officer_chooses_for_themselves_only() -> None:
    set_preference("officer:2", wants="none", channels=[], actor=HOA)
    with pytest.raises(Refused, match="not_found"):
        set_preference("officer:3", wants="none", channels=[], actor=HOA)
    with pytest.raises(Refused, match="invalid"):
        set_preference("officer:2", wants="maybe", channels=["pigeon"], actor=HOA)


def test_text_of_the_city_stands_before_the_default(told: list[Recipient]) -> None:
    key = TemplateKey("lamp.mended", "reporter", "email", "vi")
    save_template(key, Wording("Đèn sáng rồi", "Cảm ơn bạn. {{{code}}}"), actor=QUAN, version=0)
    mended()
    assert only_message()[2:] == ("Đèn sáng rồi", "Cảm ơn bạn. {DEN-7}")


def test_text_that_is_switched_off_is_not_sent(told: list[Recipient]) -> None:
    key = TemplateKey("lamp.mended", "reporter", "email", "vi")
    save_template(key, Wording("Đèn", "Sáng"), actor=QUAN, is_active=False, version=0)
    mended()
    assert only_message()[0] == "sms"  # the next way that the person can be reached


def test_line_breaks_cannot_get_into_a_subject(told: list[Recipient]) -> None:
    variables = {"code": "A\r\nBcc: all@example.vn", "link": "x"}
    told[:] = [reporter(variables=variables)]
    mended()
    assert only_message()[2] == "Đã sửa đèn A Bcc: all@example.vn"


def test_plan_must_bring_what_it_promised(told: list[Recipient]) -> None:
    told[:] = [reporter(variables={"code": "A"})]
    with pytest.raises(ValueError, match="link"):
        mended()


@pytest.mark.parametrize(("at", "goes_at"), [
    (NOON, NOON),
    (NIGHT, datetime(2026, 11, 18, 7, 0, tzinfo=ZONE)),
    (datetime(2026, 11, 18, 6, 59, tzinfo=ZONE), datetime(2026, 11, 18, 7, 0, tzinfo=ZONE)),
    (datetime(2026, 11, 18, 7, 0, tzinfo=ZONE), datetime(2026, 11, 18, 7, 0, tzinfo=ZONE)),
    (datetime(2026, 11, 17, 21, 0, tzinfo=ZONE), datetime(2026, 11, 18, 7, 0, tzinfo=ZONE)),
])  # fmt: skip
def test_short_messages_wait_for_the_morning(
    told: list[Recipient], settings: Settings, at: datetime, goes_at: datetime
) -> None:
    settings.SMS_QUIET = (time(21), time(7))
    told[:] = [reporter(addresses={"sms": "0905123456"})]
    with moment.at(at):
        mended()
    assert Message.objects.get().retry_at == goes_at


def test_letters_do_not_wait(told: list[Recipient], settings: Settings) -> None:
    settings.SMS_QUIET = (time(21), time(7))
    with moment.at(NIGHT):
        mended()
    assert Message.objects.get().retry_at == NIGHT


def test_code_goes_at_any_hour_and_says_until_when(settings: Settings) -> None:
    settings.SMS_QUIET = (time(21), time(7))
    with moment.at(NIGHT):
        message = queue_code("sms", "+84905123456", "482913", "vi")
    assert (message.retry_at, message.is_urgent) == (NIGHT, True)
    assert message.expires_at == NIGHT + timedelta(minutes=10)
    assert only_message()[3] == "Ma dang nhap Mot Cua: 482913, dung den 23:40. Dung dua ma nay cho ai."
    assert b"482913" not in bytes(message.content_sealed)


def test_letter_about_an_account_goes_first() -> None:
    queue_letter("hoa@example.vn", "Đặt mật khẩu", "Bấm vào https://motcua.example/x", "vi")
    assert only_message() == ("email", "hoa@example.vn", "Đặt mật khẩu", "Bấm vào https://motcua.example/x")
    assert Message.objects.get().is_urgent


def test_plans_are_declared_once() -> None:
    with lamp_plan(lambda _event: ()) as plan:
        other = MessagePlan(plan.event, "", lambda _event: (), {})
        with pytest.raises(ValueError, match="twice"):
            register_plans(other)
