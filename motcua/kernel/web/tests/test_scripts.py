"""What our scripts do in a real browser, each on the smallest page that shows it."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]

MAIN = re.compile(r"(<main[^>]*>).*(</main>)", re.DOTALL)
Show = Callable[..., "Page"]


def _serve(data: object, route: "Route") -> None:
    route.fulfill(json=data)


@pytest.fixture
def show(open_page: OpenPage, city: City) -> Show:
    """Opens a common page, under the policy of every page, with that for its content; ``served`` is JSON that
    the page finds at those addresses."""

    def show_body(body: str, served: dict[str, object] | None = None) -> "Page":
        page = open_page()
        for address, data in (served or {}).items():
            page.route(f"**{address}", partial(_serve, data))

        def replace(route: "Route") -> None:
            answer = route.fetch()
            html = MAIN.sub(lambda match: match[1] + body + match[2], answer.text())
            route.fulfill(response=answer, body=html)

        page.route("**/mat-mang/", replace)
        page.goto("/mat-mang/")
        return page

    return show_body


def test_clock_badges_are_told_anew(show: Show) -> None:
    asked: list[str] = []

    def answer(route: "Route") -> None:
        asked.append(route.request.post_data or "")
        route.fulfill(body='<span class="mc-clock" data-s="late" data-clock="7:x">Trễ 1 phút</span>')

    page = show('<span class="mc-clock" data-s="soon" data-clock="7:x">Còn 1 phút</span>')
    page.route("**/dong-ho/", answer)
    page.clock.install()
    page.goto("/mat-mang/")
    page.clock.run_for(75_000)
    page.get_by_text("Trễ 1 phút").wait_for()
    assert asked[0] == "c=7%3Ax"


def test_draft_survives_a_reload_and_ends_with_the_submission(show: Show) -> None:
    page = show(
        """<form data-draft="thu"><label>Lời <input name="words"></label>
        <label>Mật <input type="password" name="secret"></label><label><input type="checkbox" name="hide">Ẩn</label>
        <p data-draft-words hidden>Đã giữ nháp</p></form>"""
    )
    page.get_by_label("Lời").fill("Đèn tắt")
    page.get_by_label("Mật").fill("bí mật")
    page.get_by_label("Ẩn").check()
    page.get_by_text("Đã giữ nháp").wait_for()
    page.reload()
    assert page.get_by_label("Lời").input_value() == "Đèn tắt"
    assert page.get_by_label("Mật").input_value() == ""
    assert page.get_by_label("Ẩn").is_checked()
    page.evaluate("""document.querySelector('main').innerHTML = '<i data-draft-done="thu"></i>';
        document.dispatchEvent(new CustomEvent('htmx:load', {detail: {elt: document.body}}))""")
    assert page.evaluate("localStorage.length") == 0


def test_live_region_fetches_itself_again(show: Show) -> None:
    parts: list[str] = []

    def part(route: "Route") -> None:
        parts.append(route.request.url)
        route.fulfill(body="<b>Mới</b>", content_type="text/html")

    page = show(
        '<p data-live-state data-on="Trực tiếp {time}" data-stale="Lúc {time}"><span data-live-words></span></p>'
        '<section data-live-url="/live/thu/" data-live-swap="/phan/" data-live-how="innerHTML">Cũ</section>'
    )
    stream = "retry: 60000\nevent: ping\ndata: {}\n\nid: 1-1\ndata: {}\n\nid: 1-2\ndata: {}\n\n"
    page.route("**/live/thu/", lambda route: route.fulfill(body=stream, content_type="text/event-stream"))
    page.route("**/phan/", part)
    page.goto("/mat-mang/")
    page.locator("section b").wait_for()
    assert len(parts) == 1  # two events at once: one fetch


def test_stopped_region_stands_still(show: Show) -> None:
    page = show(
        '<button data-live-stop aria-pressed="false">Dừng</button>'
        '<section data-live-url="/live/thu/" data-live-swap="/phan/">Cũ</section>'
    )
    page.route("**/live/thu/", lambda route: route.fulfill(body="retry: 60000\n\n", content_type="text/event-stream"))
    page.get_by_role("button", name="Dừng").click()
    assert page.get_by_role("button", name="Dừng").get_attribute("aria-pressed") == "true"
    assert page.locator("section").get_attribute("data-live-paused") == ""


def test_refused_action_says_why(show: Show, open_page: Any) -> None:
    page = show('<button hx-post="/lam/" hx-swap="none">Làm</button>')
    page.route(
        "**/lam/", lambda route: route.fulfill(status=409, headers={"X-Refused": "Vi%E1%BB%87c%20%C4%91%C3%A3%20xong"})
    )
    page.get_by_role("button", name="Làm").click()
    page.get_by_role("status").get_by_text("Việc đã xong").wait_for()
    open_page.complaints.clear()  # the browser notes the 409


def test_toast_offers_undo(show: Show) -> None:
    undone: list[str] = []

    def undo(route: "Route") -> None:
        undone.append(route.request.method)
        route.fulfill(status=204)

    page = show('<button hx-post="/giao/" hx-swap="none">Giao</button>')
    told = '{"toast": {"text": "Da giao 3 viec", "undo": "/bo/"}}'
    page.route("**/giao/", lambda route: route.fulfill(status=204, headers={"HX-Trigger": told}))
    page.route("**/bo/", undo)
    page.get_by_role("button", name="Giao").click()
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_role("button", name="Hoàn tác").wait_for(state="detached")
    assert undone == ["POST"]


MAP = """<label>Vĩ độ <input id="lat"></label><label>Kinh độ <input id="lon"></label>
<div class="mc-map mc-map-m" data-map data-edit="lat lon" data-centre-lat="11.94" data-centre-lon="108.44"
role="application" aria-label="Bản đồ"></div>"""


def test_pin_follows_the_map_only_when_somebody_moves_it(show: Show) -> None:
    page = show(MAP)
    page.wait_for_selector(".leaflet-container .mc-pin")
    assert page.locator("#lat").input_value() == ""  # nobody chose this place
    from playwright.sync_api import expect

    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#lat")).not_to_have_value("")
    assert float(page.locator("#lat").input_value()) > 11.94
    page.evaluate("document.dispatchEvent(new CustomEvent('pin:set', {detail: {lat: 11.95, lon: 108.45}}))")
    assert page.locator("#lat").input_value() == "11.950000"
    assert page.locator("#lon").input_value() == "108.450000"


def test_thousands_of_points_are_clustered(show: Show) -> None:
    points = [
        {"lat": 11.9 + i % 50 / 500, "lon": 108.4 + i // 50 / 500, "s": "on", "t": "x", "u": "/"} for i in range(3000)
    ]
    points[7]["s"] = "late"
    body = '<div class="mc-map mc-map-l" data-map data-points="/points.json" data-fit data-zoom="13"></div>'
    page = show(body, {"/points.json": points})
    page.wait_for_selector(".mc-cluster[data-s=late]")
    drawn = page.locator(".leaflet-marker-icon").count()
    assert 0 < drawn < 400
    assert sum(int(text) for text in page.locator(".mc-cluster").all_inner_texts()) > 2000


def test_chart_is_drawn_under_the_policy(show: Show) -> None:
    data = {"kind": "line", "x": ["1", "2"], "series": [{"name": "A", "data": [90, 95]}], "unit": "%", "min": 80}
    page = show(
        '<div class="mc-chart" data-chart="data" role="img" aria-label="Tỷ lệ"></div>'
        f'<script type="application/json" id="data">{json.dumps(data)}</script>'
    )
    page.wait_for_selector(".mc-chart canvas")


def test_keys_of_the_desk(open_page: OpenPage, sign_in: Any, city: City) -> None:
    page = open_page(width=1440)
    sign_in(page, city.hoa.id)
    page.goto("/desk/")
    page.keyboard.press("/")
    page.keyboard.type("g b ?")
    assert page.get_by_role("searchbox").input_value() == "g b ?"  # no key acts while one types
    page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Bảng đúng hẹn").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/board/")


def test_single_letter_keys_can_be_turned_off(open_page: OpenPage, sign_in: Any, city: City) -> None:
    page = open_page(width=1440)
    sign_in(page, city.hoa.id)
    page.goto("/desk/")
    page.keyboard.press("?")
    page.get_by_label("Tắt phím tắt một chữ trên máy này").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert not page.get_by_role("dialog").is_visible()
