from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models import Sum
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.figures.actions import COUNTS, rebuild_figures
from motcua.kernel.figures.models import DayFigure
from motcua.kernel.figures.queries import board as board_queries
from motcua.kernel.figures.queries.board import board, forget
from motcua.kernel.figures.views.board import forget_drawn
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import Unit
from motcua.lib import moment
from motcua.modules.incidents.actions.people import rate_incident, reopen_incident
from motcua.modules.incidents.actions.receiving import (
    accept_incident,
    merge_incident,
    reject_incident,
    take_incident,
)
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import approve_incident, hide_incident, resolve_incident
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import LAMP_AT, MONDAY, WARD_TWO_AT, City, holding
from motcua.testing.patience import read_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db


def lamp(city: City) -> int:
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    return submit_incident(new, actor=city.an).case.id


def finish(city: City, case_id: int) -> None:
    take_incident(case_id, actor=city.hoa)
    resolve_incident(case_id, actor=city.hoa, result="Đã thay bóng")
    approve_incident(case_id, actor=city.minh)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    forget()
    forget_drawn()


@pytest.fixture
def week(city: City) -> City:
    """Two lamps mended in time, one too late, one still broken and late."""
    with moment.at(MONDAY):
        cases = [lamp(city) for _ in range(4)]
        accept_incident(cases[3], actor=city.hoa)
    for case_id, hours in ((cases[0], 2), (cases[1], 30), (cases[2], 24 * 4)):
        with moment.at(MONDAY + timedelta(hours=hours)):
            finish(city, case_id)
    return city


def test_it_works(week: City) -> None:
    with moment.at(MONDAY + timedelta(days=4, hours=1)):
        read_all()
        shown = board("30-ngay")
    (row,) = shown.rows
    assert row.unit.id == week.ward_one.id
    assert (row.done.closed, row.done.on_time, row.done.late) == (3, 2, 1)
    assert (row.now.open, row.now.late) == (1, 1)
    assert shown.done.rate == pytest.approx(2 / 3)
    assert row.done.median_hours == pytest.approx(30, abs=6)  # hours are kept in bins


def test_what_ends_soon_is_counted_before_it_is_late(city: City) -> None:
    with moment.at(MONDAY):
        lamp(city)
    due = MONDAY + timedelta(days=3)
    for when, soon, late in (
        (MONDAY + timedelta(minutes=1), 0, 0),
        (due - timedelta(minutes=1), 1, 0),
        (due + timedelta(minutes=1), 0, 1),
    ):
        forget()
        with moment.at(when):
            assert (board().now.soon, board().now.late) == (soon, late), when


def test_a_case_is_late_the_minute_its_promise_ends(city: City) -> None:
    with moment.at(MONDAY):
        lamp(city)
    due = MONDAY + timedelta(days=3)
    with moment.at(due - timedelta(minutes=1)):
        assert board().now.late == 0
    with moment.at(due):
        assert board().now.late == 1


def test_rebuilding_gives_the_same_numbers(week: City) -> None:
    """With something in every column: also rejected, merged, reopened, rated, and rated otherwise."""
    with moment.at(MONDAY + timedelta(days=5)):
        rejected, merged, again = (lamp(week) for _ in range(3))
        reject_incident(rejected, actor=week.minh, reason="Không thuộc phạm vi")
        merge_incident(merged, actor=week.minh, into_code=Case.objects.get(pk=again).code)
        finish(week, again)
        reporter = holding(Party.objects.filter(case_id=again).earliest("id").id, again)
        rate_incident(again, actor=reporter, score=2)
        reopen_incident(again, actor=reporter, reason="Lại tắt")
        finish(week, again)
        rate_incident(again, actor=reporter, score=5)

    def numbers() -> list[dict[str, object]]:
        return [
            {name: value for name, value in row.items() if name != "id"}
            for row in DayFigure.objects.order_by("day", "unit_id", "category_id", "area_id", "channel").values()
        ]

    def sums() -> dict[str, int]:
        return DayFigure.objects.aggregate(**{name: Sum(name) for name in COUNTS})

    expected = {"opened": 7, "closed": 5, "on_time": 4, "late": 1, "rejected": 2, "reopened": 1, "rated": 1,
                "rating_sum": 5}  # fmt: skip
    read_all()
    first = numbers()
    assert sums() == expected
    rebuild_figures()
    assert not DayFigure.objects.exists()
    read_all()
    assert sums() == expected
    assert numbers() == first


