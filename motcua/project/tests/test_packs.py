"""A pack becomes tables: all of it or nothing, a second time nothing, and what people entered stays."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM, Role
from motcua.kernel.identity.models import Account, Post
from motcua.kernel.messages.models import Template
from motcua.kernel.org import queries as org
from motcua.kernel.org.actions import add_unit, set_calendar_day
from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear, Unit
from motcua.kernel.packs import queries as packs
from motcua.kernel.packs.actions import apply_pack, compare_pack
from motcua.kernel.packs.kind import Change
from motcua.kernel.packs.models import City
from motcua.kernel.packs.queries import read_pack
from motcua.kernel.packs.tests.small import replace, write_small_pack
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area, Succession
from motcua.lib.errors import Refused
from motcua.modules.incidents.models import Phrase, ScopeRule

pytestmark = pytest.mark.django_db

TABLES = (Area, Succession, Calendar, CalendarDay, CalendarYear, Unit, Account, Post, Category, RoutingRule, ClockRule)


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    org.forget()
    places.forget()
    packs.forget()
    forget_rules()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_pack(tmp_path / "thu")


def apply(folder: Path) -> list[Change]:
    return list(apply_pack(read_pack(folder), actor=SYSTEM))


def told(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.table, change.key) for change in changes]


def everything() -> list[object]:
    models = (*TABLES, Template, Phrase, ScopeRule, Event, City)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_it_works(folder: Path) -> None:
    apply(folder)
    ward = org.tree().by_code("24778")
    office = org.tree().by_code("24778-vp")
    assert ward is not None
    assert office is not None
    assert office.path == f"{ward.path}{office.id}."
    found = places.commune_at(11.95, 108.42)
    assert found is not None
    assert found.code == "24778"
    assert found.is_approximate
    assert [(row.code, kind) for row, kind in places.successors("24780")] == [("24778", "part"), ("24781", "part")]
    assert [(row.name, kind) for row, kind in places.predecessors(found.id)] == [("Năm", "whole"), ("Sáu", "part")]
    clerk = Account.objects.get(login="mot.ct")
    assert not clerk.has_usable_password()
    assert {(post.unit.code, post.role) for post in clerk.posts.all()} == {("24778", "leader"), ("24778-vp", "clerk")}
    lighting = Category.objects.get(code="lighting")
    assert lighting.parent is not None
    assert lighting.attributes[0]["values"][1] == {"key": "few", "name": "Vài", "name_en": "A few"}
    assert lighting.options["photo_hint"] == "Chụp cột đèn"
    assert RoutingRule.objects.get(position=20).target == "office:vp"
    assert ScopeRule.objects.get(kind="crime").phrases == ["cầm dao", "bị cướp"]
    assert "\n\n" in Template.objects.get(channel="email", language="vi").body
    assert Phrase.objects.filter(source="pack").count() == 120
    assert packs.city_setting("pack", "province") == "68"
    assert Event.objects.get(name="pack.applied").data["tables"]["units"] == {"added": 5}


def test_clock_rules_stand_narrow_before_wide(folder: Path) -> None:
    apply(folder)
    rules = ClockRule.objects.filter(clock="result").order_by("position")
    assert [(rule.categories, rule.areas, rule.urgencies) for rule in rules] == [
        (["lighting"], [], []),
        ([], ["24781"], []),
        ([], [], ["khan"]),
        ([], [], []),
    ]


def test_a_second_time_nothing_changes(folder: Path) -> None:
    apply(folder)
    before = everything()
    assert apply(folder) == []
    assert everything() == before


def test_a_wrong_pack_changes_nothing(folder: Path) -> None:
    apply(folder)
    before = everything()
    replace(folder, "units.csv", "UBND phường Một", "Ủy ban nhân dân phường Một")
    replace(folder, "clocks.csv", "3 ngày làm việc", "ba ngày")
    with pytest.raises(Refused) as refusal:
        apply(folder)
    assert refusal.value.code == "invalid_pack"
    assert "clocks.csv:9" in refusal.value.message
    assert everything() == before


def test_what_fails_half_way_is_taken_back(folder: Path) -> None:
    """The login belongs to a person already: found only when the tables are looked at, after units were written."""
    Account.objects.create(
        kind="person", login="quantri", name="Một người", created_at=date(2026, 1, 1).isoformat() + "T00:00Z"
    )
    before = everything()
    with pytest.raises(Refused) as refusal:
        apply(folder)
    assert refusal.value.code == "login_taken"
    assert everything() == before


def test_diff_tells_what_apply_does_and_changes_nothing(folder: Path) -> None:
    apply(folder)
    replace(folder, "units.csv", "UBND phường Hai", "Ủy ban nhân dân phường Hai")
    before = everything()
    expected = compare_pack(read_pack(folder), actor=SYSTEM)
    assert everything() == before
    assert expected == apply(folder)
    assert str(expected[0]) == "~ units 24781: name UBND phường Hai → Ủy ban nhân dân phường Hai"


CHANGES = [
    ("areas.csv", "Phường Hai,commune", "Phường Thứ Hai,commune", ("changed", "areas", "24781 2025-07-01")),
    ("areas_old.csv", "Năm,Phường 5", "Năm,Phường Năm", ("changed", "areas", "24778 1900-01-01")),
    ("successions.csv", "24780,24781,part,2025-07-01", "24780,24781,part,2025-07-02",
     ("changed", "successions", "24780 → 24781")),
    ("calendars.csv", "Giờ hành chính", "Giờ cơ quan", ("changed", "calendars", "office")),
    ("calendars.csv", "07:00-11:30", "07:30-11:30", ("changed", "calendars", "office")),
    ("calendar_days.csv", "office,2026-01-02,off", "office,2026-01-03,off",
     ("removed", "calendar_days", "office 2026-01-02")),
    ("calendar_days.csv", "Nghỉ hoán đổi", "Nghỉ bù", ("changed", "calendar_days", "office 2026-01-02")),
    ("calendar_days.csv", "2027-01-01,off,Tết Dương lịch,BLLĐ,no", "2027-01-01,off,Tết Dương lịch,BLLĐ,yes",
     ("changed", "calendar_years", "office 2027")),
    ("units.csv", "VP P. Một,office,24778,", "VP P. Một,office,24781,", ("changed", "units", "24778-vp")),
    ("units.csv", "24781,UBND phường Hai,P. Hai,commune,68,24781,office,,,,2025-07-01,,\n", "",
     ("ended", "units", "24781")),
    ("officers.csv", "Trần Thị Mẫu", "Trần Thị Thử", ("changed", "accounts", "quantri")),
    ("officers.csv", "Văn thư", "Cán bộ văn thư", ("changed", "posts", "mot.ct 24778-vp clerk")),
    ("officers.csv", "mot.ct,Lê Văn Mẫu,24778-vp,clerk,Văn thư,mot.ct@thu.example,\n", "",
     ("ended", "posts", "mot.ct 24778-vp clerk")),
    ("categories.csv", "Waste,streets", "Waste,", ("changed", "categories", "waste")),
    ("attributes.csv", "Số cột?", "Số ghi trên cột?", ("changed", "categories", "lighting")),
    ("routing.csv", "Rác: phường.", "Rác: xã.", ("changed", "routing", "30")),
    ("routing.csv", "30,waste", "40,waste", ("removed", "routing", "30")),
    ("clocks.csv", "*,khan,1 ngày", "*,khan,2 ngày", ("changed", "clocks", "result * * khan")),
    ("clocks.csv", "on_site,waste,*,*,,,,,\n", "", ("removed", "clocks", "on_site waste * *")),
    ("scope.csv", "Gọi 113.", "Gọi 113 ngay.", ("changed", "scope", "crime")),
    ("templates.csv", "Đã nhận {code},", "Nhận {code},",
     ("changed", "templates", "incident.submitted reporter email vi")),
    ("phrases/waste.txt", "đèn đèn hỏng 1", "rác đầy đường rồi", ("removed", "phrases", "waste: đèn đèn hỏng 1")),
    ("pack.toml", "zoom = 13", "zoom = 14", ("changed", "pack.toml", "thu")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"), CHANGES, ids=[f"{c[0]}:{c[3][0]}:{c[3][2]}" for c in CHANGES]
)
def test_a_changed_line(folder: Path, file: str, old: str, new: str, expected: tuple[str, str, str]) -> None:
    replace(folder, "routing.csv", "10,lighting,24781,*,24781,Phường Hai tự lo đèn.\n", "")  # so that the ward can go
    apply(folder)
    replace(folder, file, old, new)
    assert expected in told(apply(folder))
    assert apply(folder) == []


def test_a_unit_that_moves_takes_what_is_below_along(folder: Path) -> None:
    apply(folder)
    replace(folder, "units.csv", "commune,68,24778", "commune,centre,24778")
    apply(folder)
    for unit in Unit.objects.all():
        assert unit.path == f"{unit.parent.path if unit.parent else '.'}{unit.pk}."
    assert Event.objects.get(name="unit.changed").data["changed"] == {"parent_code": ["68", "centre"]}


def test_what_people_entered_stays(folder: Path) -> None:
    apply(folder)
    office = Calendar.objects.get(code="office")
    root = Unit.objects.get(code="68")
    added = add_unit(
        actor=SYSTEM, code="doi-cay", name="Đội cây xanh", short_name="Đội cây", kind="centre", parent_id=root.pk,
        calendar_id=office.pk, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    account = Account.objects.get(login="quantri")
    Post.objects.create(officer=account, unit=added, role=Role.LEADER, valid_from=date(2026, 1, 1))
    set_calendar_day(office.pk, date(2028, 1, 3), actor=SYSTEM, kind="off", name="Nghỉ riêng")
    RoutingRule.objects.create(kind="incident", position=15, target="doi-cay", categories=["waste"], reason="Thử")
    ClockRule.objects.create(kind="incident", position=999, clock="result", categories=["waste"], duration="1 tháng")
    Phrase.objects.create(category="waste", text="rác của cán bộ", source="officer", created_at="2026-01-01T00:00Z")
    replace(folder, "clocks.csv", "*,khan,1 ngày", "*,khan,2 ngày")
    apply(folder)
    assert Unit.objects.get(code="doi-cay").valid_to is None
    assert Post.objects.get(unit=added).valid_to is None
    assert CalendarDay.objects.filter(date=date(2028, 1, 3)).exists()
    assert RoutingRule.objects.filter(position=15).exists()
    assert Phrase.objects.filter(source="officer").exists()
    kept = ClockRule.objects.get(duration="1 tháng")
    general = ClockRule.objects.get(clock="result", categories=[], areas=[], urgencies=[])
    assert kept.position < general.position  # narrow before wide, whoever wrote it


def test_an_officer_who_comes_back(folder: Path) -> None:
    line = "mot.ct,Lê Văn Mẫu,24778-vp,clerk,Văn thư,mot.ct@thu.example,\n"
    apply(folder)
    replace(folder, "officers.csv", line, "")
    apply(folder)
    assert Post.objects.get(role="clerk").valid_to is not None
    with (folder / "officers.csv").open("a", encoding="utf-8") as file:
        file.write(line)
    apply(folder)
    assert Post.objects.get(role="clerk").valid_to is None


def test_a_changed_calendar_tells_those_who_count_by_it(folder: Path) -> None:
    apply(folder)
    version = Calendar.objects.get(code="office").version
    replace(folder, "calendar_days.csv", "office,2026-01-02,off", "office,2026-01-05,off")
    apply(folder)
    office = Calendar.objects.get(code="office")
    event = Event.objects.get(name="calendar.changed")
    assert event.data["calendar_id"] == office.pk
    assert event.data["version"] == office.version == version + 1
    assert not org.work_calendar(office.pk).is_working_day(date(2026, 1, 5))


def test_a_year_is_confirmed_by_the_pack(folder: Path) -> None:
    apply(folder)
    confirmed = CalendarYear.objects.filter(calendar__code="office", confirmed_at__isnull=False)
    assert [row.year for row in confirmed] == [2026]


def test_only_some_parts(folder: Path) -> None:
    apply(folder)
    replace(folder, "units.csv", "UBND phường Hai", "Ủy ban nhân dân phường Hai")
    replace(folder, "scope.csv", "Gọi 113.", "Gọi 113 ngay.")
    assert told(apply_pack(read_pack(folder), actor=SYSTEM, only=["incidents"])) == [("changed", "scope", "crime")]
    assert told(apply(folder)) == [("changed", "units", "24781")]


def test_an_unknown_part(folder: Path) -> None:
    with pytest.raises(Refused) as refusal:
        apply_pack(read_pack(folder), actor=SYSTEM, only=["orgs"])
    assert refusal.value.code == "unknown_part"
    assert not Unit.objects.exists()
    assert not Event.objects.exists()


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("pack", "check", str(folder))
    call_command("pack", "apply", str(folder))
    call_command("pack", "diff", str(folder))
    said = capsys.readouterr().out
    assert "đúng" in said
    assert "đã ghi trong" in said
    assert said.endswith("Không có gì thay đổi.\n")
    replace(folder, "units.csv", "ubnd@thu.example", "x")
    with pytest.raises(SystemExit) as end:
        call_command("pack", "check", str(folder))
    assert end.value.code == 1
    assert "units.csv:2: email:" in capsys.readouterr().err


@pytest.mark.slow
def test_the_first_pack_of_the_house_twice() -> None:
    folder = settings.BASE_DIR / "packs" / "lam-dong"
    assert apply(folder)
    assert apply(folder) == []
    assert len([row for row in org.tree().in_force if row.kind == "commune"]) == 124
    found = places.commune_at(11.9404, 108.4583)
    assert found is not None
    assert found.name.startswith("Xuân Hương")
