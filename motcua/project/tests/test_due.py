"""``motcua due``: from the pack's files, without a database."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org import queries as org
from motcua.kernel.org.actions import set_calendar_day
from motcua.kernel.org.models import Calendar
from motcua.kernel.packs.actions import apply_pack
from motcua.kernel.packs.queries import read_pack
from motcua.kernel.packs.tests.small import write_small_pack
from motcua.lib.errors import Refused
from motcua.project.management.commands.due import Command


def due(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("due", *arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        ("2026-02-13T14:00", "3 ngày làm việc", "2026-02-25T14:00+07:00"),
        ("2026-02-13T14:00:30", "3 ngày làm việc", "2026-02-25T14:00:30+07:00"),
        ("2026-02-13T07:00Z", "3 ngày làm việc", "2026-02-25T14:00+07:00"),
        ("2026-02-13 16:00", "90 phút làm việc", "2026-02-23T07:30+07:00"),
        ("2026-08-28T16:00", "8 giờ làm việc", "2026-09-03T16:00+07:00"),  # 31/8 to 2/9 are off
        ("2026-08-21T16:00", "1 ngày làm việc", "2026-08-22T16:00+07:00"),  # Saturday 22/8 is worked
        ("2026-02-13T14:00", "5 ngày", "2026-02-23T14:00+07:00"),
        ("2026-01-31T14:00", "1 tháng", "2026-03-02T07:00+07:00"),
    ],
)
def test_due(capsys: pytest.CaptureFixture[str], start: str, term: str, expected: str) -> None:
    assert json.loads(due(capsys, "--from", start, "--for", term, "--json"))["due"] == expected


def test_needs_no_database() -> None:
    assert not Command.needs_database(["due", "--from", "2026-02-13T14:00"])
    assert Command.needs_database(["due", "--installed"])


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    said = due(capsys, "--from", "2026-02-13T14:00", "--for", "3 ngày làm việc", "--explain").splitlines()
    assert said[-1] == "Hạn: 14:00, thứ Tư 25/2/2026."
    assert any("nghỉ Tết Nguyên đán" in line for line in said)
    told = json.loads(due(capsys, "--from", "2026-02-13T14:00", "--for", "3 ngày làm việc", "--explain", "--json"))
    assert sum(step["minutes"] for step in told["steps"]) == 3 * 480


def test_an_unconfirmed_year_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "năm 2027 chưa được xác nhận" in due(capsys, "--from", "2026-12-31T14:00", "--for", "3 ngày làm việc")
    told = json.loads(due(capsys, "--from", "2026-12-31T14:00", "--for", "3 ngày làm việc", "--json"))
    assert told["unconfirmed_years"] == [2027]


def test_calendar_of_a_unit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pack = str(write_small_pack(tmp_path / "thu"))
    told = json.loads(
        due(
            capsys,
            "--from",
            "2026-01-03T20:00",
            "--for",
            "2 giờ làm việc",
            "--unit",
            "centre",
            "--pack",
            pack,
            "--json",
        )
    )
    assert (told["calendar"], told["due"]) == ("hotline", "2026-01-04T08:00+07:00")
    told = json.loads(
        due(
            capsys,
            "--from",
            "2026-01-03T20:00",
            "--for",
            "2 giờ làm việc",
            "--calendar",
            "office",
            "--pack",
            pack,
            "--json",
        )
    )
    assert told["due"] == "2026-01-05T09:00+07:00"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "13/2/2026", "--for", "3 ngày"), "viết như 2026-02-13T14:00"),
        (("--from", "2026-02-13T14:00", "--for", "3 giờ"), "3 giờ làm việc"),
        (("--from", "2026-02-13T14:00", "--for", "ba ngày"), "Không đọc được thời hạn"),
        (("--from", "2026-02-13T14:00", "--for", "3 ngày", "--calendar", "x"), "Không có lịch “x”"),
        (("--from", "2026-02-13T14:00", "--for", "3 ngày", "--unit", "x"), "không có đơn vị “x”"),
        (("--from", "1926-02-13T14:00", "--for", "3 ngày"), ""),
        (("--from", "2026-02-13T14:00", "--for", "3 ngày", "--pack", "/nowhere"), "không phải gói cấu hình"),
    ],
)
def test_refuses_in_words(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(Refused) as refusal:
        call_command("due", *arguments)
    assert words in refusal.value.message


@pytest.mark.django_db
def test_installed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    org.forget()
    apply_pack(read_pack(write_small_pack(tmp_path / "thu")), actor=SYSTEM)
    set_calendar_day(
        Calendar.objects.get(code="office").pk, date(2026, 3, 3), actor=SYSTEM, kind="off", name="Nghỉ riêng"
    )
    arguments = ("--from", "2026-03-02T14:00", "--for", "1 ngày làm việc", "--json", "--installed")
    told = json.loads(due(capsys, *arguments))
    assert (told["due"], told["unconfirmed_years"]) == ("2026-03-04T14:00+07:00", [2026])
    told = json.loads(due(capsys, *arguments, "--unit", "centre"))
    assert told["calendar"] == "hotline"
    with pytest.raises(Refused):
        call_command("due", *arguments, "--calendar", "x")
