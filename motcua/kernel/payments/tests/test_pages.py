"""The pages: for whoever pays, for clerks, and the door by which banks tell."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils.functional import Promise

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.models import Access
from motcua.kernel.messages.ports import Health, Option
from motcua.kernel.payments import ports
from motcua.kernel.payments.actions import approve_refund, ask_refund, cancel_obligation, record_cash, take_in
from motcua.kernel.payments.kind import BankAccount, Incoming, Line, State
from motcua.kernel.payments.models import Attempt, Obligation, Payment, Receipt, Refund, SourceState
from motcua.kernel.payments.ports import Order, Sealed
from motcua.kernel.payments.queries.obligations import pay_token, sealed
from motcua.kernel.payments.queries.papers import receipt_xml
from motcua.kernel.payments.queries.paying import transfer_of
from motcua.kernel.payments.tasks import make_receipts
from motcua.kernel.payments.tests.samples import LEVY, PROVINCE_ACCOUNT, WARD_ACCOUNT, Till, as_, money_for, owed
from motcua.kernel.signing.actions import NewKey, add_root, add_software_key
from motcua.kernel.signing.queries import verify
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.pdfsign.authority import Authority
from motcua.lib.vietqr import parse

pytestmark = pytest.mark.django_db
TO = BankAccount("970403", "0011223344", "NGUYEN VAN AN")


def address(obligation: Obligation, more: str = "") -> str:
    return f"/thanh-toan/{pay_token(obligation.pk)}/{more}"


# ── Whoever pays ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_for_how_much_and_where_to(client: Client, till: Till) -> None:
    obligation = owed(till)
    page = client.get(address(obligation))
    text = page.content.decode()
    for words in ("Lệ phí đăng ký", "50.000 đ", "Năm mươi nghìn đồng", obligation.reference, WARD_ACCOUNT, "<svg"):
        assert words in text
    assert "Mức thu cố định: 50.000 đ" in text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "Nguyễn Văn An" not in text


def test_the_code_pays_what_is_missing(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation, 20_000))
    obligation.refresh_from_db()
    transfer = transfer_of(obligation)
    assert transfer is not None
    found = parse(transfer.text()).transfer()
    assert (found.account, found.amount, found.purpose) == (WARD_ACCOUNT, 30_000, obligation.reference)
    assert found.is_dynamic


def test_in_english(till: Till) -> None:
    page = Client(headers={"accept-language": "en"}).get(address(owed(till))).content.decode()
    assert "Registration levy" in page
    assert "VND 50,000" in page


def test_the_people_of_the_case_find_their_way_back_to_it(client: Client, till: Till) -> None:
    """Whoever pays for them has the link to pay alone."""
    obligation = owed(till)
    back = f'href="{KINDS[obligation.case.kind].public_url(obligation.case.code)}"'
    assert back not in client.get(address(obligation)).content.decode()
    client.get(f"/p/{party_token(Party.objects.get(case_id=obligation.case_id))}/")
    assert back in client.get(address(obligation)).content.decode()


def test_the_page_changes_when_the_money_is_there(client: Client, till: Till) -> None:
    obligation = owed(till)
    waiting = client.get(address(obligation, "trang-thai/?lan=3")).content.decode()
    assert 'hx-trigger="every 3s"' in waiting
    assert "lan=4" in waiting
    assert 'hx-trigger="every 30s"' in client.get(address(obligation, "trang-thai/?lan=300")).content.decode()
    take_in(money_for(obligation))
    make_receipts()
    settled = client.get(address(obligation, "trang-thai/?lan=4")).content.decode()
    assert "Đã nhận đủ" in settled
    assert '<span class="num nowrap">50.000 đ</span>' in settled, "the receipt's amount breaks on no narrow phone"
    assert "hx-get" not in settled
    assert WARD_ACCOUNT not in settled


def test_the_receipt_is_a_pdf_for_whoever_has_the_link(client: Client, till: Till) -> None:
    obligation, other = owed(till), owed(till)
    take_in(money_for(obligation))
    receipt = Receipt.objects.get()
    assert client.get(address(obligation, f"bien-lai/{receipt.pk}/")).status_code == 409
    assert make_receipts() == 1
    assert make_receipts() == 0
    page = client.get(address(obligation, f"bien-lai/{receipt.pk}/"))
    assert page.content.startswith(b"%PDF-")
    assert client.get(address(other, f"bien-lai/{receipt.pk}/")).status_code == 404


@pytest.mark.parametrize("token", ["1", "1.", "1.x", "x.y", "1.Zx3", "9" * 30 + ".x", "١.x"])
def test_no_other_link_opens_it(client: Client, till: Till, token: str) -> None:
    owed(till)
    for more in ("", "trang-thai/", "bien-lai/1/"):
        assert client.get(f"/thanh-toan/{token}/{more}").status_code == 404


def test_a_link_of_one_opens_no_other(client: Client, till: Till) -> None:
    one, two = owed(till), owed(till)
    proof = pay_token(one.pk).partition(".")[2]
    assert client.get(f"/thanh-toan/{two.pk}.{proof}/").status_code == 404


def test_what_is_no_longer_owed_shows_no_code(client: Client, till: Till) -> None:
    obligation = owed(till)
    cancel_obligation(obligation.pk, actor=till.nga, reason="Rút hồ sơ")
    text = client.get(address(obligation)).content.decode()
    assert "Đừng chuyển tiền" in text
    assert WARD_ACCOUNT not in text
    exempt = owed(till, Line("x", "X", "le_phi", 0))
    assert "không phải nộp" in client.get(address(exempt)).content.decode()


def test_money_that_is_too_much_is_said(client: Client, till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation, 60_000))
    assert "giữ thừa 10.000 đ" in client.get(address(obligation)).content.decode()


# ── Receipts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_receipt_is_signed_with_the_seal_of_the_ward(till: Till) -> None:
    authority = Authority.make("CA Thử", at=moment.now() - timedelta(days=2))
    add_root(authority.pem, actor=SYSTEM)
    since = moment.now() - timedelta(days=1)
    issued = authority.issue("UBND Phường Một", organisation="UBND", at=since, until=since + timedelta(days=300))
    new = NewKey("Dấu Phường Một", unit_id=till.city.ward_one.id)
    add_software_key(new, issued.pkcs12("mat-khau"), "mat-khau", actor=SYSTEM)
    take_in(money_for(owed(till)))
    assert make_receipts() == 1
    receipt = Receipt.objects.get()
    assert receipt.is_signed
    assert receipt.file_id is not None
    shown = as_(till.nga).get("/desk/ky-so/").content.decode()  # called as people call it, not by its file
    assert f"Biên lai {receipt.series.symbol} {receipt.shown_number}" in shown
    assert "bien-lai-" not in shown
    content = content_of(receipt.file_id)
    assert verify(content).verdict == "good"
    assert verify(content.replace(b"/Sig", b"/Sug", 1)).verdict != "good"
    if folder := os.environ.get("SHOTS"):
        Path(folder, "receipt.pdf").write_bytes(content)
    assert make_receipts() == 0


def test_a_key_that_does_not_answer_is_asked_again(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(make: object, **about: object) -> None:
        raise ConnectorError("the token is not plugged in")

    monkeypatch.setattr(ports.receipt_signer, "_callee", refuse)
    take_in(money_for(owed(till)))
    assert make_receipts() == 0
    receipt = Receipt.objects.get()
    assert (receipt.file_id, receipt.attempts, receipt.error) == (None, 1, "the token is not plugged in")
    monkeypatch.setattr(ports.receipt_signer, "_callee", lambda make, **about: Sealed(None))
    with moment.at(moment.now() + timedelta(minutes=1)):
        assert make_receipts() == 0  # on its way: no failure
    monkeypatch.setattr(ports.receipt_signer, "_callee", None)
    with moment.at(moment.now() + timedelta(minutes=1)):
        assert make_receipts() == 1
    receipt.refresh_from_db()
    assert (receipt.error, receipt.is_signed, receipt.attempts) == ("", False, 1)


def test_the_receipt_as_data(till: Till) -> None:
    take_in(money_for(owed(till)))
    text = receipt_xml(Receipt.objects.get()).decode()
    for words in (
        "<So>0000001</So>",
        "<TongTien>50000</TongTien>",
        "Năm mươi nghìn đồng",
        "Nguyễn Văn An",
        "5800000001",
    ):
        assert words in text


# ── Clerks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

LISTS = ["", "cho-nop/", "khoan/", "hoan-tien/", "bien-lai/", "doi-soat/"]


@pytest.mark.parametrize("page", LISTS)
def test_lists_are_for_clerks(till: Till, page: str) -> None:
    assert as_(till.nga).get(f"/desk/thu-phi/{page}").status_code == 200
    assert as_(till.city.quan).get(f"/desk/thu-phi/{page}").status_code == 403
    assert Client().get(f"/desk/thu-phi/{page}").status_code == 302


def test_clerks_see_the_money_of_their_place_only(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation, 20_000))
    take_in(money_for(None))
    take_in(money_for(None, account=PROVINCE_ACCOUNT, amount=70_000))
    mine, theirs, all_ = (as_(who) for who in (till.nga, till.dung, till.phuc))
    assert obligation.reference in mine.get("/desk/thu-phi/cho-nop/").content.decode()
    assert obligation.reference not in theirs.get("/desk/thu-phi/cho-nop/").content.decode()
    assert "50.000" in mine.get("/desk/thu-phi/").content.decode()
    assert "70.000" not in mine.get("/desk/thu-phi/").content.decode()
    assert "50.000" not in theirs.get("/desk/thu-phi/").content.decode()
    assert "70.000" in all_.get("/desk/thu-phi/").content.decode()
    payment = Payment.objects.earliest("id")
    for path in (f"khoan/{obligation.pk}/", f"tien/{payment.pk}/"):
        assert mine.get(f"/desk/thu-phi/{path}").status_code == 200
        assert theirs.get(f"/desk/thu-phi/{path}").status_code == 404


def test_cash_at_the_counter(till: Till) -> None:
    obligation = owed(till)
    nga = as_(till.nga)
    page = nga.get(f"/desk/thu-phi/khoan/{obligation.pk}/").content.decode()
    nonce = page.split('name="nonce" value="')[1].split('"')[0]
    form = {"amount": "50.000 đ", "means": "cash", "slip": "", "nonce": nonce}
    for _ in range(2):
        assert nga.post(f"/desk/thu-phi/khoan/{obligation.pk}/thu/", form).status_code == 302
    obligation.refresh_from_db()
    assert (obligation.state, obligation.paid_amount) == (State.PAID, 50_000)
    wrong = nga.post(f"/desk/thu-phi/khoan/{obligation.pk}/thu/", {**form, "nonce": "other"})
    assert wrong.status_code == 422
    assert as_(till.dung).post(f"/desk/thu-phi/khoan/{obligation.pk}/thu/", form).status_code == 404


def test_the_page_of_a_charge_is_in_the_reader_s_language_and_leads_to_its_case(till: Till) -> None:
    obligation = owed(till)
    nga = as_(till.nga)
    path = f"/desk/thu-phi/khoan/{obligation.pk}/"
    assert f'<a href="{KINDS[obligation.case.kind].desk_url(obligation.case_id)}">' in nga.get(path).content.decode()
    nga.cookies["motcua_language"] = "en"
    page = nga.get(path).content.decode()
    assert "Registration levy" in page
    assert 'value="VND 50,000"' in page
    assert "Registration levy" in nga.get("/desk/thu-phi/khoan/").content.decode()
    wrong = nga.post(f"{path}thu/", {"amount": "năm mươi", "means": "cash", "nonce": "n"}).content.decode()
    assert "Không đọc được" not in wrong
    assert 'value="năm mươi"' in wrong
    obligation.refresh_from_db()
    assert obligation.paid_amount == 0


def test_cancelling_on_the_page(till: Till) -> None:
    obligation = owed(till)
    nga = as_(till.nga)
    path = f"/desk/thu-phi/khoan/{obligation.pk}/thoi-thu/"
    assert nga.post(path, {"cancel-reason": ""}).status_code == 422
    assert as_(till.dung).post(path, {"cancel-reason": "x"}).status_code == 404
    obligation.refresh_from_db()
    assert obligation.cancelled_at is None
    assert nga.post(path, {"cancel-reason": "Rút hồ sơ"}).status_code == 302
    obligation.refresh_from_db()
    assert obligation.state == State.CANCELLED


def test_a_payment_shows_the_number_of_its_bank_and_none_of_ours(till: Till) -> None:
    transfer = Payment.objects.get(pk=take_in(money_for(None)).payment_id)
    record_cash(owed(till).pk, actor=till.nga, amount=50_000, nonce="abc")
    cash = Payment.objects.latest("id")
    shown = [as_(till.nga).get(f"/desk/thu-phi/tien/{one.pk}/").content.decode() for one in (transfer, cash)]
    _source, _, number = transfer.bank_id.partition(":")
    assert f'<dd class="code">{number}</dd>' in shown[0]
    assert transfer.bank_id not in shown[0]
    assert cash.bank_id not in shown[1]
    assert "Mã giao dịch" not in shown[1]
    noted = list(Access.objects.filter(action="payment.read").order_by("id").values_list("reason", flat=True))
    assert noted == [number, Obligation.objects.latest("id").reference]


def test_matching_with_a_suggestion(till: Till) -> None:
    obligation = owed(till)
    owed(till, Line("x", "Khác", "phi", 77_000))
    taken = take_in(money_for(None, purpose="nop tien cap phep"))
    nga = as_(till.nga)
    page = nga.get(f"/desk/thu-phi/tien/{taken.payment_id}/").content.decode()
    assert obligation.reference in page
    assert "nop tien cap phep" in page
    assert Access.objects.filter(action="payment.read", actor=till.nga.key).exists()
    path = f"/desk/thu-phi/tien/{taken.payment_id}/khop/"
    assert nga.post(path, {"reference": "MC00000000000"}).status_code == 422
    assert nga.post(path, {"reference": obligation.reference.lower()}).status_code == 302
    obligation.refresh_from_db()
    assert obligation.state == State.PAID


def test_matching_by_the_code_of_the_case(till: Till) -> None:
    obligation = owed(till)
    taken = take_in(money_for(None))
    form = {"reference": obligation.case.code}
    assert as_(till.nga).post(f"/desk/thu-phi/tien/{taken.payment_id}/khop/", form).status_code == 302
    assert Payment.objects.get().obligation_id == obligation.pk


def test_a_refund_on_the_pages(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation))
    payment_id = take_in(money_for(obligation)).payment_id
    base = f"/desk/thu-phi/tien/{payment_id}/"
    nga, minh = as_(till.nga), as_(till.minh)
    form = {"refund-amount": "50.000", "refund-reason": "Nộp hai lần", "refund-means": "bank",
            "refund-bank": "Ngân hàng Thử", "refund-account": "0011223344", "refund-name": "NGUYEN VAN AN"}  # fmt: skip
    assert nga.post(f"{base}hoan/", form | {"refund-account": ""}).status_code == 422
    without = nga.post(f"{base}hoan/", form | {"refund-bank": ""})
    assert (without.status_code, Refund.objects.count()) == (422, 0)
    assert "Ghi ngân hàng nhận" in without.content.decode()
    assert 'value="NGUYEN VAN AN"' in without.content.decode()  # what was typed stays
    assert nga.post(f"{base}hoan/", form).status_code == 302
    refund = Refund.objects.get()
    assert nga.post(f"{base}hoan/{refund.pk}/duyet/").status_code == 403
    assert "Duyệt hoàn" in minh.get(base).content.decode()
    assert minh.post(f"{base}hoan/{refund.pk}/duyet/").status_code == 302
    assert nga.post(f"{base}hoan/{refund.pk}/da-chi/", {f"pay{refund.pk}-bank_id": ""}).status_code == 422
    assert nga.post(f"{base}hoan/{refund.pk}/da-chi/", {f"pay{refund.pk}-bank_id": "FT1"}).status_code == 302
    refund.refresh_from_db()
    assert refund.state == "paid"
    assert f"/desk/thu-phi/tien/{payment_id}/" not in nga.get("/desk/thu-phi/").content.decode()


def test_the_bank_is_asked_for_where_nobody_named_it(till: Till) -> None:
    """A refund that began by itself, or before the bank was asked for."""
    payment_id = take_in(money_for(None)).payment_id
    refund = ask_refund(payment_id, actor=till.nga, reason="Nhầm", to=TO)
    Refund.objects.update(to_sealed=sealed(asdict(BankAccount(account="0011223344", name="BUI MINH"))))
    approve_refund(refund.pk, actor=till.minh)
    nga, base, pay = as_(till.nga), f"/desk/thu-phi/tien/{payment_id}/", f"pay{refund.pk}"
    shown = nga.get(base).content.decode()
    assert f'name="{pay}-bank"' in shown
    assert "chưa biết ngân hàng nào" in shown
    answer = nga.post(f"{base}hoan/{refund.pk}/da-chi/", {f"{pay}-bank_id": "FT1"})
    assert (answer.status_code, Refund.objects.get().state) == (422, "approved")
    assert 'value="FT1"' in answer.content.decode()
    sent = {f"{pay}-bank_id": "FT1", f"{pay}-bank": "Ngân hàng Thử"}
    assert nga.post(f"{base}hoan/{refund.pk}/da-chi/", sent).status_code == 302
    assert Refund.objects.get().state == "paid"
    shown = nga.get(base).content.decode()
    assert "Ngân hàng Thử" in shown
    assert "chưa biết ngân hàng nào" not in shown


def test_refusing_a_refund_on_the_page(till: Till) -> None:
    payment_id = take_in(money_for(None)).payment_id
    refund = ask_refund(payment_id, actor=till.nga, reason="Nhầm", to=TO)
    path = f"/desk/thu-phi/tien/{payment_id}/hoan/{refund.pk}/khong-duyet/"
    assert as_(till.minh).post(path, {}).status_code == 422
    assert as_(till.minh).post(path, {f"refuse{refund.pk}-reason": "Thiếu giấy"}).status_code == 302
    with pytest.raises(Refused, match="wrong_state"):
        approve_refund(refund.pk, actor=till.minh)


def test_replacing_a_receipt_on_the_page(till: Till) -> None:
    take_in(money_for(owed(till)))
    receipt = Receipt.objects.get()
    path = f"/desk/thu-phi/bien-lai/{receipt.pk}/thay/"
    nga = as_(till.nga)
    assert "Nguyễn Văn An" in nga.get(path).content.decode()
    assert path in nga.get("/desk/thu-phi/bien-lai/").content.decode()
    for more in ("", "bien-lai/"):  # who reads only is not led to a closed door
        assert path not in as_(till.minh).get(f"/desk/thu-phi/{more}").content.decode()
    assert as_(till.minh).get(path).status_code == 403
    assert nga.post(path, {"name": "", "reason": "x"}).status_code == 422
    assert nga.post(path, {"name": "Nguyễn Thị An", "reason": "Sai tên"}).status_code == 302
    assert Receipt.objects.count() == 2
    make_receipts()
    assert nga.get(f"/desk/thu-phi/bien-lai/{receipt.pk}/pdf/").content.startswith(b"%PDF-")
    assert b"<BienLai>" in nga.get(f"/desk/thu-phi/bien-lai/{receipt.pk}/xml/").content
    for more in ("thay/", "pdf/", "xml/"):
        assert as_(till.dung).get(f"/desk/thu-phi/bien-lai/{receipt.pk}/{more}").status_code == 404


# ── Sources and gateways ────────────────────────────────────────────────────────────────────────────────────────────


class FakeGateway:
    name = "thu"
    label: str | Promise = "Cổng thử"

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.error: ConnectorError | None = None
        self.tellings: Sequence[Incoming] = ()

    def is_configured(self) -> bool:
        return True

    def options(self) -> Sequence[Option]:
        return (Option("THU_KEY", "Khóa", "bi-mat", is_secret=True),)

    def check(self) -> Health:
        return Health(False, "Cổng không trả lời.")

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        if body == b"forged":
            raise Refused("bad_signature", "Chữ ký sai.")
        return self.tellings

    def answer(self, taken: int) -> Mapping[str, object]:
        return {"ok": taken}

    def start(self, order: Order) -> str:
        if self.error:
            raise self.error
        self.orders.append(order)
        return f"https://cong.example.vn/{order.request_id}"


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()
    ports.register_gateway(fake)
    yield fake
    del ports.SOURCES["thu"], ports.GATEWAYS["thu"]


def test_sent_to_a_gateway_once(client: Client, till: Till, gateway: FakeGateway) -> None:
    obligation = owed(till)
    for _ in range(3):
        assert client.post(address(obligation, "cong/thu/")).status_code == 302
    (order,) = gateway.orders
    assert (order.amount, order.reference, order.payer.name) == (50_000, obligation.reference, "Nguyễn Văn An")
    assert order.request_id.startswith(obligation.case.code)
    assert f"https://cong.example.vn/{order.request_id}" in client.get(address(obligation)).content.decode()


def test_a_gateway_that_fails_is_asked_again_with_the_same_request(
    client: Client, till: Till, gateway: FakeGateway
) -> None:
    obligation = owed(till)
    gateway.error = ConnectorError("timeout")
    assert client.post(address(obligation, "cong/thu/")).status_code == 503
    first = Attempt.objects.get()
    assert (first.state, first.error) == ("started", "timeout")
    gateway.error = None
    assert client.post(address(obligation, "cong/thu/")).status_code == 302
    assert gateway.orders[0].request_id == first.request_id
    assert Attempt.objects.count() == 1


def test_nothing_is_started_for_what_is_paid(client: Client, till: Till, gateway: FakeGateway) -> None:
    obligation = owed(till)
    take_in(money_for(obligation))
    assert client.post(address(obligation, "cong/thu/")).status_code == 409
    assert client.post(address(obligation, "cong/khac/")).status_code == 404
    assert gateway.orders == []


def test_the_door_takes_in_and_notes_how_it_fares(client: Client, till: Till, gateway: FakeGateway) -> None:
    obligation = owed(till)
    gateway.tellings = [money_for(obligation, source="thu"), money_for(None, source="thu")]
    for _ in range(2):
        answer = client.post("/hooks/payments/thu/", b"{}", content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"ok": 2})
    assert Payment.objects.count() == 2
    assert client.post("/hooks/payments/thu/", b"forged", content_type="application/json").status_code == 401
    assert client.post("/hooks/payments/khac/", b"{}", content_type="application/json").status_code == 404
    state = SourceState.objects.get()
    assert state.heard_at is not None
    assert (state.refused, "bad_signature" in state.error) == (1, True)


def test_one_wrong_telling_does_not_hold_up_the_others(client: Client, till: Till, gateway: FakeGateway) -> None:
    obligation = owed(till)
    take_in(money_for(None, bank_id="FT1", source="thu"))
    gateway.tellings = [money_for(None, 7, bank_id="FT1", source="thu"), money_for(obligation, source="thu")]
    assert client.post("/hooks/payments/thu/", b"{}", content_type="application/json").status_code == 409
    obligation.refresh_from_db()
    assert obligation.state == State.PAID
    assert SourceState.objects.get().refused == 1


def test_the_page_of_sources_shows_no_secret(till: Till, gateway: FakeGateway) -> None:
    quan = as_(till.city.quan)
    page = quan.get("/desk/thu-phi/duong-bao/").content.decode()
    assert "Cổng thử" in page
    assert "bi-mat" not in page
    assert "Cổng không trả lời." in quan.post("/desk/thu-phi/duong-bao/thu/kiem-tra/").content.decode()
    assert as_(till.nga).get("/desk/thu-phi/duong-bao/").status_code == 403


def test_the_levy_of_the_samples_is_the_one_shown(till: Till) -> None:
    assert [Line.from_json(line) for line in owed(till).lines] == [LEVY]
