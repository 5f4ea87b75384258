"""Short messages over a real HTTP gateway: what it is asked, how its answers and receipts are understood."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from motcua.connectors.sms.actions import GatewaySender
from motcua.connectors.sms.tests.gateway import Gateway, gateway
from motcua.kernel.messages.ports import OutboundMessage, Receipt
from motcua.lib.errors import ConnectorError, Refused

pytestmark = pytest.mark.django_db  # the sender's name is the pack's

MESSAGE = OutboundMessage(7, "sms", "+84905123456", "", 'Da nhan "PA-1"\n& hen 14:10 {to}', "vi")
JSON_BODY = (
    '{"Phone": "{to84}", "Content": "{text}", "Brandname": "{sender}", "IsUnicode": "{unicode}", "Ref": ["{id}"]}'
)


@pytest.fixture
def served() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


def set_up(settings: Settings, url: str, **changes: str) -> GatewaySender:
    values = {
        "url": url,
        "body": JSON_BODY,
        "headers": "Authorization: Bearer bi-mat\nX-From: motcua",
        "sender": "MotCua",
        "success": "CodeResult == 100",
        "permanent": "CodeResult in 99,119",
        "reference": "SMSID",
        "timeout": "2",
    }
    settings.CONNECTORS = settings.CONNECTORS | {"sms": settings.CONNECTORS["sms"] | values | changes}
    return GatewaySender()


def test_it_works(served: Gateway, settings: Settings) -> None:
    sent = set_up(settings, f"{served.url}/send").send(MESSAGE)
    assert (sent.reference, sent.state) == ("sms-1", "sent")
    asked = served.asked[0]
    assert (asked.method, asked.path) == ("POST", "/send")
    assert asked.headers["Authorization"] == "Bearer bi-mat"
    assert asked.headers["X-From"] == "motcua"
    assert json.loads(asked.body) == {
        "Phone": "84905123456",
        "Content": MESSAGE.body,
        "Brandname": "MotCua",
        "IsUnicode": "0",
        "Ref": ["7"],
    }


def test_text_with_tones_is_marked_as_unicode(served: Gateway, settings: Settings) -> None:
    set_up(settings, served.url).send(OutboundMessage(7, "sms", "+84905123456", "", "Đã nhận", "vi"))
    assert json.loads(served.asked[0].body)["IsUnicode"] == "1"


def test_gateway_that_takes_forms(served: Gateway, settings: Settings) -> None:
    set_up(settings, served.url, body="to={to0}&msg={text}&empty=", body_type="form").send(MESSAGE)
    assert served.asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(served.asked[0].body, keep_blank_values=True) == {
        "to": ["0905123456"],
        "msg": [MESSAGE.body],
        "empty": [""],
    }


def test_gateway_that_takes_everything_in_the_address(served: Gateway, settings: Settings) -> None:
    set_up(settings, f"{served.url}/s?to={{to84}}&text={{text}}", method="GET", body="").send(MESSAGE)
    asked = served.asked[0]
    assert (asked.method, asked.body) == ("GET", "")
    assert parse_qs(urlsplit(asked.path).query) == {"to": ["84905123456"], "text": [MESSAGE.body]}


def test_message_waits_for_a_receipt_when_receipts_are_set_up(served: Gateway, settings: Settings) -> None:
    sender = set_up(settings, served.url, receipt_secret="s", receipt_reference="id", receipt_delivered="state == OK")
    assert sender.send(MESSAGE).state == "sending"


def test_gateway_that_echoes_our_own_number(served: Gateway, settings: Settings) -> None:
    assert set_up(settings, served.url, reference="").send(MESSAGE).reference == "7"


@pytest.mark.parametrize(
    ("status", "answer", "permanent"),
    [
        (200, {"CodeResult": "99"}, True),
        (200, {"CodeResult": 119}, True),
        (200, {"CodeResult": "103", "ErrorMessage": "balance"}, False),
        (200, {"nothing": True}, False),
        (200, "<html>hello</html>", False),
        (400, {"CodeResult": "99"}, True),
        (401, {"CodeResult": "101"}, False),
        (429, {"CodeResult": "100"}, False),
        (500, {"CodeResult": "100"}, False),
        (302, {}, False),
    ],
)
def test_refusals_are_told_apart(
    served: Gateway, settings: Settings, status: int, answer: object, permanent: bool
) -> None:
    served.status, served.answer = status, answer
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, served.url).send(MESSAGE)
    assert caught.value.permanent == permanent


def test_gateway_that_keeps_silent_is_given_up(served: Gateway, settings: Settings) -> None:
    served.is_silent = True
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, f"{served.url}/?to={{to84}}", timeout="0.2").send(MESSAGE)
    assert not caught.value.permanent
    assert "84905123456" not in str(caught.value)


def test_nobody_listens(settings: Settings) -> None:
    with gateway() as served:
        url = served.url
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, url).send(MESSAGE)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("success", "answer"),
    [
        ("status in 200, 201", {}),
        ("body ~ ^OK", "OK 17"),
        ("data.0.state != FAILED", {"data": [{"state": "QUEUED"}]}),
        ("ok == true", {"ok": True}),
    ],
)
def test_success_is_what_the_city_says(served: Gateway, settings: Settings, success: str, answer: object) -> None:
    served.answer = answer
    set_up(settings, served.url, success=success, permanent="").send(MESSAGE)


@pytest.mark.parametrize(
    "changes",
    [{"success": "CodeResult = 100"}, {"permanent": "body ~ ("}, {"body": "{not json"}, {"timeout": "soon"}],
)
def test_settings_that_cannot_be_read_are_named(served: Gateway, settings: Settings, changes: dict[str, str]) -> None:
    sender = set_up(settings, served.url, check_url=f"{served.url}/balance", **changes)
    health = sender.check()
    assert not health.is_well
    assert "SMS_" in health.words


def test_check_asks_the_gateway_and_sends_nothing(served: Gateway, settings: Settings) -> None:
    health = set_up(settings, served.url, check_url=f"{served.url}/balance").check()
    assert [(asked.method, asked.path) for asked in served.asked] == [("GET", "/balance")]
    assert "http" in health.words  # it answers, but numbers would travel in the open
    assert not health.is_well


# ── Receipts ────────────────────────────────────────────────────────────────────────────────────────────────────────

RECEIPTS = {
    "receipt_secret": "chia-khoa",
    "receipt_reference": "SMSID",
    "receipt_delivered": "SendStatus == 5",
    "receipt_temporary": "SendStatus in 3,4",
    "receipt_permanent": "SendStatus == 6",
    "receipt_error": "Reason",
}


def test_signed_receipts_are_read(settings: Settings) -> None:
    sender = set_up(settings, "https://x.example", receipt_header="X-Signature", receipt_list="items", **RECEIPTS)
    rows = [
        {"SMSID": "a", "SendStatus": 5},
        {"SMSID": "b", "SendStatus": "6", "Reason": "no such number"},
        {"SMSID": "c", "SendStatus": 4},
        {"SMSID": "d", "SendStatus": 1},
        {"SendStatus": 5},
    ]
    body = json.dumps({"items": rows}).encode()
    signature = hmac.new(b"chia-khoa", body, hashlib.sha256).hexdigest()
    assert sender.read_receipts(body, {"X-Signature": f"sha256={signature}"}, {}) == [
        Receipt("a", "delivered"),
        Receipt("b", "permanent_failure", "no such number"),
        Receipt("c", "temporary_failure"),
    ]
    for headers in ({"X-Signature": "0" * 64}, {}):
        with pytest.raises(Refused, match="bad_signature"):
            sender.read_receipts(body, headers, {"key": "chia-khoa"})


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b"", {"SMSID": "a", "SendStatus": "5"}),
        (b"SMSID=a&SendStatus=5", {}),
        (b'{"SMSID": "a", "SendStatus": 5}', {}),
        (b'[{"SMSID": "a", "SendStatus": 5}]', {}),
    ],
)
def test_receipts_come_in_many_shapes(settings: Settings, body: bytes, query: dict[str, str]) -> None:
    sender = set_up(settings, "https://x.example", **RECEIPTS)
    assert sender.read_receipts(body, {}, {**query, "key": "chia-khoa"}) == [Receipt("a", "delivered")]
    with pytest.raises(Refused, match="bad_signature"):
        sender.read_receipts(body, {}, {**query, "key": "khac"})


def test_without_a_secret_nobody_is_believed(settings: Settings) -> None:
    sender = set_up(settings, "https://x.example", **(RECEIPTS | {"receipt_secret": ""}))
    with pytest.raises(Refused, match="bad_signature"):
        sender.read_receipts(b"", {}, {"key": "", "SMSID": "a", "SendStatus": "5"})


@pytest.mark.parametrize("body", [b"{broken", b"\xff\xfe"])
def test_receipt_that_cannot_be_read_is_refused(settings: Settings, body: bytes) -> None:
    with pytest.raises(Refused, match="invalid"):
        set_up(settings, "https://x.example", **RECEIPTS).read_receipts(body, {}, {"key": "chia-khoa"})
