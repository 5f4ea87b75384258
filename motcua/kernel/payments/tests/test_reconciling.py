"""The bank's list of a day against what we were told."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.kernel.payments.actions import take_in
from motcua.kernel.payments.kind import State
from motcua.kernel.payments.models import BankFile, Payment
from motcua.kernel.payments.queries.bankfiles import read_bank_file
from motcua.kernel.payments.tests.samples import PROVINCE_ACCOUNT, WARD_ACCOUNT, Till, as_, money_for, owed
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db


def bank_csv(*rows: tuple[str, int, str]) -> bytes:
    lines = [f"{number};16/11/2026 09:00:00;{amount};{purpose}" for number, amount, purpose in rows]
    return "\n".join(["Mã giao dịch;Thời gian;Số tiền ghi có;Nội dung", *lines]).encode()


def send(client: Client, content: bytes, **changes: str) -> int:
    form = {"source": "bank", "account": WARD_ACCOUNT, "day": "2026-11-16", **changes}
    file = SimpleUploadedFile("ngay.csv", content)
    return client.post("/desk/thu-phi/doi-soat/", {**form, "file": file}).status_code


def test_the_days_list_is_compared(till: Till) -> None:
    known, unheard, other = owed(till), owed(till), owed(till)
    take_in(money_for(known, bank_id="FT1", at=MONDAY + timedelta(hours=1)))
    take_in(money_for(other, bank_id="FT2", at=MONDAY + timedelta(hours=1)))
    take_in(money_for(None, 9_000, bank_id="FT9", at=MONDAY + timedelta(hours=2)))
    content = bank_csv(("FT1", 50_000, known.reference), ("FT2", 60_000, "x"), ("FT3", 50_000, unheard.reference))
    assert send(as_(till.nga), content) == 302
    file = BankFile.objects.get()
    found = {(row["bank_id"], row["kind"]) for row in file.differences}
    assert found == {("FT2", "other_amount"), ("FT3", "taken_in"), ("FT9", "not_theirs")}
    unheard.refresh_from_db()
    assert (unheard.state, file.rows, file.total, file.taken_in) == (State.PAID, 3, 160_000, 1)
    page = as_(till.nga).get(f"/desk/thu-phi/doi-soat/{file.pk}/").content.decode()
    assert "FT9" in page
    assert "Chưa được báo, vừa ghi nhận" in page
    assert send(as_(till.nga), content) == 302
    assert BankFile.objects.count() == 1
    assert Payment.objects.count() == 4


def test_a_list_tells_nothing_of_the_money_of_another_till(till: Till) -> None:
    """A number that came to somebody else's account: neither how much it was, nor whether the list guessed it."""
    take_in(money_for(None, 70_000, bank_id="FT7", account=PROVINCE_ACCOUNT, at=MONDAY + timedelta(hours=1)))
    for guess in (70_000, 60_000):
        assert send(as_(till.nga), bank_csv(("FT7", guess, "x"))) == 302
        (found,) = BankFile.objects.latest("id").differences
        assert found == {
            "kind": "other_day", "bank_id": "FT7", "theirs": guess, "ours": None, "payment_id": None,
        }  # fmt: skip
    assert Payment.objects.count() == 1


def test_what_cannot_be_stored_is_left_out_of_a_list(till: Till) -> None:
    assert send(as_(till.nga), bank_csv(("FT1\0", 50_000, "x\0"))) == 302
    assert Payment.objects.get().bank_id == "bank:FT1"


def test_closing_a_day_with_differences_says_what_they_were(till: Till) -> None:
    take_in(money_for(None, bank_id="FT9", at=MONDAY + timedelta(hours=2)))
    nga = as_(till.nga)
    assert send(nga, bank_csv()) == 302
    path = f"/desk/thu-phi/doi-soat/{BankFile.objects.get().pk}/chot/"
    assert nga.post(path, {"note": ""}).status_code == 422
    assert as_(till.dung).post(path, {"note": "x"}).status_code == 404
    assert nga.post(path, {"note": "Ngân hàng báo nhầm, đã xác nhận"}).status_code == 302
    assert BankFile.objects.get().closed_at is not None
    assert nga.post(path, {"note": "lại"}).status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        b"",
        "cột\nx".encode(),
        "Mã giao dịch;Thời gian;Số tiền\nFT1;16/11/2026;abc".encode(),
        "Mã giao dịch;Thời gian;Số tiền\nFT1;hôm qua;5000".encode(),
        "Mã giao dịch;Thời gian;Số tiền\nFT1;17/11/2026;5000".encode(),  # another day
        "Mã giao dịch;Thời gian;Số tiền\n;16/11/2026;5000".encode(),
        "Mã giao dịch;Thời gian;Số tiền\nFT1;16/11/2026;5000\nFT1;16/11/2026;5000".encode(),
        "Mã giao dịch;Thời gian;Số tiền;Tài khoản\nFT1;16/11/2026;5000;999".encode(),
        "Mã".encode("utf-16"),
    ],
)
def test_a_list_that_is_not_understood_changes_nothing(till: Till, content: bytes) -> None:
    assert send(as_(till.nga), content) == 422
    assert not BankFile.objects.exists()
    assert not Payment.objects.exists()


@pytest.mark.parametrize("cells", ["16/11/2026;abc", "hôm qua;5000"])
def test_what_cannot_be_read_is_shown_as_it_stands_with_what_to_write(till: Till, cells: str) -> None:
    content = f"Mã giao dịch;Thời gian;Số tiền\nFT1;{cells}".encode()
    with pytest.raises(Refused) as refused:
        read_bank_file(content, source="bank", account=WARD_ACCOUNT)
    unread = next(cell for cell in cells.split(";") if not cell[0].isdigit())
    assert refused.value.message.startswith("Dòng 2: không đọc được")
    assert f"“{unread}”. Viết như" in refused.value.message


def test_a_missing_column_is_called_as_its_title(till: Till) -> None:
    with pytest.raises(Refused) as refused:
        read_bank_file("Mã giao dịch;Thời gian\nFT1;16/11/2026".encode(), source="bank", account=WARD_ACCOUNT)
    assert refused.value.message == "Tệp thiếu cột “số tiền”."


def test_a_clerk_reconciles_their_own_account_only(till: Till) -> None:
    assert send(as_(till.dung), bank_csv()) == 422
    assert send(as_(till.nga), bank_csv(), account=PROVINCE_ACCOUNT) == 422
    assert send(as_(till.phuc), bank_csv(), account=PROVINCE_ACCOUNT) == 302
