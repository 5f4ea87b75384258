"""What a bank tells: believed when it is signed and fresh, counted once, whatever its fields are called."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.connectors.bank.actions import BankSource
from motcua.kernel.payments.kind import State
from motcua.kernel.payments.models import Payment, SourceState
from motcua.kernel.payments.tests.samples import WARD_ACCOUNT, Till, build_till, owed
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.signed_messages import signature
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.django_db
SECRET = "chung-mot-khoa"
NOW = MONDAY + timedelta(hours=1)


@pytest.fixture
def till(city: City) -> Till:
    return build_till(city)


@pytest.fixture(autouse=True)
def _set_up(settings: Settings) -> None:
    values = settings.CONNECTORS["bank"] | {"secret": SECRET}
    settings.CONNECTORS = settings.CONNECTORS | {"bank": values}


def configure(settings: Settings, **changes: str) -> BankSource:
    settings.CONNECTORS = settings.CONNECTORS | {"bank": settings.CONNECTORS["bank"] | changes}
    return BankSource()


def transfer(**changes: Any) -> dict[str, Any]:
    return {
        "id": "FT26320001", "amount": 50_000, "description": "MC nop le phi", "account": WARD_ACCOUNT,
        "at": "2026-11-16T09:00:00+07:00", "payer": "NGUYEN VAN AN", "payer_account": "0011", **changes,
    }  # fmt: skip


def headers(body: bytes, *, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {"X-Timestamp": timestamp, "X-Signature": signature(secret, timestamp, body)}


def post(body: bytes, signed: Mapping[str, str]) -> Any:
    with moment.at(NOW):
        return Client(headers=dict(signed)).post("/hooks/payments/bank/", body, content_type="application/json")


def test_it_works(till: Till) -> None:
    obligation = owed(till)
    body = json.dumps(transfer(description=f"CT {obligation.reference}")).encode()
    for _ in range(2):
        answer = post(body, headers(body))
        assert (answer.status_code, answer.json()) == (200, {"success": True, "count": 1})
    obligation.refresh_from_db()
    payment = Payment.objects.get()
    assert (obligation.state, obligation.paid_amount) == (State.PAID, 50_000)
    assert (payment.bank_id, payment.at) == ("bank:FT26320001", datetime(2026, 11, 16, 2, tzinfo=UTC))
    assert SourceState.objects.get(name="bank").heard_at == NOW


@pytest.mark.parametrize(
    ("changes", "at", "secret"),
    [
        ({}, NOW, "khoa-khac"),
        ({"X-Signature": ""}, NOW, SECRET),
        ({"X-Signature": "0" * 64}, NOW, SECRET),
        ({"X-Timestamp": "1763269200"}, NOW, SECRET),  # not the one that was signed
        ({"X-Timestamp": ""}, NOW, SECRET),
        ({}, NOW - timedelta(seconds=301), SECRET),
        ({}, NOW + timedelta(seconds=301), SECRET),
    ],
)
def test_what_is_forged_or_old_is_not_believed(till: Till, changes: dict[str, str], at: datetime, secret: str) -> None:
    obligation = owed(till)
    body = json.dumps(transfer(description=obligation.reference)).encode()
    assert post(body, headers(body, at=at, secret=secret) | changes).status_code == 401
    obligation.refresh_from_db()
    assert obligation.state == State.DUE
    assert not Payment.objects.exists()
    assert SourceState.objects.get(name="bank").refused == 1


def test_a_changed_body_is_not_believed(till: Till) -> None:
    body = json.dumps(transfer()).encode()
    assert post(body.replace(b"50000", b"90000"), headers(body)).status_code == 401
    assert not Payment.objects.exists()


def test_a_signature_without_a_secret_opens_nothing(till: Till, settings: Settings) -> None:
    configure(settings, secret="")
    body = json.dumps(transfer()).encode()
    assert post(body, headers(body, secret="")).status_code == 404


def test_a_message_sent_again_tomorrow_is_refused_and_within_the_window_changes_nothing(till: Till) -> None:
    obligation = owed(till)
    body = json.dumps(transfer(description=obligation.reference)).encode()
    signed = headers(body)
    assert post(body, signed).status_code == 200
    with moment.at(NOW + timedelta(days=1)):
        again = Client(headers=signed).post("/hooks/payments/bank/", body, content_type="application/json")
    assert again.status_code == 401
    assert post(body, signed).status_code == 200
    assert Payment.objects.count() == 1


def read(settings: Settings, told: object, **changes: str) -> Any:
    body = json.dumps(told).encode()
    with moment.at(NOW):
        return configure(settings, **changes).read(body, headers(body))


def test_another_banks_fields(settings: Settings) -> None:
    told = {"data": {"records": [
        {"tid": 7, "money": "1500000.00", "d": "x", "acc": {"no": "99"}, "when": "16/11/2026 09:00:00", "kind": "C"},
        {"tid": 8, "money": "20000", "d": "x", "acc": {"no": "99"}, "when": "16/11/2026 09:00:00", "kind": "D"},
    ]}}  # fmt: skip
    (found,) = read(
        settings, told, list="data.records", credit="kind=C", id="tid", amount="money", purpose="d", account="acc.no",
        at="when", payer="", payer_account="",
    )  # fmt: skip
    assert (found.bank_id, found.amount, found.account) == ("7", 1_500_000, "99")
    assert found.at == datetime(2026, 11, 16, 2, tzinfo=UTC)


def test_times_of_every_kind(settings: Settings) -> None:
    expected = datetime(2026, 11, 16, 2, tzinfo=UTC)
    for at in ("2026-11-16 09:00:00", "16/11/2026 09:00", 1794794400, "1794794400000", "2026-11-16T02:00:00Z"):
        assert read(settings, transfer(at=at))[0].at == expected


def test_money_that_went_out_is_not_ours_to_count(settings: Settings) -> None:
    assert read(settings, [transfer(amount=-5_000), transfer(amount=0)]) == []


@pytest.mark.parametrize(
    "told",
    [
        "text", [5], {}, transfer(id=""), transfer(amount=None), transfer(amount="1,5"), transfer(amount="50000.5"),
        transfer(amount=True), transfer(at="hôm qua"), transfer(account=""), transfer(amount="9" * 5000),
        transfer(at="9999-12-31T23:59:59-12:00"), transfer(at="0001-01-01"), transfer(id="\0"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(settings: Settings, told: object) -> None:
    with pytest.raises(Refused, match="invalid"):
        read(settings, told)


def test_half_of_a_letter_from_one_payer_holds_up_nobodys_money(till: Till) -> None:
    """An app that cuts a purpose in the middle of an emoji: JSON carries it, no database does."""
    obligation = owed(till)
    texts = {"description": "\ud83d cam on\0", "payer": "AN \udc00", "payer_account": "\0"}
    told = [transfer(id="FT1", **texts), transfer(id="FT2", description=f"\ud83d {obligation.reference}")]
    body = json.dumps(told).encode()
    assert post(body, headers(body)).status_code == 200
    obligation.refresh_from_db()
    assert (obligation.state, Payment.objects.count()) == (State.PAID, 2)


@pytest.mark.parametrize("body", [b"id=1&amount=5", b"[" * 100_000])
def test_no_json_is_refused(till: Till, body: bytes) -> None:
    assert post(body, headers(body)).status_code == 422
    assert SourceState.objects.get(name="bank").refused == 1


def test_the_check_says_where_the_bank_has_to_call(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://motcua.example.vn"
    health = BankSource().check()
    assert health.is_well
    assert "https://motcua.example.vn/hooks/payments/bank/" in health.words
    settings.PUBLIC_URL = "http://localhost:8000"
    assert not BankSource().check().is_well
    assert [option.variable for option in BankSource().options() if option.is_secret] == ["BANK_SECRET"]
