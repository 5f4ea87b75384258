"""The chain commune → district → province as it was until 2025-06-30: handing over, sending back, an opinion, each leg
with its clock; and what was begun under it ends under the two levels that followed, with the units that took over."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from motcua.kernel.cases.actions.sweeping import hand_to_heirs
from motcua.kernel.cases.models import Case
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Post
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import OrgVersion, Unit, UnitSuccession
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area, AreaVersion
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.kernel.procedures.queries.catalogue import Version, in_force
from motcua.lib import moment
from motcua.modules.dossiers.actions.consulting import answer_consultation, consult_dossier
from motcua.modules.dossiers.actions.filing import Filed, NewDossier, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier
from motcua.modules.dossiers.actions.results import approve_dossier
from motcua.modules.dossiers.actions.working import (
    NewResult,
    pass_on_dossier,
    propose_dossier,
    revise_dossier,
    take_dossier,
)
from motcua.modules.dossiers.models import Dossier, Leg
from motcua.modules.dossiers.queries.printing import sheet
from motcua.modules.dossiers.queries.reading import get_dossier
from motcua.modules.dossiers.tests.conftest import AN
from motcua.modules.dossiers.tests.test_actions import clock, names
from motcua.testing.city import ZONE, City, add_officer, add_unit
from motcua.testing.one_stop import CIVIL, OneStop

pytestmark = pytest.mark.django_db
LAST_DAY = date(2025, 6, 30)

CHAIN = (
    CIVIL.replace("1.000001", "1.000009")
    .replace("Đăng ký khai sinh (thử)", "Trợ cấp hằng tháng (thử)")
    .replace("valid_from = 2025-07-01", "valid_from = 2024-01-01")
    .replace('time = "3 ngày làm việc"', 'time = "20 ngày làm việc"')
    .replace('name = "Thẩm tra"\nunit = "office:kinh-te"', 'name = "Xã xác nhận"\nunit = "commune"')
    .replace(
        '[[legs]]\nkey = "ky"\nname = "Ký giấy khai sinh"\nunit = "commune"',
        '[[legs]]\nkey = "huyen"\nname = "Huyện thẩm định"\nunit = "district:lao-dong"\nrole = "specialist"\n'
        'time = "16 giờ làm việc"\ndoes = "process"\n'
        '[[legs]]\nkey = "tinh"\nname = "Tỉnh quyết định"\nunit = "province:so-noi-vu"',
    )
)


def then(month: int, day: int, hour: int) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=ZONE)


@dataclass(frozen=True)
class Old:
    """Before the merger: a ward in a district with an office for social affairs, and a department of the province."""

    ward: Unit
    district: Unit
    office: Unit
    department: Unit
    chi: Actor  # the ward's specialist
    thu: Actor  # the district's
    dao: Actor  # leads the department
    procedure: Version


@pytest.fixture
def old(city: City, one_stop: OneStop) -> Iterator[Old]:
    calendar = city.province.calendar
    area = Area.objects.create(
        code="24775", name="Phường Cũ", full_name="Phường Cũ", folded="phuong cu", level="commune", type="phuong",
        parent=Area.objects.get(code="68"), lat=11.95, lon=108.43, valid_from=date(2000, 1, 1), valid_to=LAST_DAY,
    )  # fmt: skip
    AreaVersion.objects.update(number=AreaVersion.objects.get().number + 1)
    region = Area.objects.get(code="68")
    district = add_unit("672", "UBND thành phố cũ", "district", city.province, region, calendar)
    office = add_unit("672-lao-dong", "Phòng Lao động thành phố cũ", "office", district, region, calendar)
    ward = add_unit("24775", "UBND Phường Cũ", "commune", district, area, calendar)
    reception = add_unit("24775-hanh-chinh-cong", "Một cửa Phường Cũ", "office", ward, area, calendar)
    department = add_unit("68-so-noi-vu", "Sở Nội vụ", "department", city.province, region, calendar)
    ended = (district, office, ward, reception)
    Unit.objects.filter(pk__in=[unit.id for unit in ended]).update(valid_to=LAST_DAY)
    heirs = {
        district: city.ward_one, office: city.office_one, ward: city.ward_one, reception: one_stop.reception_one,
    }  # fmt: skip
    for before, after in heirs.items():
        UnitSuccession.objects.create(old=before, new=after, on=date(2025, 7, 1), legal_basis="NQ 202/2025/QH15")
    new = (city.ward_one, city.office_one, one_stop.reception_one)
    Unit.objects.filter(pk__in=[unit.id for unit in new]).update(valid_from=date(2025, 7, 1))
    OrgVersion.objects.update(number=OrgVersion.objects.get().number + 1)
    org.forget()
    places.forget()
    publish_draft(save_draft(CHAIN, actor=SYSTEM).procedure.code, actor=SYSTEM)
    found = in_force("1.000009")
    assert found is not None
    with moment.at(then(6, 2, 8)):
        org.forget()
        chi = add_officer("chi", "Lý Thị Chi", reception, "clerk")
        Post.objects.create(officer_id=chi.id or 0, unit=ward, role="specialist", valid_from=date(2020, 1, 1))
        people = {
            "thu": add_officer("thu", "Cao Văn Thu", office, "specialist"),
            "dao": add_officer("dao", "Trịnh Thị Đào", department, "leader"),
        }
        org.forget()
        yield Old(ward, district, office, department, officer_actor(chi.id or 0), procedure=found, **people)
    org.forget()
    places.forget()


@pytest.fixture
def file_then(city: City, old: Old) -> Callable[[], Filed]:
    def make() -> Filed:
        org.forget()
        new = NewDossier(version_id=old.procedure.id, way="online", applicant=AN, area_code="24775", delivery="counter")
        return file_dossier(new, actor=city.an)

    return make


def at(month: int, day: int, hour: int) -> AbstractContextManager[object]:
    org.forget()
    places.forget()
    return moment.at(then(month, day, hour))


def legs(case: Case) -> list[tuple[str, int, bool]]:
    return [
        (leg.name, leg.unit_id, leg.ended_at is not None) for leg in Leg.objects.filter(case_id=case.id).order_by("id")
    ]


def begun(old: Old, file_then: Callable[[], Filed]) -> Case:
    """With the district's office, on 3 June 2025."""
    with at(6, 2, 8):
        case = file_then().case
        case = accept_dossier(case.id, actor=old.chi)
        case = hand_over_dossier(case.id, actor=old.chi)
        assert (case.state, case.unit_id) == ("processing", old.ward.id)
    with at(6, 3, 8):
        return pass_on_dossier(case.id, actor=old.chi, note="Đúng đối tượng")


