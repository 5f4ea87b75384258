"""Pages of operators and administrators, everybody's notices, and the door for receipts."""

from collections.abc import Iterator

import pytest
from django.test import Client

from motcua.kernel.events.actions import record
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.messages.actions import plan_messages, queue_letter
from motcua.kernel.messages.kind import Recipient
from motcua.kernel.messages.models import Message, Notice, Preference, Template
from motcua.kernel.messages.ports import Receipt, Sent
from motcua.kernel.messages.tasks import send_due
from motcua.kernel.messages.tests.fakes import FakeSender, lamp_plan, only_senders, reporter
from motcua.lib.errors import ConnectorError
from motcua.testing.city import City

pytestmark = pytest.mark.django_db

EDIT = "/desk/quan-tri/mau-tin/lamp.mended/reporter/email/vi/"


def signed_in(client: Client, actor: Actor) -> Client:
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


@pytest.fixture
def quan(client: Client, city: City) -> Client:
    return signed_in(client, city.quan)


@pytest.fixture
def hoa(city: City) -> Client:
    return signed_in(Client(), city.hoa)


@pytest.fixture(autouse=True)
def told() -> Iterator[list[Recipient]]:
    """Whom the plan of ``lamp.mended`` names."""
    who: list[Recipient] = []
    with lamp_plan(lambda _event: who):
        yield who


@pytest.mark.parametrize(
    "address", ["/desk/quan-tri/thu/", "/desk/quan-tri/mau-tin/", "/desk/quan-tri/duong-gui/", EDIT]
)
def test_pages_of_administration_are_for_administrators(quan: Client, hoa: Client, address: str) -> None:
    assert quan.get(address).status_code == 200
    assert hoa.get(address).status_code == 403
    assert Client().get(address).status_code == 302


# ── Outbox ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_outbox_tells_what_is_stuck_without_telling_whom(quan: Client) -> None:
    queue_letter("an.nguyen@example.vn", "Mật khẩu", "https://motcua.example/bi-mat", "vi")
    with only_senders(FakeSender(answers=[ConnectorError("550 no such user", permanent=True)])):
        send_due()
        page = quan.get("/desk/quan-tri/thu/").content.decode()
    assert "Địa chỉ không nhận" in page
    assert "550 no such user" in page
    assert "a•••@example.vn" in page
    assert "an.nguyen" not in page
    assert "bi-mat" not in page


@pytest.mark.parametrize(("query", "count"), [
    ("", 2), ("?group=waiting", 1), ("?group=failed", 1), ("?group=held", 0), ("?group=nothing", 2),
    ("?channel=sms", 0), ("?channel=email", 2), ("?case=7", 0), ("?case=x&before=y", 2),
])  # fmt: skip
def test_outbox_is_filtered_by_the_address(quan: Client, query: str, count: int) -> None:
    first = queue_letter("an@example.vn", "Một", "x", "vi")
    queue_letter("binh@example.vn", "Hai", "x", "vi")
    Message.objects.filter(pk=first.pk).update(state="permanent_failure", retry_at=None)
    page = quan.get(f"/desk/quan-tri/thu/{query}").content.decode()
    assert page.count("•••@example.vn") == count


def test_outbox_goes_on_to_the_next_page(quan: Client) -> None:
    for number in range(55):
        queue_letter(f"p{number}@example.vn", "x", "x", "vi")
    page = quan.get("/desk/quan-tri/thu/").content.decode()
    oldest = Message.objects.order_by("-id")[49].pk
    assert f"before={oldest}" in page
    second = quan.get(f"/desk/quan-tri/thu/?before={oldest}").content.decode()
    assert second.count("•••@example.vn") == 5


def test_operator_holds_and_sends_again(quan: Client, hoa: Client) -> None:
    message = queue_letter("an@example.vn", "x", "x", "vi")
    assert hoa.post(f"/desk/quan-tri/thu/{message.pk}/giu/").status_code == 403
    quan.post(f"/desk/quan-tri/thu/{message.pk}/giu/")
    message.refresh_from_db()
    assert message.state == "held"
    quan.post(f"/desk/quan-tri/thu/{message.pk}/gui-lai/")
    message.refresh_from_db()
    assert message.state == "created"
    assert quan.post(f"/desk/quan-tri/thu/{message.pk}/gui-lai/").status_code == 409
    Message.objects.update(state="technical_failure", retry_at=None)
    quan.post("/desk/quan-tri/thu/gui-lai/")
    message.refresh_from_db()
    assert message.retry_at is not None


# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_is_tried_out_before_it_counts(quan: Client) -> None:
    form = {"subject": "Đèn {code}", "body": "Xem {link}", "is_active": "on", "version": "0"}
    page = quan.post(EDIT, {**form, "xem": "1"}).content.decode()
    assert "Đèn DEN-7" in page
    assert "Xem https://motcua.example/p/abc/" in page
    assert not Template.objects.exists()
    assert quan.post(EDIT, form).status_code == 302
    assert Template.objects.get().subject == "Đèn {code}"


@pytest.mark.parametrize("extra", [{}, {"xem": "1"}])
def test_wrong_text_is_shown_with_what_is_wrong(quan: Client, extra: dict[str, str]) -> None:
    answer = quan.post(EDIT, {"subject": "{ten}", "body": "x", "is_active": "on", "version": "0", **extra})
    assert answer.status_code == 422
    assert "Không có {ten}. Dùng được: {code}, {link}." in answer.content.decode()
    assert not Template.objects.exists()
    assert not Event.objects.exists()


def test_text_is_not_markup_on_the_page(quan: Client) -> None:
    quan.post(EDIT, {"subject": "<script>alert(1)</script>", "body": "<b>x</b>", "is_active": "on", "version": "0"})
    for address in (EDIT, "/desk/quan-tri/mau-tin/"):
        page = quan.get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "<b>x</b>" not in page