def test_the_page_shows_unit_rate_and_the_late_case_without_reason(week: City, client: Client) -> None:
    with moment.at(MONDAY + timedelta(days=4, hours=1)):
        read_all()
        forget()
        page = client.get("/board/?ky=30-ngay").content.decode()
    assert "Phường Một" in page
    assert "66,7%" in page
    assert "Chưa có lý do và hẹn mới" in page
    assert "Chưa đủ việc để xếp" in page


def test_late_cases_that_are_not_public_are_counted_and_not_named(week: City, client: Client) -> None:
    shown = Case.objects.get(closed_at=None)
    with moment.at(MONDAY):
        hidden = accept_incident(lamp(week), actor=week.hoa)
        hide_incident(hidden.id, actor=week.minh, reason="Thử")
    with moment.at(MONDAY + timedelta(days=4, hours=1)):
        for path in ("/board/", "/board/tre/", f"/board/tre/?don-vi={week.ward_one.code}"):
            page = client.get(path).content.decode()
            assert shown.code in page
            assert hidden.code not in page
            assert "Còn 1 việc trễ không nêu ở đây" in page
        assert "việc trễ không nêu" not in client.get(f"/board/tre/?don-vi={week.ward_two.code}").content.decode()
        hide_incident(shown.id, actor=week.minh, reason="Thử")
        forget()
        forget_drawn()
        for path in ("/board/", "/board/tre/"):
            page = client.get(path).content.decode()
            assert "2 việc đang trễ, không nêu từng việc ở đây" in page
            assert "Không có việc nào trễ" not in page


def test_queries_of_the_page(week: City, client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Areas, units and calendars are warm; then five sums, late cases, their clocks and events."""
    with moment.at(MONDAY + timedelta(days=4, hours=1)):
        client.get("/board/")
        forget()
        forget_drawn()
        with django_assert_num_queries(8):
            client.get("/board/")


def test_an_unknown_unit_is_not_found(client: Client, city: City) -> None:
    assert client.get("/board/no-such-unit/").status_code == 404


def test_nobody_fills_the_memory_with_boards(client: Client, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each board of a year is 0.2 MB, and who asks names it."""
    answer = client.get("/api/v1/board?kind=no-such-kind")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert board_queries._boards == {}
    monkeypatch.setattr(board_queries, "MOST_KEPT", 3)
    for period in board_queries.PERIODS:
        assert client.get(f"/api/v1/board?kind=incident&period={period}").status_code == 200
    assert 0 < len(board_queries._boards) <= 3


def test_open_data(week: City, client: Client) -> None:
    with moment.at(MONDAY + timedelta(days=4, hours=1)):
        read_all()
        rows = client.get("/board/so-lieu.json").json()["rows"]
        csv = client.get("/board/so-lieu.csv").content.decode()
    assert sum(row["closed"] for row in rows) == 3
    assert csv.splitlines()[0].lstrip("\ufeff").startswith("day,unit_code")
    Unit.objects.filter(pk=week.ward_one.pk).update(valid_to=(MONDAY + timedelta(days=5)).date())
    org.forget()
    with moment.at(MONDAY + timedelta(days=9)):
        assert client.get("/board/so-lieu.json?tu=2026-11-10&den=2026-11-30").json()["rows"] == rows


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@BOTH_FACES
def test_the_board_in_a_browser(
    open_page: Callable[..., "Page"], check_page: Callable[["Page"], None], city: City, width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    for path in ("/board/", "/board/tre/"):  # with nothing on them
        page.goto(path)
        check_page(page)
    forget()
    forget_drawn()
    with moment.at(moment.now() - timedelta(days=9)):
        accept_incident(lamp(city), actor=city.hoa)
    other = NewIncident(text="Đèn tắt", category="street-lighting", lat=WARD_TWO_AT[0], lon=WARD_TWO_AT[1])
    accept_incident(submit_incident(other, actor=city.an).case.id, actor=city.tam)
    read_all()
    page.goto("/board/")
    assert page.locator(".bd-few:not([open])").count() == 1  # who has little to do, and nothing late
    check_page(page)
    page.locator(".bd-few summary").click()
    check_page(page)
    for path in (f"/board/{city.ward_one.code}/", "/board/tre/", "/board/cach-tinh/", "/board/?ky=hom-nay"):
        page.goto(path)
        assert page.locator("h1").count() == 1
        check_page(page)