def test_three_levels_each_with_its_clock(
    city: City, one_stop: OneStop, old: Old, file_then: Callable[[], Filed]
) -> None:
    case = begun(old, file_then)
    assert (case.state, case.unit_id) == ("processing", old.office.id)
    assert clock(case, "leg").unit_id == old.office.id
    assert clock(case, "leg").due_at == then(6, 5, 8)  # sixteen working hours from the hand-over
    assert clock(case, "result").unit_id == old.ward.id
    with at(6, 4, 8):
        take_dossier(case.id, actor=old.thu)
        asked = consult_dossier(case.id, actor=old.thu, unit_id=one_stop.department.id, question="Nhà đúng địa chỉ?")
        case = revise_dossier(case.id, actor=old.thu, reason="Thiếu xác nhận của tổ dân phố")
        assert (case.unit_id, case.officer_id) == (old.ward.id, None)
    with at(6, 5, 8):
        take_dossier(case.id, actor=old.chi)
        case = pass_on_dossier(case.id, actor=old.chi)
        answer_consultation(asked.id, actor=one_stop.kien, answer="Đúng")
    with at(6, 11, 8):  # two days late: the district's, nobody else's
        case = propose_dossier(case.id, actor=old.thu, results=[NewResult("KQ.khai-sinh")])
        assert (case.state, case.unit_id) == ("approving", old.department.id)
        case = approve_dossier(case.id, actor=old.dao)
    assert case.state == "result_ready"
    late = [leg.unit_id for leg in Leg.objects.filter(case_id=case.id) if leg.ended_at and leg.ended_at > leg.due_at]
    assert late == [old.office.id]
    with at(6, 12, 8):
        slip = str(sheet("06", case)[1].table)
    for words in ("UBND Phường Cũ", "Phòng Lao động thành phố cũ", "Sở Nội vụ", "Quá hạn", "Thiếu xác nhận"):
        assert words in slip


def test_what_began_with_three_levels_ends_with_two(
    city: City, one_stop: OneStop, old: Old, file_then: Callable[[], Filed]
) -> None:
    case = begun(old, file_then)
    due, promised = clock(case, "leg").due_at, clock(case, "result").due_at
    with at(6, 30, 8):
        assert hand_to_heirs() == 0  # the last day is still theirs
    with at(7, 1, 8):
        assert hand_to_heirs() == 1
        assert hand_to_heirs() == 0
        read_everything()
        case.refresh_from_db()
        assert (case.state, case.unit_id, case.officer_id) == ("processing", city.office_one.id, None)
        assert (clock(case, "leg").due_at, clock(case, "result").due_at) == (due, promised)
        assert clock(case, "result").unit_id == city.ward_one.id
        dossier = Dossier.objects.get(pk=case.id)
        assert (dossier.reception_unit_id, dossier.competent_unit_id) == (one_stop.reception_one.id, city.ward_one.id)
        told = Event.objects.get(case_id=case.id, name="case.inherited")
        assert told.data["before"] == "Phòng Lao động thành phố cũ"
        # The way goes on: the district's leg is the ward's office's now, then the province decides as before.
        assert [stop.unit.id for stop in get_dossier(case.id, actor=one_stop.oanh).stops] == [
            one_stop.reception_one.id,
            city.ward_one.id,
            city.office_one.id,
            old.department.id,
            one_stop.reception_one.id,
        ]
        take_dossier(case.id, actor=one_stop.oanh)
        case = propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
        assert case.unit_id == old.department.id
        case = approve_dossier(case.id, actor=old.dao)
        assert (case.state, case.unit_id) == ("result_ready", one_stop.reception_one.id)
        assert legs(case) == [
            ("Tiếp nhận", Unit.objects.get(code="24775-hanh-chinh-cong").id, True),
            ("Xã xác nhận", old.ward.id, True),
            ("Huyện thẩm định", old.office.id, True),
            ("Huyện thẩm định", city.office_one.id, True),
            ("Tỉnh quyết định", old.department.id, True),
        ]
    assert "case.inherited" in names(case)


def test_a_former_place_leads_to_whoever_took_over(city: City, old: Old) -> None:
    area = Area.objects.get(code="24775")
    with at(6, 2, 8):
        assert org.tree().commune_unit(area.id).id == old.ward.id  # type: ignore[union-attr]
    with at(7, 1, 8):
        assert org.tree().commune_unit(area.id).id == city.ward_one.id  # type: ignore[union-attr]
        assert org.tree().heir(old.district.id).id == city.ward_one.id  # type: ignore[union-attr]
