"""A leader's queue in a real browser: by keyboard with the document beside the list, and by thumb."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.files.actions import keep_made
from motcua.kernel.identity.kind import SYSTEM
from motcua.lib import moment
from motcua.lib.tests.papers import paper
from motcua.modules.dossiers.actions.apologising import ask_extension_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier
from motcua.modules.dossiers.tests.test_actions import on
from motcua.testing.browser import DESKTOP, PHONE, OpenPage
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]
LONG = "Đủ điều kiện theo Luật Hộ tịch; đã đối chiếu giấy chứng sinh với cơ sở dữ liệu dân cư. " * 6


@pytest.fixture
def waiting(city: City, one_stop: OneStop, processing: Callable[..., Case]) -> list[Case]:
    cases = []
    for hour in (9, 10, 11):
        case = processing(on(16, hour))
        document = keep_made(paper(2), actor=SYSTEM, name=f"KQ-{case.id}.pdf", is_loose=True)
        with moment.at(on(16, hour)):
            results = [NewResult("KQ.khai-sinh", number="15/2026", file_id=document.pk)]
            cases.append(propose_dossier(case.id, actor=one_stop.oanh, results=results, note=LONG))
    case = processing(on(16, 15))
    with moment.at(on(16, 16)):
        ask_extension_dossier(case.id, actor=one_stop.oanh, reason="Chờ xác minh", longer="2 ngày làm việc")
    return cases


def look(page: "Page", name: str) -> None:
    """A picture for whoever works on the page; nothing in an ordinary run."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_approved_by_keyboard(
    city: City, waiting: list[Case], open_page: OpenPage, sign_in: SignIn, check_page: Check, language: str
) -> None:
    page = open_page(width=DESKTOP, language=language)
    sign_in(page, city.minh.id or 0)
    held: list[Route] = []
    refresh = "**/phe-duyet/?part=list*"
    page.route("**/live/desk/", lambda route: route.fulfill(status=503))  # then the list is fetched anew by itself …
    page.route(refresh, lambda route: held.append(route))  # noqa: PLW0108  … which takes long
    with page.expect_request(refresh):
        page.goto("/desk/phe-duyet/")
    for key, case in (("j", waiting[0]), ("j", waiting[1]), ("j", waiting[2]), ("k", waiting[1]), ("k", waiting[0])):
        page.keyboard.press(key)
        page.locator("#peek .code", has_text=case.code).first.wait_for()
        page.locator("tr.cur .code", has_text=case.code).wait_for()
    page.unroute(refresh)
    for one in held:
        one.continue_()
    page.wait_for_selector("#peek img.d-page")
    page.evaluate("document.querySelector('#peek img').decode()")  # fails when it is no picture
    look(page, f"deciding-{language}")
    check_page(page)
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("d")
    page.wait_for_url("**/xac-nhan/**")
    look(page, f"deciding-confirm-{language}")
    check_page(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dot/**")
    page.wait_for_selector(".mc-note[data-k=ok]")
    look(page, f"deciding-batch-{language}")
    check_page(page)
    assert {Case.objects.get(pk=case.id).state for case in waiting[:2]} <= {"result_ready", "returned"}
    page.keyboard.press("Escape")
    page.wait_for_url("**/phe-duyet/")
    page.keyboard.press("j")
    page.wait_for_selector("#peek [data-key=r]")
    page.keyboard.press("r")
    page.wait_for_selector("#move[open] textarea:focus")
    page.keyboard.type("Sai tên đệm")
    with page.expect_navigation(url="**/phe-duyet/"):
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-row]")
    assert Case.objects.get(pk=waiting[2].id).state == "processing"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_two_taps_on_a_phone(
    city: City, waiting: list[Case], open_page: OpenPage, sign_in: SignIn, check_page: Check, language: str
) -> None:
    page = open_page(width=PHONE, language=language)
    sign_in(page, city.minh.id or 0)
    page.goto("/desk/phe-duyet/")
    look(page, f"deciding-phone-{language}")
    check_page(page)
    page.locator("[data-row] td.d-does a.mc-btn").first.tap()
    look(page, f"deciding-phone-confirm-{language}")
    page.locator("form button.pri").tap()
    page.wait_for_url("**/dot/**")
    look(page, f"deciding-phone-batch-{language}")
    assert Case.objects.get(pk=waiting[0].id).state in ("result_ready", "returned")
    page.goto(f"/desk/phe-duyet/ho-so/{waiting[1].id}/")
    look(page, f"deciding-phone-peek-{language}")
    check_page(page)
