"""The pages of procedures in a real browser, both languages, phone and desktop."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.procedures.actions import save_draft
from motcua.kernel.procedures.kind import Body
from motcua.kernel.procedures.models import ImportState, Procedure
from motcua.kernel.procedures.queries.written import as_toml, read_body
from motcua.kernel.procedures.tests.samples import body, publish, words
from motcua.lib import moment
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]

CODE = "1.001193"
REAL = Path("packs/lam-dong/procedures/1.001193.toml")
REAL_FORM = Path("packs/lam-dong/forms/khai-sinh.json")
NATIONAL = {
    "code": "1.000178",
    "name": "Giải quyết khiếu nại về quyết định hành chính, hành vi hành chính của công dân (cấp Trung ương)",
    "field": "ho-tich",
    "level": "ministry",
    "online": "info",
    "valid_from": "2026-01-01",
    "steps": "Bước 1: Thụ lý\nBước 2: Xác minh",
    "url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bf7-4fc1-768b-9ba3-94be4bca58ee",
    "ways": [{"way": "counter", "time_text": "1 Giờ", "fee_text": "10 USD: mỗi lần"}],
    "unread": {"papers": "Giấy tờ viết liền nhau" * 20},
}
PUBLIC = ["/thu-tuc/", "/thu-tuc/?tim=khai+sinh", "/thu-tuc/?tim=zzz", f"/thu-tuc/{CODE}/", "/thu-tuc/1.000178/"]
AT = "/desk/quan-tri/thu-tuc/"
DESK = [AT, f"{AT}da-nap/", f"{AT}{CODE}/", f"{AT}{CODE}/soan/", f"{AT}{CODE}/so-sanh/", f"{AT}{CODE}/ket-thuc/"]


@pytest.fixture
def stocked(city: City) -> City:
    """A real procedure with a draft, an imported one, many others, and an import with something unread."""
    words(json.loads(REAL_FORM.read_text(encoding="utf-8")))
    real, mistakes = read_body(REAL.read_text(encoding="utf-8"))
    assert real is not None, mistakes
    publish(real, *(body(code=f"1.00{n:04}", name=f"Thủ tục số {n}") for n in range(2000, 2012)))
    publish(Body.parse(NATIONAL, is_imported=True), source=Procedure.Source.NATIONAL)
    changed = Body.parse({**real.plain(), "summary": "Khi nhà bạn có em bé."})
    save_draft(as_toml(changed), actor=city.quan, code=CODE)
    ImportState.objects.create(
        source="danh-muc.jsonl", finished_at=moment.now(), total=2, added=1, changed=0, unchanged=1, kept=0,
        parsed={"times": [1, 2]}, problems=[{"line": 2, "code": CODE, "part": "times", "text": "1 Giờ"}],
    )  # fmt: skip
    return city


def keep(page: "Page", name: str) -> None:
    """SCREENS=folder keeps pictures to look at."""
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@BOTH_FACES
def test_public_pages(stocked: City, open_page: OpenPage, check_page: Check, width: int, language: str) -> None:
    page = open_page(width=width, language=language)
    for number, address in enumerate(PUBLIC):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        check_page(page)
        keep(page, f"public-{number}-{width}-{language}")


@BOTH_FACES
def test_desk_pages(
    stocked: City, open_page: OpenPage, check_page: Check, sign_in: SignIn, width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    assert stocked.quan.id is not None
    sign_in(page, stocked.quan.id)
    for number, address in enumerate(DESK):
        page.goto(address)
        check_page(page)
        keep(page, f"desk-{number}-{width}-{language}")


def test_finding_and_choosing_a_case_without_scripts(stocked: City, open_page: OpenPage) -> None:
    page = open_page(width=390, scripts=False)
    page.goto("/")
    page.get_by_role("link", name="Làm thủ tục").first.click()
    page.get_by_label("Tìm thủ tục").fill("lam khai sinh cho be")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.get_by_role("link", name="Đăng ký khai sinh").first.click()
    page.get_by_text("5 giấy → 2 giấy phải mang").wait_for()
    page.get_by_role("link", name="Chỉ khai theo mẹ").click()
    page.get_by_text("3 giấy → 1 giấy phải mang").wait_for()


def test_it_prints_as_a_checklist(stocked: City, open_page: OpenPage) -> None:
    page = open_page(width=1440)
    page.goto(f"/thu-tuc/{CODE}/")
    page.emulate_media(media="print")
    assert page.locator(".pr-papers .box").first.is_visible()
    assert not page.locator(".p-side").is_visible()
    assert not page.locator(".pr-cases").is_visible()
    keep(page, "print")