def test_text_goes_back_to_the_default(quan: Client) -> None:
    quan.post(EDIT, {"subject": "x", "body": "y", "version": "0"})
    assert not Template.objects.get().is_active
    assert quan.post(f"{EDIT}mac-dinh/").status_code == 302
    assert not Template.objects.exists()


def test_text_that_does_not_exist_yet_is_written(quan: Client) -> None:
    chosen = {"event": "lamp.mended", "audience": "follower", "channel": "sms", "language": "vi"}
    address = "/desk/quan-tri/mau-tin/lamp.mended/follower/sms/vi/"
    assert quan.get("/desk/quan-tri/mau-tin/", chosen).headers["Location"] == address
    assert quan.get("/desk/quan-tri/mau-tin/", chosen | {"event": "nothing"}).status_code == 200
    quan.post(address, {"body": "Den {code} da sua.", "is_active": "on", "version": "0"})
    assert Template.objects.get().audience == "follower"


def test_text_of_nothing_is_not_found(quan: Client) -> None:
    assert quan.get("/desk/quan-tri/mau-tin/nothing/reporter/email/vi/").status_code == 404


# ── Connections ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_connections_are_shown_without_their_secrets(quan: Client) -> None:
    with only_senders(FakeSender()):
        page = quan.get("/desk/quan-tri/duong-gui/").content.decode()
        checked = quan.post("/desk/quan-tri/duong-gui/fake/kiem-tra/").content.decode()
    assert "FAKE_PASSWORD" in page
    assert "bi-mat" not in page
    assert "Còn thiếu: FAKE_FROM." in page
    assert "Máy chủ không trả lời." not in page
    assert "Máy chủ không trả lời." in checked
    assert quan.post("/desk/quan-tri/duong-gui/nothing/kiem-tra/").status_code == 404


# ── Notices ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def noticed(city: City, told: list[Recipient]) -> Notice:
    who = reporter(f"officer:{city.hoa.id}", audience="officer", addresses={}, account_id=city.hoa.id, url="/desk/")
    told.append(who)
    plan_messages([record("lamp.mended", actor=SYSTEM)])
    return Notice.objects.get()


def test_officer_reads_their_own_notices(noticed: Notice, hoa: Client, quan: Client) -> None:
    assert "Đèn DEN-7 đã sửa xong." in hoa.get("/desk/thong-bao/").content.decode()
    assert "Đèn DEN-7" not in quan.get("/desk/thong-bao/").content.decode()
    quan.post(f"/desk/thong-bao/{noticed.pk}/da-doc/")
    noticed.refresh_from_db()
    assert noticed.read_at is None
    answer = hoa.post(f"/desk/thong-bao/{noticed.pk}/da-doc/", {"url": "/desk/"})
    assert answer.headers["Location"] == "/desk/"
    noticed.refresh_from_db()
    assert noticed.read_at is not None


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"])
def test_notice_leads_nowhere_outside(noticed: Notice, hoa: Client, url: str) -> None:
    answer = hoa.post(f"/desk/thong-bao/{noticed.pk}/da-doc/", {"url": url})
    assert answer.headers["Location"] == "/desk/thong-bao/"


def test_a_word_is_not_taken_for_a_page(noticed: Notice, hoa: Client) -> None:
    answer = hoa.post(f"/desk/thong-bao/{noticed.pk}/da-doc/", {"url": "home"})
    assert answer.headers["Location"] == "home"
    assert hoa.post(f"/desk/thong-bao/{noticed.pk}/da-doc/", {"url": "no-such-page"}).status_code == 302


def test_all_notices_are_read_at_once(noticed: Notice, hoa: Client) -> None:
    hoa.post("/desk/thong-bao/da-doc/")
    noticed.refresh_from_db()
    assert noticed.read_at is not None


def test_officer_chooses_how_to_be_told(hoa: Client, city: City) -> None:
    hoa.post("/desk/thong-bao/cach-nhan/", {"by": "sms"})
    assert Preference.objects.get(recipient=f"officer:{city.hoa.id}").channels == ["sms"]
    hoa.post("/desk/thong-bao/cach-nhan/", {"by": "pigeon"})
    assert Preference.objects.get().channels == ["sms"]


# ── Receipts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_gateway_tells_that_a_message_arrived(client: Client) -> None:
    message = queue_letter("an@example.vn", "x", "x", "vi")
    Message.objects.update(channel="sms")
    sender = FakeSender(channel="sms", answers=[Sent("ref-1", "sending")], receipts=[Receipt("ref-1", "delivered")])
    with only_senders(sender):
        send_due()
        for _again in range(2):
            answer = client.post("/hooks/sms/fake/", "{}", "application/json", headers={"X-Fake-Signature": "right"})
            assert answer.status_code == 200
        message.refresh_from_db()
        assert message.state == "delivered"


def test_forged_and_unknown_receipts_change_nothing(client: Client) -> None:
    queue_letter("an@example.vn", "x", "x", "vi")
    Message.objects.update(state="sending", retry_at=None, provider="fake", reference="ref-1")
    sender = FakeSender(channel="sms", receipts=[Receipt("ref-2", "delivered")])
    with only_senders(sender):
        right = {"X-Fake-Signature": "right"}
        assert client.post("/hooks/sms/fake/", "{}", "application/json").status_code == 401
        assert client.post("/hooks/sms/fake/", "{}", "application/json", headers=right).status_code == 404
        assert client.post("/hooks/sms/other/", "{}", "application/json", headers=right).status_code == 404
    assert Message.objects.get().state == "sending"
