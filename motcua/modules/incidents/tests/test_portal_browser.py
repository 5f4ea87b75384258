"""The citizen's pages in a real browser: the report in four steps, without scripts, without a connection; pages and map."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from motcua.kernel.cases.models import Case
from motcua.kernel.files.models import File
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.tests.test_portal_case import report
from motcua.modules.incidents.tests.test_portal_report import photo
from motcua.testing.city import LAMP_AT, City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
HOUR = timedelta(hours=1)
AT_LAMP = {"geolocation": {"latitude": LAMP_AT[0], "longitude": LAMP_AT[1]}, "permissions": ["geolocation"]}
WORDS = "Đèn đường trước số 12 tắt ba đêm rồi, tối om."


def as_file(upload: SimpleUploadedFile) -> dict[str, Any]:
    return {"name": upload.name, "mimeType": upload.content_type, "buffer": upload.read()}


def shot(page: "Page", name: str) -> None:
    import os

    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_report_in_under_a_minute(
    open_page: OpenPage, check_page: Check, city: City, width: int, language: str
) -> None:
    """From the empty form to the code. Counted: taps besides typing and the phone's own camera."""
    page = open_page(width=width, language=language, **AT_LAMP)
    page.goto("/phan-anh/gui/")
    page.set_input_files("#camera", as_file(photo()))
    page.locator("[data-state=uploaded]").wait_for()
    check_page(page)
    shot(page, f"1-{width}-{language}")
    begun, taps = time.monotonic(), 1

    page.locator("#next").click()
    page.get_by_text("Phường Một").first.wait_for()
    page.wait_for_selector(".leaflet-container .mc-pin")
    check_page(page)
    shot(page, f"2-{width}-{language}")
    page.locator("#next").click()
    page.locator("#id_text").fill(WORDS)
    page.locator("#id_category").select_option("street-lighting")
    page.get_by_text("Phòng Kinh tế Một").wait_for()
    check_page(page)
    shot(page, f"3-{width}-{language}")
    page.locator("#next").click()
    check_page(page)
    shot(page, f"4-{width}-{language}")
    page.locator("#send").click()
    page.wait_for_url("**/da-gui/")
    taps += 5  # next, next, choose, next, send
    case = Case.objects.get()
    assert page.locator(".bigcode").inner_text() == case.code
    assert (case.unit_id, case.incident.text) == (city.office_one.id, WORDS)
    assert case.files.count() == 1
    assert page.evaluate("localStorage.getItem('mc-follow')") == f'["{case.code}"]'
    check_page(page)
    shot(page, f"5-{width}-{language}")
    assert taps <= 6
    assert time.monotonic() - begun < 30  # of our own time; the rest of the minute is the person's
