"""The on-the-spot record (biên bản kiểm tra tại chỗ): what is printed on it, and what never is."""

import shutil
import subprocess
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case
from motcua.kernel.files.actions import store_file
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import dispatch_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import visit_incident
from motcua.testing.city import LAMP_AT, MONDAY, City

pytestmark = pytest.mark.django_db
NOTE = "Bóng cháy, cần thang 9 m #strong[và] *dây* mới"  # what means something to the printer is printed as it stands


def reported(city: City) -> Case:
    new = NewIncident(
        text="Đèn tắt ba đêm.\nGọi tôi, Quách Thị Yến, 0987 613 572", category="street-lighting",
        lat=LAMP_AT[0], lon=LAMP_AT[1], address="Trước số 12 đường Hoa Hồng, gọi 0987 613 572",
        name="Quách Thị Yến", phone="0987 613 572", email="yen.q@thu.example",
    )  # fmt: skip
    with moment.at(MONDAY):
        return submit_incident(new, actor=city.an).case


def visit(case: Case, officer: Actor, hours: int, note: str = NOTE, photos: int = 0) -> None:
    files = []
    for number in range(photos):
        out = BytesIO()
        Image.new("RGB", (64, 48), f"#{number}88").save(out, "JPEG")
        out.seek(0)
        files.append(store_file(out, actor=officer).pk)
    with moment.at(MONDAY + timedelta(hours=hours)):
        visit_incident(case.id, actor=officer, note=note, file_ids=files)


def record(case: Case, login: str = "hoa") -> bytes:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    with moment.at(MONDAY + timedelta(hours=30)):
        answer = client.get(f"/desk/phan-anh/{case.id}/bien-ban.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="bien-ban-{case.code}.pdf"'
    return bytes(answer.content)


def words_of(pdf: bytes) -> str:
    """What a reader reads, on one line."""
    done = subprocess.run(
        [shutil.which("pdftotext") or "", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


needs_reader = pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here (package poppler-utils)")


def test_there_is_none_before_somebody_was_there(city: City) -> None:
    case = reported(city)
    take_incident(case.id, actor=city.hoa)
    client = Client()
    client.force_login(Account.objects.get(login="hoa"))
    assert client.get(f"/desk/phan-anh/{case.id}/bien-ban.pdf").status_code == 409
    visit(case, city.hoa, 1)
    assert record(case).startswith(b"%PDF-")


@needs_reader
def test_it_says_which_report_where_who_when_and_what(city: City) -> None:
    case = reported(city)
    take_incident(case.id, actor=city.hoa)
    visit(case, city.hoa, 2, photos=2)
    told = words_of(record(case))
    for words in (
        "BIÊN BẢN Kiểm tra tại chỗ phản ánh của người dân",
        f"Số: {case.code}",
        "PHÒNG KINH TẾ MỘT",
        "PHƯỜNG MỘT",
        "Phường Một, ngày 16 tháng 11 năm 2026",
        "Hôm nay, 10:00, thứ Hai 16/11",
        "tại Trước số 12 đường Hoa Hồng, gọi •••, Phường Một, Phạm Thị Hoa, Phòng Kinh tế Một,",
        f"kiểm tra nội dung phản ánh mã số {case.code}, nhận lúc 08:00, thứ Hai 16/11",
        "1. Nội dung phản ánh: Đèn tắt ba đêm. Gọi tôi, •••, •••",
        f"2. Kết quả kiểm tra: {NOTE}",
        "3. Thời hạn có kết quả: 08:00, thứ Năm 19/11",
        "4. Ảnh tại chỗ: 2 ảnh",
        "Biên bản lập xong lúc 14:00, thứ Ba 17/11",
    ):
        assert words in told
    assert told.endswith("Phạm Thị Hoa")  # below the line for the signature
    for hidden in ("Quách", "Yến", "0987", "613 572", "yen.q"):
        assert hidden not in told


@needs_reader
def test_whoever_was_there_signs_and_the_last_visit_counts(city: City) -> None:
    """The case has gone to somebody else meanwhile."""
    case = reported(city)
    take_incident(case.id, actor=city.minh)
    visit(case, city.minh, 1, note="Chưa thấy gì", photos=2)
    visit(case, city.hoa, 2, photos=1)
    dispatch_incident(case.id, actor=city.minh, unit_id=city.ward_one.id)
    take_incident(case.id, actor=city.minh)
    told = words_of(record(case, "minh"))
    case.refresh_from_db()
    assert (case.officer_id, case.unit_id) == (city.minh.id, city.ward_one.id)
    assert "PHÒNG KINH TẾ MỘT" in told
    assert "4. Ảnh tại chỗ: 1 ảnh" in told
    assert "Phạm Thị Hoa, Phòng Kinh tế Một, kiểm tra" in told
    assert NOTE in told
    assert "Lê Văn Minh" not in told
    assert "Chưa thấy gì" not in told
