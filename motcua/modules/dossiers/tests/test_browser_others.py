"""In a real browser: filed for somebody else from a phone, an exemption claimed, the counter with pages and a draft."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.files.queries import content_of
from motcua.kernel.files.tests.pictures import picture
from motcua.kernel.identity.kind import Actor
from motcua.lib.pdfpages import page_count
from motcua.modules.dossiers.models import Claim, CounterDraft, Dossier, DossierPaper
from motcua.modules.dossiers.tests.test_behalf import BAO_ID, YEN_ID, authorise, represent, somebody
from motcua.modules.dossiers.tests.test_browser import COUNTER, Check, Desk, Keys, at, desk, seen_before  # noqa: F401
from motcua.testing.browser import BOTH_FACES, PHONE, OpenPage
from motcua.testing.one_stop import OneStop

if TYPE_CHECKING:
    from playwright.sync_api import FileChooser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAGE: Any = {"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": picture()}


@BOTH_FACES
def test_filed_for_another_with_an_exemption(
    open_page: OpenPage,
    check_page: Check,
    sign_in: Callable[["Page", int], None],
    one_stop: OneStop,
    fees: int,
    width: int,
    language: str,
) -> None:
    yen: Actor = somebody("Nguyễn Thị Yên", "0905111222", YEN_ID)
    bao = somebody("Lê Văn Bảo", "0905555666", BAO_ID)
    given = authorise(yen, bao)
    represent(bao)
    page = open_page(width=width, language=language)
    sign_in(page, bao.id or 0)

    def look(name: str) -> None:
        assert page.locator("h1").count() == 1
        check_page(page)

    def go_on() -> None:
        page.locator("form .mc-btn.pri").last.click()

    page.set_default_timeout(60_000)
    page.goto("/thu-tuc/1.000001/nop/")
    assert page.locator("[name=for]:checked").input_value() == ""
    look("start")
    page.get_by_text("Nguyễn Thị Yên").click()
    go_on()
    page.locator(".d-behalf").wait_for()
    assert page.locator("main form").get_by_text("Nguyễn Thị Yên").count() >= 1  # proved: it stands there locked
    look("step")
    go_on()
    page.locator("#f-child_name").fill("Bé Na")
    late: list[Route] = []

    def hold(route: "Route") -> None:
        late.append(route)

    page.route("**/dossiers/filing*.js", hold, times=1)  # as on a slow network
    with page.expect_request("**/dossiers/filing*.js"):
        go_on()
    upload = page.locator("[name='paper-GT.chung-sinh']")
    upload.set_input_files(PAGE)
    late[0].continue_()
    page.locator(".d-files img").wait_for()
    go_on()
    page.locator("#id_area").select_option("24778")
    page.locator("[name=wants][value=result]").check()
    look("contact")
    go_on()
    page.locator("a[href$='/mien-giam/']").click()
    page.locator("[name='claim-LP.khai-sinh'][value=khuyet-tat]").check()
    look("claims")
    go_on()
    page.locator(".mc-err").first.wait_for()
    look("claims-error")
    page.locator("[name='file-LP.khai-sinh']").set_input_files(PAGE)
    go_on()
    page.locator("a[href$='/mien-giam/']").wait_for()
    look("review")
    go_on()
    page.locator(".bigcode").first.wait_for()
    case = Case.objects.get(kind="dossier")
    assert (case.person_id, Dossier.objects.get(pk=case.id).authorisation_id) == (yen.person_id, given.pk)
    assert Claim.objects.get(case=case).code == "khuyet-tat"
    page.goto(f"/ho-so/{case.code}/")
    look("tracking")
    complaints: list[str] = open_page.complaints  # type: ignore[attr-defined]
    complaints[:] = [complaint for complaint in complaints if "status of 422" not in complaint]


def _pick(page: "Page", keys: Keys) -> "FileChooser":
    """A browser opens the choice of files only while it holds the key to be a person's: a busy one needs another."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    for _turn in range(5):
        with contextlib.suppress(PlaywrightTimeout), page.expect_file_chooser(timeout=6_000) as chooser:
            keys.press("q")
            return chooser.value
    pytest.fail("no choice of files opened")


