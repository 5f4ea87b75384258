"""Dossiers in a real browser: filed from a phone with a script and without, worked on at the desk, taken in at the
counter by keyboard alone."""

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.files.tests.pictures import picture
from motcua.kernel.identity.actions import Proof, prove_person
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.kind import SYSTEM, Actor, Level
from motcua.kernel.registries.actions import put_records
from motcua.kernel.registries.kind import REGISTRIES
from motcua.lib import moment
from motcua.modules.dossiers.actions.consulting import consult_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, request_supplement_dossier
from motcua.modules.dossiers.actions.results import approve_dossier, withdraw_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, take_dossier
from motcua.modules.dossiers.models import Consultation, DossierPaper
from motcua.modules.dossiers.tests.conftest import AN
from motcua.modules.dossiers.tests.test_intake import CARD
from motcua.testing.browser import BOTH_FACES, DESKTOP, PHONE, OpenPage
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import OneStop

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Check = Callable[["Page"], None]
Desk = Callable[..., "Page"]
MISSING = [{"paper": "GT.chung-sinh", "what": "Ảnh giấy chứng sinh bị mờ", "how": "Chụp lại rõ bốn góc"}]
COUNTER = "/desk/tiep-nhan/"
NAMES = {"ks": "Đăng ký khai sinh (thử)", "ct": "Chứng thực bản sao (thử)", "xay": "Giấy phép xây dựng (thử)"}


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
    page.wait_for_function("(id) => document.activeElement.id === id", arg=element_id)


def test_a_returning_person_in_forty_keystrokes(desk: Desk, check_page: Check, one_stop: OneStop) -> None:
    known = seen_before("Trần Văn Bình", "0905999888", "068090000123")
    page = desk(one_stop.nga)
    keys = Keys(page)
    page.goto(COUNTER)
    at(page, "id_card")
    check_page(page)
    keys.type("068090000123")
    keys.press("Enter")
    page.get_by_text("Đã có thông tin người này").wait_for()
    at(page, "id_q")
    keys.type("ks")
    page.locator("#intake-found .is-first").wait_for()
    check_page(page)
    keys.press("Enter")
    page.locator("[name=paper]:focus").wait_for()
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


# ── A person with a phone ───────────────────────────────────────────────────────────────────────────────────────────


def word(language: str, vietnamese: str, english: str) -> str:
    return vietnamese if language == "vi" else english


