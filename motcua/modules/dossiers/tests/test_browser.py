"""Dossiers in a real browser: filed from a phone with a script and without, worked on at the desk, taken in at the
counter by keyboard alone."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.identity.actions import Proof, prove_person
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.kind import SYSTEM, Actor, Level
from motcua.modules.dossiers.models import DossierPaper
from motcua.testing.browser import DESKTOP, PHONE, OpenPage
from motcua.testing.one_stop import OneStop

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Check = Callable[["Page"], None]
Desk = Callable[..., "Page"]
BOTH = pytest.mark.parametrize(("width", "language"), [(PHONE, "vi"), (DESKTOP, "en"), (PHONE, "en"), (DESKTOP, "vi")])
COUNTER = "/desk/tiep-nhan/"
NAMES = {"ks": "Đăng ký khai sinh (thử)", "ct": "Chứng thực bản sao (thử)", "xay": "Giấy phép xây dựng (thử)"}
SHOTS = __import__("os").environ.get("SHOTS", "")


def shot(page: "Page", name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.fixture
def desk(open_page: OpenPage, sign_in: Callable[["Page", int], None]) -> Iterator[Desk]:
    def open_for(actor: Actor, width: int = DESKTOP, language: str = "vi", **options: Any) -> "Page":
        page = open_page(width=width, language=language, **options)
        sign_in(page, actor.id or 0)
        return page

    yield open_for
    complaints: list[str] = open_page.complaints  # type: ignore[attr-defined]  # 422 is how a wrong answer is told
    complaints[:] = [complaint for complaint in complaints if "status of 422" not in complaint]


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: "Page") -> None:
        self.page, self.count = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += key.count("+") + 1


def seen_before(name: str, phone: str, national_id: str) -> Any:
    """Their number was proved at a counter."""
    known = create_person(name, phone)
    prove_person(known.id, Proof(national_id, name), level=Level.COUNTER, actor=SYSTEM)
    return known


def at(page: "Page", element_id: str) -> None:
    """The hand need not go anywhere: the cursor is there."""
    page.wait_for_function(f"document.activeElement.id === '{element_id}'")


def test_a_returning_person_in_forty_keystrokes(desk: Desk, check_page: Check, one_stop: OneStop) -> None:
    known = seen_before("Trần Văn Bình", "0905999888", "068090000123")
    page = desk(one_stop.nga)
    keys = Keys(page)
    page.goto(COUNTER)
    at(page, "id_card")
    shot(page, "in-1")
    check_page(page)
    keys.type("068090000123")
    keys.press("Enter")
    page.get_by_text("Đã có thông tin người này").wait_for()
    at(page, "id_q")
    keys.type("ks")
    page.locator("#intake-found .is-first").wait_for()
    shot(page, "in-2")
    check_page(page)
    keys.press("Enter")
    page.locator("[name=paper]:focus").wait_for()
    shot(page, "in-3")
    check_page(page)
    keys.press("Control+Enter")  # too early: the paper is not there
    page.get_by_text("Còn thiếu: Giấy chứng sinh").wait_for()
    assert not Case.objects.filter(kind="dossier").exists()
    check_page(page)
    keys.press("t")
    assert page.locator("[data-missing]").is_hidden()
    keys.press("1")
    assert page.locator("[data-missing]").is_visible()
    keys.press("1", "Control+Enter")
    page.get_by_text("Đã tiếp nhận").wait_for()
    shot(page, "in-4")
    check_page(page)
    case = Case.objects.get(kind="dossier")
    assert (case.state, case.person_id) == ("accepted", known.id)
    assert keys.count <= 40


def test_five_different_dossiers_in_one_go(desk: Desk, one_stop: OneStop) -> None:
    """Two persons, three procedures, nobody waits for the page: what is typed while it answers is not lost."""
    for name, phone, national_id in (
        ("Trần Văn Bình", "0905999888", "068090000123"),
        ("Lê Thị Cúc", "0905777666", "068301000103"),
    ):
        seen_before(name, phone, national_id)
    page = desk(one_stop.nga)
    keys = Keys(page)
    page.goto(COUNTER)
    at(page, "id_card")
    counted: list[int] = []
    for national_id, procedures in (("068090000123", ("ks", "ct", "xay")), ("068301000103", ("xay", "ks"))):
        if counted:
            with page.expect_navigation():
                keys.press("F2")
            at(page, "id_card")
        keys.type(national_id)
        keys.press("Enter")
        for number, letters in enumerate(procedures):
            before = keys.count
            if number:
                keys.press("h")
            keys.type(letters)
            keys.press("Enter", "t", "Control+Enter")
            counted.append(keys.count - before)
            page.wait_for_function(
                "(words) => document.querySelector('.in-done p')?.innerText.startsWith(words)", arg=NAMES[letters]
            )
    cases = list(Case.objects.filter(kind="dossier").order_by("id"))
    assert [case.subject for case in cases] == [NAMES[letters] for letters in ("ks", "ct", "xay", "xay", "ks")]
    assert len({case.person_id for case in cases[:3]}) == len({case.person_id for case in cases[3:]}) == 1
    assert len({case.person_id for case in cases}) == 2
    assert {case.state for case in cases} == {"accepted", "transferred"}
    papers = DossierPaper.objects.filter(code="GT.chung-sinh").values_list("source", flat=True)
    assert list(papers) == ["counter"] * 5
    assert max(counted) <= 12
