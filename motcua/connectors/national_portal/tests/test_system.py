"""The centralised system of 2026: token, code, files, dossier, progress, status; each HTTP code, and its silences."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from motcua.connectors.national_portal.actions.system import NationalSystem
from motcua.connectors.national_portal.tests.conftest import connected
from motcua.connectors.national_portal.tests.nation import Server
from motcua.connectors.national_portal.tests.test_portal import send
from motcua.kernel.exchange.actions.operating import resend_refused
from motcua.kernel.exchange.kind import LaneState, PaperTold
from motcua.kernel.exchange.models import Lane, PartnerState
from motcua.kernel.exchange.tests.samples import NAME, NATIONAL_ID, World, attachment
from motcua.kernel.files.actions import keep_made
from motcua.kernel.identity.kind import SYSTEM
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db


def services(server: Server) -> list[str]:
    return [service for service, _code in server.taken]


def test_it_works(world: World, system: Server) -> None:
    kept = keep_made(b"%PDF-1.4 giay", actor=SYSTEM, name="giay.pdf")
    case = world.open(1, papers=[PaperTold("GT.cs", "Giấy chứng sinh", 1, 0, attachment(kept.pk))])
    send()
    assert services(system) == ["UploadFile", "NoiHoSo", "CapNhatTienTrinh", "CapNhatTrangThai"]
    code = Lane.objects.get(case=case).their_code
    told = system.dossiers[code]
    assert code.startswith("G15.99-20261116-")
    assert (told["LoaiDoiTuong"], told["MaDonViTiepNhan"], told["NgayNop"]) == (
        "0", "24778-hanh-chinh-cong", "20261116080000",
    )  # fmt: skip
    (paper,) = told["ThanhPhanHoSo"]
    (file,) = paper["GiayToDinhKem"]
    assert (paper["LoaiBan"], paper["SoLuong"]) == ("2", 1)
    assert system.files[file["IdGiayTo"]] == (file["HashTepTin"], b"%PDF-1.4 giay")
    details = told["ThongTinNguoiNop"]["ThongTinChiTiet"]
    assert (details["TenNguoiNop"], details["SoDinhDanh"], details["TenChuHs"]) == (NAME, NATIONAL_ID, NAME)
    assert told["DanhSachLePhi"][0] == {
        "MaPhiLePhi": "LP.ks", "TenPhiLePhi": "Lệ phí", "Gia": 8000, "HinhThucThu": "1", "TrangThaiThanhToan": "1",
    }  # fmt: skip
    assert system.states[code][0]["TrangThai"] == "1"


def test_the_result_goes_with_the_state(world: World, system: Server) -> None:
    case = world.open(1)
    send()
    kept = keep_made(b"%PDF-1.4 ket qua", actor=SYSTEM, name="ket-qua.pdf")
    world.finish(case, file=attachment(kept.pk, "ket-qua.pdf"))
    send()
    last = system.states[Lane.objects.get().their_code][-1]
    assert (last["TrangThai"], last["GiayToKetQua"][0]["MaKetQua"]) == ("9", "12/KS")
    assert system.files[last["GiayToKetQua"][0]["IdTepTin"]][1] == b"%PDF-1.4 ket qua"
    assert services(system).count("NoiHoSo") == 1


@pytest.mark.parametrize(
    ("fate", "when"),
    [*((fate, when) for fate in ("silent", "lost") for when in range(5)), ("busy", 2), ("broken", 3), ("expired", 4)],
)
def test_whatever_happens_nothing_is_lost_and_nothing_is_there_twice(
    world: World, system: Server, settings: Settings, fate: str, when: int
) -> None:
    """In trouble at the code, the file, the dossier, its progress, its state."""
    connected(settings, "national_system", timeout="0.2")
    kept = keep_made(b"%PDF-1.4 giay", actor=SYSTEM, name="giay.pdf")
    case = world.open(1, papers=[PaperTold("GT.cs", "Giấy chứng sinh", 1, 0, attachment(kept.pk))])
    world.move(case, 2)
    system.script = [""] * when + [fate]
    send(turns=4)
    lane = Lane.objects.get()
    assert lane.state == LaneState.CURRENT
    assert list(system.dossiers) == [lane.their_code]
    assert [step["TrangThai"] for step in system.steps[lane.their_code]] == ["1", "2"]
    assert [state["TrangThai"] for state in system.states[lane.their_code]] == ["2"]
    used = system.dossiers[lane.their_code]["ThanhPhanHoSo"][0]["GiayToDinhKem"][0]["IdGiayTo"]
    assert used in system.files


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_is_about_one_dossier(world: World, system: Server, status: int) -> None:
    bad, good = world.open(1, procedure="9.999999"), world.open(2)
    system.faults["9.999999"] = (status, "SAI", "Sai MaTTHC")
    send()
    refused = Lane.objects.get(case=bad)
    assert (refused.state, refused.error) == (LaneState.REFUSED, "Sai MaTTHC (SAI)")
    assert Lane.objects.get(case=good).state == LaneState.CURRENT
    system.faults.clear()
    resend_refused("national_system", actor=SYSTEM)
    send()
    assert Lane.objects.get(case=bad).state == LaneState.CURRENT
    assert refused.their_code in system.dossiers  # under the code that it got the first time


@pytest.mark.parametrize("status", [500, 502])
def test_an_outage_refuses_no_dossier(world: World, system: Server, status: int) -> None:
    case = world.open(1)
    system.faults["1.000001"] = (status, "", "")
    send()
    assert Lane.objects.get().state == LaneState.WAITING
    system.faults.clear()
    send(timedelta(hours=1))
    assert Lane.objects.get(case=case).state == LaneState.CURRENT


def test_a_token_is_asked_for_once_and_renewed(world: World, system: Server) -> None:
    world.open(1)
    send()
    assert system.asked.count("GetToken") == 1
    system.tokens.clear()
    world.open(2)
    send()
    assert system.asked.count("GetToken") == 2
    assert not Lane.objects.exclude(state=LaneState.CURRENT).exists()


def test_a_wrong_secret_refuses_no_dossier(world: World, system: Server, settings: Settings) -> None:
    values = settings.CONNECTORS["national_system"] | {"client_secret": "sai"}
    settings.CONNECTORS = settings.CONNECTORS | {"national_system": values}
    world.open(1)
    send()
    assert "401" in PartnerState.objects.get().error
    assert Lane.objects.get().state == LaneState.WAITING
    health = NationalSystem().check()
    assert (health.is_well, "401" in health.words) == (False, True)


def test_both_at_once(world: World, system: Server, portal: Server) -> None:
    case = world.open(1)
    system.script = ["busy"]
    send()
    assert list(portal.dossiers) == [case.code]
    assert Lane.objects.get(partner="national_system").behind_since == MONDAY
    send(timedelta(hours=1))
    assert len(system.dossiers) == 1


def test_a_file_that_is_gone_stops_its_dossier_alone(world: World, system: Server) -> None:
    bad = world.open(1, papers=[PaperTold("GT.cs", "Giấy chứng sinh", 1, 0, attachment(999_999))])
    good = world.open(2)
    send()
    assert Lane.objects.get(case=bad).error == "Không đọc được tệp giay.pdf."
    assert Lane.objects.get(case=good).state == LaneState.CURRENT
