"""The wall: whose work it counts, what it keeps to itself, and how it looks from across the room."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.watching import EMERGENCY, course, dues_by_hour, opened_by_hour
from motcua.kernel.figures.queries import wall as queries
from motcua.kernel.figures.queries.wall import reach_of, wall
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import accept_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import approve_incident, resolve_incident, visit_incident
from motcua.testing.city import LAMP_AT, MONDAY, WARD_TWO_AT, City
from motcua.testing.patience import read_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db
ADDRESSES = ("/wall/", "/wall/?part=wall", "/wall/diem.json", "/wall/tre/")
BROKEN = MONDAY + timedelta(days=4)  # when every promise of Monday is broken


def report(city: City, at: tuple[float, float] = LAMP_AT, category: str = "street-lighting") -> int:
    new = NewIncident(text="Đèn tắt cả dãy phố", category=category, lat=at[0], lon=at[1])
    return submit_incident(new, actor=city.an).case.id


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    queries.forget()


@pytest.fixture
def two_wards(city: City) -> City:
    """A lamp of Ward One that was accepted and is public, another that is not, and one in Ward Two."""
    with moment.at(MONDAY):
        accept_incident(report(city), actor=city.hoa)
        report(city)
        report(city, WARD_TWO_AT)
    read_all()
    return city


def test_it_works(two_wards: City) -> None:
    with moment.at(MONDAY + timedelta(hours=1)):
        shown = wall(reach_of(two_wards.lan))
    assert (shown.now.open, shown.now.late, shown.today.opened) == (3, 0, 3)
    assert [(line.unit.id, line.now.open) for line in shown.units] == [
        (two_wards.ward_one.id, 2),
        (two_wards.ward_two.id, 1),
    ]
    assert shown.channels == [("web", 3)]
    assert shown.hours == [0] * 8 + [3, 0]
    assert shown.course[-1] == (3, 0)


def test_a_ward_leader_sees_the_ward_alone(two_wards: City) -> None:
    client = signed_in(two_wards.minh)
    with moment.at(BROKEN):
        shown = wall(reach_of(two_wards.minh))
        found = client.get("/wall/diem.json").json()
        late = client.get("/wall/tre/").content.decode()
        other = client.get(f"/wall/tre/?don-vi={two_wards.ward_two.code}")
        page = client.get("/wall/").content.decode()
    assert shown.root is not None
    assert shown.root.id == two_wards.ward_one.id
    assert (shown.now.open, shown.now.late, len(shown.cases), shown.course[-1]) == (2, 2, 2, (2, 2))
    assert {line.unit.id for line in shown.units} == {two_wards.office_one.id}
    assert len(found) == 2
    assert late.count("/desk/phan-anh/") == 2
    assert other.status_code == 404
    assert two_wards.ward_two.name not in page + late


@pytest.mark.parametrize("who", ["hoa", "tam"])
def test_who_may_not_watch_gets_no_number(two_wards: City, who: str) -> None:
    client = signed_in(getattr(two_wards, who))
    for address in ADDRESSES:
        assert client.get(address).status_code == 403, address


def test_strangers_are_asked_to_sign_in(two_wards: City, client: Client) -> None:
    for address in ADDRESSES:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/dang-nhap/"), address


def test_a_case_that_is_not_public_bears_its_category_only(city: City) -> None:
    with moment.at(MONDAY):
        case_id = report(city)
        Case.objects.filter(pk=case_id).update(subject="Ông hàng xóm Trần Văn Bí Mật", urgency=EMERGENCY)
    client = signed_in(city.minh)
    with moment.at(BROKEN):
        pages = [client.get(address).content.decode() for address in ADDRESSES]
    assert all("Chiếu sáng" in page for page in pages)
    assert not any("Bí Mật" in page for page in pages)


def test_only_a_late_emergency_pulses(city: City) -> None:
    with moment.at(MONDAY):
        ordinary, urgent = report(city), report(city)
        Case.objects.filter(pk=urgent).update(urgency=EMERGENCY)
    client = signed_in(city.minh)

    def pulsing(at: datetime) -> set[str]:
        with moment.at(at):
            return {point["u"] for point in client.get("/wall/diem.json").json() if point["x"]}

    assert ordinary != urgent
    assert pulsing(MONDAY + timedelta(hours=1)) == set()
    assert pulsing(BROKEN) == {f"/desk/phan-anh/{urgent}/"}


def test_the_unit_with_most_late_work_stands_first(city: City) -> None:
    with moment.at(MONDAY):
        report(city, WARD_TWO_AT)
    with moment.at(BROKEN):
        for _ in range(2):
            report(city)
        shown = wall(reach_of(city.lan))
    assert [line.unit.id for line in shown.units] == [city.ward_two.id, city.ward_one.id]


def test_the_course_tells_how_it_was(city: City) -> None:
    with moment.at(MONDAY):
        done, _open = report(city), report(city)
    with moment.at(MONDAY + timedelta(hours=2)):
        take_incident(done, actor=city.hoa)
        resolve_incident(done, actor=city.hoa, result="Đã thay bóng")
        approve_incident(done, actor=city.minh)
    hours = [MONDAY + timedelta(hours=number) for number in (-1, 1, 3)]
    assert course(hours) == [(0, 0), (2, 0), (1, 0)]
    assert course([BROKEN]) == [(1, 1)]
    assert course(hours, [city.office_two.id]) == [(0, 0)] * 3


def test_deadlines_and_hours_are_counted_within_reach(city: City) -> None:
    with moment.at(MONDAY):
        report(city)
        report(city, WARD_TWO_AT)
    # Taken in at eight, to be accepted within eight working hours: by five in the afternoon, after a pause at noon …
    due = Case.objects.order_by("id").values_list("next_due_at", flat=True)[0]
    assert due is not None
    assert sum(dues_by_hour(due - timedelta(minutes=30), 2)) == 2
    assert dues_by_hour(due - timedelta(minutes=30), 2, [city.office_one.id]) == [1, 0]
    day = (MONDAY.date(), 8)
    assert opened_by_hour(MONDAY, BROKEN) == {day: 2}
    assert opened_by_hour(MONDAY, BROKEN, [city.office_one.id]) == {day: 1}
    assert opened_by_hour(MONDAY + timedelta(hours=1), BROKEN) == {}


def test_what_people_wrote_is_not_told_on_the_wall(two_wards: City) -> None:
    case_id = Case.objects.filter(published_at__isnull=False).values_list("id", flat=True)[0]
    with moment.at(MONDAY + timedelta(hours=1)):
        take_incident(case_id, actor=two_wards.hoa)
        visit_incident(case_id, actor=two_wards.hoa, note="Gặp bà Nguyễn Thị Kín Đáo tại nhà")
        page = signed_in(two_wards.minh).get("/wall/").content.decode()
    assert "Kiểm tra tại chỗ" in page
    assert "Kín Đáo" not in page


def test_statements_of_the_page(two_wards: City, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = signed_in(two_wards.minh)
    with moment.at(BROKEN):
        client.get("/wall/")
        queries._held.pop(("wall", reach_of(two_wards.minh)))
        # Three ask who it is. Then: open work, channels, hours, what changed, its events, course, deadlines, cases.
        with django_assert_num_queries(3 + 8):
            client.get("/wall/?part=wall")
        with django_assert_num_queries(3):
            client.get("/wall/?part=wall")
            # … and what was counted is kept for whoever has the same reach


def test_an_empty_city_has_a_wall(city: City) -> None:
    with moment.at(MONDAY):
        page = signed_in(city.quan).get("/wall/").content.decode()
    assert "Không còn việc nào đang mở." in page
    assert "Hôm nay chưa có việc nào gửi đến." in page


# ── In a browser ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def busy_wards(transactional_db: None, city: City) -> City:
    """Real time, for the page's own clock: late emergencies, unpublished ones, two wards."""
    now = moment.now()
    with moment.at(now - timedelta(days=9)):
        late = report(city)
        accept_incident(late, actor=city.hoa)
        Case.objects.filter(pk=late).update(urgency=EMERGENCY)
    with moment.at(now - timedelta(hours=1)):
        for place in (LAMP_AT, WARD_TWO_AT):
            accept_incident(report(city, place), actor=city.lan)
    read_all()
    return city


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_wall_in_a_browser(
    open_page: Callable[..., "Page"],
    check_page: Callable[["Page"], None],
    sign_in: Any,
    busy_wards: City,
    language: str,
) -> None:
    page = open_page(width=1920, language=language)
    sign_in(page, busy_wards.lan.id)
    for width, height in ((1920, 1080), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/wall/")
        page.locator(".wl-pulse").wait_for()
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [width, height]
        cut = page.evaluate(
            """() => [...document.querySelectorAll(".wl-pn")].filter((e) => e.scrollHeight > e.clientHeight + 1 ||
               e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert not cut, cut
        check_page(page)
    assert page.locator("#wl-said").text_content()
    page.get_by_role(
        "button", name={"vi": "Xem số liệu dạng bảng", "en": "Show the numbers as tables"}[language]
    ).click()
    page.locator("#wl-numbers table").first.wait_for()
    check_page(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_wall_on_a_phone_and_the_way_to_a_case(
    open_page: Callable[..., "Page"], check_page: Callable[["Page"], None], sign_in: Any, busy_wards: City
) -> None:
    page = open_page(width=390)
    sign_in(page, busy_wards.minh.id)
    page.goto("/wall/")
    check_page(page)
    page.locator(".wl-units a").first.click()
    page.wait_for_url("**/wall/tre/**")
    check_page(page)
    page.locator(".wl-list a").first.click()
    page.wait_for_url("**/desk/phan-anh/*/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_numbers_renew_themselves_and_the_ticker_obeys(
    open_page: Callable[..., "Page"], sign_in: Any, busy_wards: City
) -> None:
    page = open_page(width=1440)
    page.clock.install()
    sign_in(page, busy_wards.minh.id)
    page.goto("/wall/")
    first = page.locator("#wl-news li:visible").inner_text()
    page.clock.run_for(8_500)
    assert page.locator("#wl-news li:visible").inner_text() != first
    assert page.evaluate("mcTime('2026-11-23T01:02:03Z')") == "08:02"
    told = page.locator("[data-wall-clock]").inner_text().split(":")
    assert len(told) == 3  # with its seconds
    page.get_by_role("button", name="Dừng đổi diễn biến").click()
    held = page.locator("#wl-news li:visible").inner_text()
    page.clock.run_for(9_000)
    assert page.locator("#wl-news li:visible").inner_text() == held
    report(busy_wards)
    queries.forget()
    page.clock.run_for(30_000)
    page.locator(".wl-kpi .v", has_text="3").first.wait_for()
    page.route("**/wall/?part=wall", lambda route: route.abort())
    page.clock.run_for(70_000)
    page.locator("[data-live=stale]", has_text="Số liệu lúc").wait_for()
    page.goto("about:blank")
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes what we cut off
