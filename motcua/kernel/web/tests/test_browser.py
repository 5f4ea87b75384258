"""The common pages in a real browser: accessible, narrow enough, without a complaint from the page."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from motcua.kernel.web import kind
from motcua.kernel.web.kind import Finder, Found, Pill
from motcua.kernel.web.management.commands.assets import COPIES, style
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]

PAGES = ["/", "/theo-doi/", "/tim/?q=khong+co", "/du-lieu-cua-ban/", "/ho-tro-tiep-can/", "/tro-giup/", "/mat-mang/"]


@pytest.fixture
def pothole(monkeypatch: pytest.MonkeyPatch) -> Found:
    """A module with one public thing."""
    found = Found(
        "PA-261120-0412", "Ổ gà sâu trước số 152 Phan Đình Phùng", "/tro-giup/", "Hẹn xong trước 14:10, thứ Hai 23/11.",
        Pill("Đang xử lý", "info", "tool"),
    )  # fmt: skip
    finder = Finder("test", "Phản ánh", lambda codes, _: [found] * (found.code in codes), lambda words, _: [found])
    monkeypatch.setitem(kind.FINDERS, "test", finder)
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_common_pages(open_page: OpenPage, check_page: Check, city: City, language: str) -> None:
    page = open_page(language=language)
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        check_page(page)


def test_pruned_framework_draws_the_same_pixels(open_page: OpenPage, city: City) -> None:
    whole = style("portal.css", (Path(settings.NODE_MODULES) / COPIES["tabler.css"]).read_text())
    assert whole.count("{") > 5000
    pruned, full = open_page(), open_page()
    full.route("**/mc/portal.css", lambda route: route.fulfill(body=whole, content_type="text/css"))
    for path in (*PAGES, "/dang-nhap/"):
        pruned.goto(path)
        full.goto(path)
        for page in (pruned, full):
            page.evaluate("document.fonts.ready")
        assert pruned.screenshot(full_page=True) == full.screenshot(full_page=True), path


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_that_is_not_there_leads_on(open_page: OpenPage, check_page: Check, city: City, language: str) -> None:
    page = open_page(language=language)
    for path in ("/khong-co/", "/phan-anh/PA-000000-0000/", "/theo-doi/?code=PA-1"):
        page.goto(path)
        assert page.locator("main a[href], main form").count(), path
        check_page(page)
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes each 404


def test_home_on_a_wide_screen(open_page: OpenPage, check_page: Check, city: City) -> None:
    page = open_page(width=1440)
    page.goto("/")
    check_page(page)


def test_all_components(open_page: OpenPage, check_page: Check, sign_in: Any, city: City) -> None:
    assert city.quan.id is not None
    for width in (390, 1440):
        page = open_page(width=width)
        sign_in(page, city.quan.id)
        page.goto("/desk/-/components/")
        assert page.locator(".mc-clock").count() >= 10
        page.locator("[data-map]").first.scroll_into_view_if_needed()
        page.wait_for_selector(".leaflet-container .mc-pin")
        check_page(page)


def test_pages_are_readable_without_scripts(open_page: OpenPage, city: City) -> None:
    page = open_page(scripts=False)
    page.goto("/")
    page.get_by_label("Nhập mã để theo dõi").fill("PA-1")
    page.get_by_role("button", name="Xem việc").click()
    page.get_by_text("Không thấy mã PA-1").wait_for()
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes the 404


def test_language_is_kept(open_page: OpenPage, city: City) -> None:
    page = open_page(language="vi", width=1440)
    page.goto("/tro-giup/")
    page.context.clear_cookies()
    page.get_by_role("button", name="EN – English").click()
    page.wait_for_url("**/tro-giup/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_followed_codes_stay_on_the_device(open_page: OpenPage, check_page: Check, city: City, pothole: Found) -> None:
    page = open_page()
    page.goto("/")
    page.evaluate("localStorage.setItem('mc-follow', JSON.stringify(['PA-261120-0412', 'PA-000000-0000']))")
    page.reload()
    page.get_by_text(pothole.title).wait_for()
    assert page.get_by_text("Không thấy việc này").is_visible()
    check_page(page)
    page.get_by_role("button", name="Bỏ theo dõi PA-000000-0000").click()
    assert page.evaluate("localStorage.getItem('mc-follow')") == '["PA-261120-0412"]'


def test_typed_code_leads_to_its_page(open_page: OpenPage, city: City, pothole: Found) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("PA-261120-0412")
    page.get_by_role("button", name="Tìm").click()
    page.wait_for_url("**/tro-giup/")


def test_keyboard_reaches_the_content(open_page: OpenPage, city: City) -> None:
    page = open_page(width=1440)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "mc-skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#noidung")