def test_pages_and_a_draft_by_keyboard(desk: Desk, check_page: Check, one_stop: OneStop) -> None:  # noqa: F811
    """Q opens the choice of files for the paper; what was typed survives a reload; the draft is taken in."""
    seen_before("Trần Văn Bình", "0905999888", "068090000123")
    page = desk(one_stop.nga)
    page.set_default_timeout(60_000)
    keys = Keys(page)
    page.goto(COUNTER)
    at(page, "id_card")
    keys.type("068090000123")
    keys.press("Enter")
    at(page, "id_q")
    keys.type("ks")
    keys.press("Enter")
    page.locator("[name=paper]:focus").wait_for()
    page.wait_for_load_state("networkidle")  # a key that waited in the queue opens nothing
    _pick(page, keys).set_files([PAGE, {**PAGE, "name": "hai.jpg"}])
    page.locator(".in-page").wait_for()
    assert page.locator("[name=paper]").is_checked()
    check_page(page)
    keys.press("Control+s")
    page.locator("#in-saved", has_text="Đã lưu nháp").wait_for()
    draft = CounterDraft.objects.get()
    page.reload()
    assert page.url.endswith(f"?nhap={draft.pk}")
    page.locator(".in-page").wait_for()
    page.goto(COUNTER)
    page.locator(".in-drafts").wait_for()
    check_page(page)
    page.keyboard.press("Escape")
    with page.expect_navigation():
        keys.press("d", "1")
    page.locator(".in-page").wait_for()
    keys.press("u")
    at(page, "id_giver_card")
    check_page(page)
    page.keyboard.press("Escape")
    keys.press("u")
    at(page, "id_q")
    keys.press("Control+Enter")
    page.locator(".in-done").wait_for()
    case = Case.objects.get(kind="dossier")
    assert DossierPaper.objects.get(case=case, code="GT.chung-sinh").file_id is not None
    assert not CounterDraft.objects.exists()


def _before_the_papers(page: "Page") -> None:
    seen_before("Trần Văn Bình", "0905999888", "068090000123")
    page.goto(COUNTER)
    at(page, "id_card")
    page.keyboard.type("068090000123")
    page.keyboard.press("Enter")
    at(page, "id_q")
    page.keyboard.type("ks")
    page.keyboard.press("Enter")
    page.locator("[name=paper]:focus").wait_for()
    page.wait_for_load_state("networkidle")


def test_pages_by_the_camera(desk: Desk, check_page: Check, one_stop: OneStop, fees: int) -> None:  # noqa: F811
    """Two pages photographed by keyboard become one PDF of the paper, also when nobody waits for the last picture."""
    page = desk(one_stop.nga, language="en", camera=True)
    _before_the_papers(page)
    check_page(page)  # with the exemptions that may be claimed
    page.keyboard.press("w")
    page.wait_for_function("() => document.querySelector('#in-camera video').videoWidth > 0")
    assert page.locator("[data-none]").is_hidden()
    page.keyboard.press("Space")
    page.locator("[data-shots] img").wait_for()
    check_page(page)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.locator(".in-page").wait_for()
    assert page.locator("[name=paper]").is_checked()
    assert not page.evaluate("document.querySelector('#in-camera video').srcObject?.active ?? false")
    page.locator("[name=paper]:focus").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator(".in-done").wait_for()
    file_id = DossierPaper.objects.get(case__kind="dossier", code="GT.chung-sinh").file_id
    assert page_count(content_of(file_id or 0)) == 2


def test_without_a_camera_files_are_chosen(desk: Desk, check_page: Check, one_stop: OneStop) -> None:  # noqa: F811
    page = desk(one_stop.nga, width=PHONE)
    _before_the_papers(page)
    page.keyboard.press("w")
    page.get_by_text("Không mở được máy ảnh.").wait_for()
    assert page.locator("[data-shoot]").is_hidden()
    check_page(page)
    _pick(page, Keys(page)).set_files([PAGE])
    page.locator(".in-page").wait_for()
    assert page.locator("#in-camera").is_hidden()
