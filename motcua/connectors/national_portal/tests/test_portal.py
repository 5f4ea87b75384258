"""The national portal's first API, against a server that refuses, is silent before and after, and repeats itself."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.connectors.national_portal.actions.portal import NationalPortal
from motcua.connectors.national_portal.tests.conftest import connected
from motcua.connectors.national_portal.tests.nation import Server
from motcua.kernel.events.actions import read_on
from motcua.kernel.events.kind import READERS
from motcua.kernel.exchange import tasks
from motcua.kernel.exchange.actions.operating import resend, resend_refused
from motcua.kernel.exchange.kind import LaneState, PaperTold
from motcua.kernel.exchange.models import Lane, PartnerState
from motcua.kernel.exchange.tests.samples import NAME, NATIONAL_ID, World, attachment
from motcua.kernel.identity.kind import SYSTEM
from motcua.lib import moment
from motcua.lib.errors import ConnectorError
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db
DOSSIER_FIELDS = {
    "MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "SoBienNhan", "ChuHoSo", "LoaiDoiTuong", "MaDoiTuong",
    "ThongTinKhac", "Email", "Fax", "SoDienThoai", "TrichYeuHoSo", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo",
    "ThongTinTra", "HinhThuc", "DonViXuLy", "GhiChu", "TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac",
    "DanhSachHoSoBoSung", "DanhSachGiayToKetQua", "KenhThucHien", "DuocThanhToanTrucTuyen",
    "TaiKhoanDuocXacThucVoiVNeID", "HoSoCoThanhPhanSoHoa", "MaCSDL", "DonViTinh", "ThoiGianGiaiQuyet",
}  # fmt: skip
STEP_FIELDS = {"MaHoSo", "NguoiXuLy", "ChucDanh", "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy", "TrangThai"}


def send(after: timedelta = timedelta(), turns: int = 1) -> None:
    while read_on(READERS["exchange"]):
        pass
    for turn in range(turns):
        for circuit in tasks.CIRCUITS.values():
            circuit.rests_until = 0.0
        with moment.at(MONDAY + after + turn * timedelta(hours=2)):
            tasks.send_due()


def states(server: Server, code: str) -> list[str]:
    return [step["TrangThai"] for step in server.steps.get(code, [])]


def test_it_works(world: World, portal: Server) -> None:
    case = world.open(1, papers=[PaperTold("GT.cs", "Giấy chứng sinh", 1, 0, attachment(7), is_digitised=True)])
    world.move(case, 2)
    send()
    told = portal.dossiers[case.code]
    assert told.keys() >= DOSSIER_FIELDS
    assert (told["NgayTiepNhan"], told["NgayHenTra"]) == ("20261116080000", "20261119080000")
    assert (told["TrangThaiHoSo"], told["LoaiDoiTuong"], told["KenhThucHien"], told["HinhThuc"]) == ("2", "1", "2", "1")
    assert (told["ThoiGianGiaiQuyet"], told["DonViTinh"], told["DuocThanhToanTrucTuyen"]) == ("3", "0", "2")
    assert (told["ChuHoSo"], told["MaDoiTuong"]) == (NAME, NATIONAL_ID)
    assert told["DanhSachLePhi"][0]["Gia"] == "8000"
    assert told["TaiLieuNop"][0]["DuocSoHoa"] == "1"
    assert told["DanhSachHoSoBoSung"][0]["NgayBoSung"] == "20261116080000"
    first, second = portal.steps[case.code]
    assert first.keys() == STEP_FIELDS
    assert (first["TrangThai"], second["TrangThai"], first["ThoiDiemXuLy"]) == ("1", "2", "20261116080000")


def test_a_change_is_an_update(world: World, portal: Server) -> None:
    case = world.open(1)
    send()
    world.finish(case, file=attachment(9, "ket-qua.pdf"))
    send()
    told = portal.dossiers[case.code]
    assert (told["TrangThaiHoSo"], told["NgayKetThucXuLy"]) == ("9", "20261116080000")
    assert told["DanhSachGiayToKetQua"][0]["MaKetQua"] == "12/KS"
    assert portal.taken == [("dossier", case.code), ("step", case.code)] * 2
    assert states(portal, case.code) == ["1", "9"]


@pytest.mark.parametrize(
    ("fate", "when"),
    [*((fate, when) for fate in ("silent", "lost") for when in range(4)), ("busy", 1), ("broken", 2), ("whole", 0)],
)
def test_whatever_happens_nothing_is_lost_and_nothing_is_there_twice(
    world: World, portal: Server, settings: Settings, fate: str, when: int
) -> None:
    """In trouble at the dossier, at its steps, or at what is told later; then it is well again."""
    connected(settings, "national_portal", timeout="0.2")
    cases = [world.open(number) for number in (1, 2)]
    portal.script = [""] * when + [fate]
    send(turns=3)
    for case in cases:
        world.move(case, 2)
        world.move(case, 4)
    send(timedelta(hours=12), turns=3)
    if fate == "whole" and Lane.objects.filter(state=LaneState.REFUSED).exists():
        resend_refused("national_portal", actor=SYSTEM)  # one by one it is a refusal of that dossier
        send(timedelta(hours=24), turns=3)
    for case in cases:
        assert portal.dossiers[case.code]["TrangThaiHoSo"] == "4"
        assert states(portal, case.code) == ["1", "2", "4"]
    assert not Lane.objects.exclude(state=LaneState.CURRENT).exists()


def test_half_a_batch_is_wrong(world: World, portal: Server) -> None:
    cases = [world.open(number) for number in range(1, 7)]
    for case in cases[::2]:
        portal.faults[case.code] = (200, 7, "Ma thu tuc khong co")
    send(turns=2)
    for case in cases[1::2]:
        assert states(portal, case.code) == ["1"]
    refused = Lane.objects.filter(state=LaneState.REFUSED)
    assert set(refused.values_list("case__code", "error")) == {
        (case.code, "Ma thu tuc khong co (7)") for case in cases[::2]
    }
    portal.faults.clear()
    assert resend_refused("national_portal", actor=SYSTEM, reason="Ma thu tuc khong co (7)") == 3
    send()
    assert all(states(portal, case.code) == ["1"] for case in cases)
    assert portal.asked.count("DongBoHoSoMC") == 2


def test_a_dossier_that_is_busy_over_there_is_tried_again(world: World, portal: Server) -> None:
    case = world.open(1)
    portal.faults[case.code] = (200, 503, "Thu lai sau")
    send()
    assert Lane.objects.get().state == LaneState.WAITING
    portal.faults.clear()
    send(timedelta(hours=2))
    assert states(portal, case.code) == ["1"]


def test_the_portal_has_lost_it(world: World, portal: Server) -> None:
    case = world.open(1)
    send()
    portal.dossiers.clear()
    portal.steps.clear()
    resend(Lane.objects.get().pk, actor=SYSTEM, everything=True)
    send()
    assert states(portal, case.code) == ["1"]


def test_a_wrong_key_refuses_no_dossier(world: World, portal: Server, settings: Settings) -> None:
    values = settings.CONNECTORS["national_portal"]
    case = world.open(1)
    settings.CONNECTORS = settings.CONNECTORS | {"national_portal": values | {"secret": "sai"}}
    send()
    assert "401" in PartnerState.objects.get().error
    assert Lane.objects.get().state == LaneState.WAITING
    settings.CONNECTORS = settings.CONNECTORS | {"national_portal": values}
    send(timedelta(hours=1))
    assert states(portal, case.code) == ["1"]


def test_nothing_goes_out_in_the_clear(world: World, portal: Server, settings: Settings) -> None:
    settings.EXCHANGE_INSECURE = False
    world.open(1)
    send()
    assert portal.asked == []
    assert "http" in PartnerState.objects.get().error
    assert not NationalPortal().check().is_well


def test_errors_do_not_repeat_what_was_told(world: World, portal: Server, settings: Settings) -> None:
    connected(settings, "national_portal", timeout="0.2")
    case = world.open(1)
    portal.script = ["silent"]
    send()
    lane = Lane.objects.get()
    for words in (lane.error, PartnerState.objects.get().error):
        assert NAME not in words
        assert case.code not in words
        assert "127.0.0.1" not in words


def test_the_check_and_the_catalogues(portal: Server, settings: Settings) -> None:
    partner = NationalPortal()
    assert "http" in partner.check().words  # it answers, but not by https
    assert partner.catalogue("fields") == [("G15-HT", "Ho tich")]
    assert partner.catalogue("procedures") == [("1.000001", "Dang ky khai sinh")]
    assert partner.procedure("1.000001")["result"] == [{"MaTTHC": "1.000001"}]
    with pytest.raises(ConnectorError):
        partner.catalogue("agencies")


def test_another_version_of_the_names(world: World, portal: Server, settings: Settings, tmp_path: object) -> None:
    from pathlib import Path

    from motcua.connectors.national_portal.kind import MAPS

    text = (MAPS / "portal-2022.toml").read_text(encoding="utf-8")
    own = Path(str(tmp_path)) / "own.toml"
    own.write_text(
        text.replace('field = "MaLinhVuc"\n', 'field = "LinhVuc"\n').replace(
            "[codes]\n", '[codes]\n"1.000001" = "1.000001.000.00.00.H36"\n'
        ),
        encoding="utf-8",
    )
    values = settings.CONNECTORS["national_portal"] | {"map": str(own)}
    settings.CONNECTORS = settings.CONNECTORS | {"national_portal": values}
    case = world.open(1)
    send()
    told = portal.dossiers[case.code]
    assert (told["LinhVuc"], told["MaTTHC"], "MaLinhVuc" in told) == ("G15-HT", "1.000001.000.00.00.H36", False)
    own.write_text("[services]\n", encoding="utf-8")
    assert "NATIONAL_PORTAL_MAP" in NationalPortal().check().words


def test_a_link_to_a_file_opens_for_the_portal_alone(world: World, portal: Server, settings: Settings) -> None:

    from motcua.kernel.files.actions import keep_made
    from motcua.kernel.identity.models import Access

    kept = keep_made(b"%PDF-1.4 ket qua", actor=SYSTEM, name="ket-qua.pdf")
    case = world.open(1)
    world.finish(case, file=attachment(kept.pk))
    send()
    url = portal.dossiers[case.code]["DanhSachGiayToKetQua"][0]["DuongDanTepTinKetQua"]
    path = url.removeprefix(settings.PUBLIC_URL)
    answer = Client().get(path)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"%PDF-1.4 ket qua")  # type: ignore[attr-defined]
    assert Access.objects.get().actor_name == "Cổng Dịch vụ công quốc gia"
    assert Client().get(f"{path[:-3]}x/").status_code == 404