@pytest.mark.parametrize(("language", "scripts"), [("vi", True), ("en", False)], ids=["script", "plain"])
def test_filed_from_a_phone_followed_and_supplemented(
    open_page: OpenPage, check_page: Check, one_stop: OneStop, language: str, *, scripts: bool
) -> None:
    page = open_page(width=PHONE, language=language, scripts=scripts)
    complaints: list[str] = open_page.complaints  # type: ignore[attr-defined]

    def look(name: str) -> None:
        assert page.locator("h1").count() == 1
        if scripts:
            check_page(page)

    def go_on() -> None:
        page.locator("form .mc-btn.pri").last.click()

    page.goto("/thu-tuc/1.000001/nop/")
    look("f-start")
    go_on()
    page.locator("#f-filer").wait_for()
    look("f-step")
    go_on()
    page.locator("#f-errors a").first.wait_for()  # nothing was typed
    look("f-step-error")
    page.locator("#f-filer").fill("Nguyễn Thị An")
    go_on()
    page.locator("#f-child_name").fill("Nguyễn Bình Minh")
    go_on()
    upload = page.locator("[name='paper-GT.chung-sinh']")
    upload.wait_for()
    look("f-papers")
    go_on()
    page.locator("[id='e-GT.chung-sinh']").wait_for()
    look("f-papers-error")
    upload.set_input_files({"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    if not scripts:
        page.locator("[data-save]").click()
    page.locator(".d-files img").wait_for()
    look("f-papers-kept")
    go_on()
    page.locator("#id_area").select_option("24778")
    go_on()
    page.locator("[data-err]").first.wait_for()
    look("f-contact-error")
    assert page.locator("#id_area").input_value() == "24778"
    page.locator("#id_name").fill("Nguyễn Thị An")
    page.locator("#id_national_id").fill("068 195 000 001")
    page.locator("#id_phone").fill("0905 123 456")
    go_on()
    page.get_by_text("Nguyễn Bình Minh").wait_for()
    look("f-review")
    go_on()
    page.locator(".bigcode").first.wait_for()
    look("f-filed")
    case = Case.objects.get(kind="dossier")
    secret = page.locator(".bigcode").nth(1).inner_text()
    page.get_by_role("link", name=word(language, "Theo dõi hồ sơ này", "Follow this dossier")).click()
    page.locator(".d-hero").wait_for()
    look("t-open")
    with moment.at(MONDAY):
        accept_dossier(case.id, actor=one_stop.nga)
        request_supplement_dossier(case.id, actor=one_stop.nga, items=MISSING, reason="Ảnh không đọc được.")
    other = open_page(width=PHONE, language=language, scripts=scripts)  # another device, with the code and the secret
    other.goto("/ho-so/")
    other.locator("#id_code").fill(case.code)
    other.locator("#id_secret").fill("2222-2222")
    other.locator("main form .pri").click()
    other.get_by_role("alert").first.wait_for()
    other.locator("#id_secret").fill(secret)
    other.locator("main form .pri").click()
    other.locator(".d-todo").wait_for()
    page = other
    look("t-supplement")
    other.locator("[name='paper-GT.chung-sinh']").set_input_files(
        {"name": "lai.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    other.locator(".d-todo .pri").click()
    other.locator(".d-todo").wait_for(state="detached")
    look("t-supplied")
    case.refresh_from_db()
    assert case.state == "accepted"
    assert DossierPaper.objects.filter(case_id=case.id, code="GT.chung-sinh").count() == 2
    complaints[:] = [complaint for complaint in complaints if "status of 422" not in complaint]


@BOTH_FACES
def test_the_end_of_a_dossier_on_the_persons_page(
    open_page: OpenPage, check_page: Check, city: City, one_stop: OneStop, processing: Any, width: int, language: str
) -> None:
    """Late, apologised for, done, refused: each says so first."""
    page = open_page(width=width, language=language)

    def look(case: Case, name: str) -> None:
        page.goto(f"/p/{party_token(Party.objects.get(case_id=case.id))}/")
        page.goto(f"/ho-so/{case.code}/")
        check_page(page)

    late = processing()
    look(late, "t-late")
    done = processing(delivery="online")
    file = store_file(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), actor=one_stop.oanh, purpose=Purpose.DOCUMENT)
    propose_dossier(
        done.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", number="15/2026", file_id=file.pk)], note="Đủ"
    )
    approve_dossier(done.id, actor=city.minh)
    look(done, "t-done")
    assert page.locator(".d-result a").count() >= 1
    stopped = processing()
    withdraw_dossier(stopped.id, actor=one_stop.nga, reason="Người nộp xin rút vì đã làm ở nơi khác.")
    look(stopped, "t-withdrawn")
    page.goto("/ho-so/")
    assert page.locator(".d-row").count() == 3
    check_page(page)


# ── The desk ────────────────────────────────────────────────────────────────────────────────────────────────────────


@BOTH_FACES
def test_every_page_of_the_desk_is_whole(
    desk: Desk, check_page: Check, city: City, one_stop: OneStop, filed: Any, processing: Any, width: int, language: str
) -> None:
    fresh, worked, asked = filed().case, processing(), processing()
    take_dossier(worked.id, actor=one_stop.oanh)
    request_supplement_dossier(asked.id, actor=one_stop.oanh, items=MISSING, reason="Ảnh không đọc được.")
    consult_dossier(
        worked.id, actor=one_stop.oanh, unit_id=one_stop.department.id, question="Số nhà này đúng không?",
        time="1 ngày làm việc",
    )  # fmt: skip
    with transaction.atomic():
        put_records(REGISTRIES["population"], [{"national_id": AN.national_id, "name": AN.name}])
    page = desk(one_stop.oanh, width, language)

    def look(path: str, name: str) -> None:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        check_page(page)

    look("/desk/?xem=unit", "k-inbox")
    look(f"/desk/ho-so/{asked.id}/", "k-asked")
    look(f"/desk/ho-so/{worked.id}/", "k-case")
    for move in (
        "request-supplement",
        "consult",
        "propose",
        "pass-on",
        "request-payment",
        "suspend",
        "ask-extension",
        "note",
    ):
        page.evaluate(f"document.querySelector('a[href*=\"/{worked.id}/{move}/\"]').click()")
        page.locator(f"#move form[action*='/{move}/']").wait_for()
        check_page(page)
        page.keyboard.press("Escape")
    page.locator(".o-papers button").click()
    page.locator("#move dl").wait_for()
    check_page(page)
    page = desk(one_stop.kien, width, language)
    consultation = Consultation.objects.get()
    look(f"/desk/xin-y-kien/{consultation.pk}/", "k-consultation")
    page.evaluate("document.querySelector('a[href*=\"/answer/\"]').click()")
    page.locator("#move form").wait_for()
    check_page(page)
    page = desk(one_stop.nga, width, language)
    look(f"/desk/ho-so/{fresh.id}/", "k-fresh")
    look("/desk/so-theo-doi/", "k-register")
    look(COUNTER, "k-counter")
    page.locator("#id_card").fill(CARD)
    page.keyboard.press("Enter")
    at(page, "id_phone")  # somebody new
    page.keyboard.type("0905123456")
    page.keyboard.press("Enter")
    at(page, "id_q")
    page.keyboard.type("ks")
    page.keyboard.press("Enter")
    page.locator("[name=paper]").wait_for()
    check_page(page)
    page.locator("[value=supplement]").click()
    page.locator(".in-done").wait_for()
    check_page(page)


def test_the_counter_without_scripts(desk: Desk, one_stop: OneStop) -> None:
    page = desk(one_stop.nga, scripts=False)
    page.goto(COUNTER)
    page.locator("#id_card").fill(CARD)
    page.keyboard.press("Enter")
    page.locator(".is-known").first.wait_for()  # the box for the procedure stands on the first page as well
    page.locator("#id_q").fill("ks")
    page.keyboard.press("Enter")
    page.locator("[data-tick-all]").click()
    page.locator("[value=take_in]").click()
    page.locator(".in-done").wait_for()
    assert Case.objects.get(kind="dossier").state == "accepted"
