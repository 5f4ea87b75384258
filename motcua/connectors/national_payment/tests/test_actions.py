"""The national platform: its own fields, its signed word, and a server that refuses, is silent and repeats itself."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from motcua.connectors.national_payment.tests.platform import Platform, platform
from motcua.kernel.identity.models import Account
from motcua.kernel.payments.kind import Outcome, State
from motcua.kernel.payments.models import Attempt, BankFile, Obligation, Payment
from motcua.kernel.payments.queries.obligations import pay_token
from motcua.kernel.payments.tests.samples import FEE, LEVY, WARD_ACCOUNT, Till, build_till, owed
from motcua.lib import moment
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(hours=1)
FIELDS = {
    "MaTraCuuTT", "MaDichVu", "MaDVC", "TenDVC", "MaTTHC", "TenTTHC", "MaDonVi", "TenDonVi", "MaHoSo", "PhiLePhi",
    "TKThuHuong", "MaNHThuHuong", "TenTKThuHuong", "MaLoaiHinhThuPhat", "NoiDungThanhToan", "HoTenNguoiNop",
    "SoCMNDNguoiNop", "DiaChiNguoiNop", "HuyenNguoiNop", "TinhNguoiNop", "DSKhoanNop",
}  # fmt: skip


@pytest.fixture
def till(city: City) -> Till:
    return build_till(city)


@pytest.fixture
def nation(settings: Settings) -> Iterator[Platform]:
    with platform() as served:
        values = {"url": served.url, "secret": served.secret, "service": "DV01", "kind": "LP", "timeout": "0.5"}
        own = settings.CONNECTORS["national_payment"] | values
        settings.CONNECTORS = settings.CONNECTORS | {"national_payment": own}
        yield served


def start(obligation: Obligation) -> Any:
    with moment.at(NOW):
        return Client().post(f"/thanh-toan/{pay_token(obligation.pk)}/cong/national/")


def tell(nation: Platform, request_id: str, **changes: Any) -> Any:
    body, headers = nation.word(request_id, timestamp=int(NOW.timestamp()), **changes)
    with moment.at(NOW):
        return Client(headers=headers).post("/hooks/payments/national/", body, content_type="application/json")


def test_it_works(till: Till, nation: Platform) -> None:
    obligation = owed(till, LEVY, FEE)
    assert start(obligation).status_code == 302
    ((request_id, asked),) = nation.requests.items()
    assert asked.keys() >= FIELDS
    assert request_id == f"{obligation.case.code}20261116090000"
    assert [line["SoTien"] for line in asked["PhiLePhi"]] == ["50000", "30000"]
    assert asked["UrlBack"].endswith(f"/theo-doi/?code={obligation.case.code}")  # no link to pay goes with it
    assert asked["DSKhoanNop"][0]["SoTien"] == "80000"
    assert (asked["TKThuHuong"], asked["MaNHThuHuong"]) == (WARD_ACCOUNT, "970403")
    assert (asked["HoTenNguoiNop"], asked["HuyenNguoiNop"]) == ("Nguyễn Văn An", "")
    page = Client().get(f"/thanh-toan/{pay_token(obligation.pk)}/").content.decode()
    assert f"{nation.pages}/{request_id}" in page
    answer = tell(nation, request_id)
    assert (answer.status_code, answer.json()["MaLoi"]) == (200, "00")
    obligation.refresh_from_db()
    assert (obligation.state, obligation.paid_amount) == (State.PAID, 80_000)
    assert Payment.objects.get().means == "gateway"
    assert Attempt.objects.get().state == "confirmed"


def test_the_platform_repeats_itself(till: Till, nation: Platform) -> None:
    obligation = owed(till)
    start(obligation)
    request_id = Attempt.objects.get().request_id
    for _ in range(3):
        assert tell(nation, request_id).status_code == 200
    obligation.refresh_from_db()
    assert (Payment.objects.count(), obligation.paid_amount) == (1, 50_000)


@pytest.mark.parametrize("fate", ["silent", "broken", "busy"])
def test_a_platform_in_trouble_is_asked_again_with_the_same_request(till: Till, nation: Platform, fate: str) -> None:
    obligation = owed(till)
    nation.fails = [fate, fate]
    for _ in range(2):
        assert start(obligation).status_code == 503
    assert Attempt.objects.get().state == "started"
    assert start(obligation).status_code == 302
    assert (nation.asked, len(nation.requests), Attempt.objects.count()) == (3, 1, 1)


def test_a_platform_that_refuses_gets_a_new_request(till: Till, nation: Platform) -> None:
    obligation = owed(till)
    nation.fails = ["refuse"]
    assert start(obligation).status_code == 503
    failed = Attempt.objects.get()
    assert (failed.state, "Don vi chua dang ky" in failed.error) == ("failed", True)
    assert start(obligation).status_code == 302
    assert Attempt.objects.latest("id").request_id != failed.request_id


def test_our_signature_is_checked(till: Till, nation: Platform) -> None:
    nation.secret = "da-doi"
    assert start(owed(till)).status_code == 503
    assert "401" in Attempt.objects.get().error


def test_a_forged_word_moves_nothing(till: Till, nation: Platform) -> None:
    obligation = owed(till)
    start(obligation)
    nation.secret = "gia-mao"
    assert tell(nation, Attempt.objects.get().request_id).status_code == 401
    obligation.refresh_from_db()
    assert obligation.state == State.DUE
    assert not Payment.objects.exists()


def test_given_up_by_the_person(till: Till, nation: Platform) -> None:
    obligation = owed(till)
    start(obligation)
    request_id = Attempt.objects.get().request_id
    assert tell(nation, request_id, paid=False).status_code == 200
    assert Attempt.objects.get().state == "failed"
    assert not Payment.objects.exists()
    assert start(obligation).status_code == 302
    assert Attempt.objects.count() == 2


def test_a_request_that_nobody_made_waits_for_a_clerk(till: Till, nation: Platform) -> None:
    assert tell(nation, "HS-LA-1", SoTien="50000", TKThuHuong=WARD_ACCOUNT).status_code == 200
    payment = Payment.objects.get()
    assert (payment.outcome, payment.is_open) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize("text", ["\0", "\ud83d"])
def test_what_cannot_be_stored_holds_up_no_word(till: Till, nation: Platform, text: str) -> None:
    obligation = owed(till)
    start(obligation)
    request_id = Attempt.objects.get().request_id
    assert tell(nation, request_id, paid=False, MoTa=f"huy {text}").status_code == 200
    assert tell(nation, request_id, HoTenNguoiNop=f"An {text}", NoiDungThanhToan=text).status_code == 200
    obligation.refresh_from_db()
    assert obligation.state == State.PAID


@pytest.mark.parametrize("changes", [{"SoTien": "năm"}, {"ThoiGianGD": "?"}, {"DSGiaoDich": 5}])
def test_a_word_that_is_not_understood(till: Till, nation: Platform, changes: dict[str, Any]) -> None:
    assert tell(nation, "HS-1", **changes).status_code == 422
    assert not Payment.objects.exists()


def test_paid_there_and_by_transfer_is_seen(till: Till, nation: Platform) -> None:
    from motcua.kernel.payments.actions import take_in
    from motcua.kernel.payments.tests.samples import money_for

    obligation = owed(till)
    start(obligation)
    take_in(money_for(obligation))
    tell(nation, Attempt.objects.get().request_id)
    assert Payment.objects.latest("id").outcome == Outcome.DOUBLE


def test_the_list_of_the_day_brings_what_was_not_told(till: Till, nation: Platform) -> None:
    obligation = owed(till)
    start(obligation)
    request_id = Attempt.objects.get().request_id
    content = (
        "MaTraCuuTT,SoTien,ThoiGianGD,TrangThai,TKThuHuong\n"
        f"{request_id},50000,16/11/2026 09:00:00,1,{WARD_ACCOUNT}\n"
        f"HS-HUY,70000,16/11/2026 09:00:00,2,{WARD_ACCOUNT}\n"
    )
    nga = Client()
    nga.force_login(Account.objects.get(pk=till.nga.id or 0))
    form = {"source": "national", "account": WARD_ACCOUNT, "day": "2026-11-16"}
    file = SimpleUploadedFile("ngay.csv", content.encode())
    assert nga.post("/desk/thu-phi/doi-soat/", {**form, "file": file}).status_code == 302
    obligation.refresh_from_db()
    assert obligation.state == State.PAID
    assert (BankFile.objects.get().rows, BankFile.objects.get().taken_in) == (1, 1)
    assert tell(nation, request_id).status_code == 200
    assert Payment.objects.count() == 1


def test_the_check_asks_the_platform(nation: Platform, settings: Settings) -> None:
    from motcua.connectors.national_payment.actions import NationalGateway

    gateway = NationalGateway()
    assert gateway.is_configured()
    assert "http" in gateway.check().words  # it answers, but not by https
    nation.stop.set()
    own = settings.CONNECTORS["national_payment"] | {"url": "http://127.0.0.1:9/"}
    settings.CONNECTORS = settings.CONNECTORS | {"national_payment": own}
    assert not gateway.check().is_well


@pytest.mark.django_db(transaction=True)
def test_its_word_four_times_at_once(till: Till, nation: Platform) -> None:
    """Four times its word over HTTP at the same moment: the request pays once."""
    obligation = owed(till)
    start(obligation)
    request_id = Attempt.objects.get().request_id
    answers: list[int] = []

    def run() -> None:
        try:
            answers.append(tell(nation, request_id).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [200] * 4
    obligation.refresh_from_db()
    assert (Payment.objects.count(), obligation.paid_amount, obligation.state) == (1, 50_000, State.PAID)
