"""The desk in a real browser: by keyboard alone, by thumb, live, and with two people at once."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.cases.models import Case, Category, ClockRule, RoutingRule
from motcua.kernel.identity.kind import Actor
from motcua.modules.incidents.actions.receiving import accept_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import request_info_incident, resolve_incident
from motcua.testing.browser import BOTH_FACES, DESKTOP, PHONE
from motcua.testing.city import LAMP_AT, City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
Desk = Callable[..., "Page"]
LONG = "Đènđườngtắttrướcsốnhàmườihai" * 3  # nobody types so, and no page may break by it


def lamp(city: City, text: str = "Đèn đường tắt trước số 12") -> Case:
    new = NewIncident(
        text=text, category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], address="Trước số 12 đường Thử",
        name="Nguyễn Thị Ví Dụ", phone="0905 123 456",
    )  # fmt: skip
    return submit_incident(new, actor=city.an).case


@pytest.fixture
def desk(open_page: OpenPage, sign_in: Callable[["Page", int], None]) -> Desk:
    def open_for(actor: Actor, width: int = DESKTOP, language: str = "vi") -> "Page":
        page = open_page(width=width, language=language)
        assert actor.id is not None
        sign_in(page, actor.id)
        return page

    return open_for


def test_a_specialist_works_by_keyboard_alone(desk: Desk, city: City) -> None:
    """Down the list, select, open, take, write the result: no mouse. Esc goes back to the same list."""
    cases = [lamp(city, f"Đèn số {number} tắt mấy đêm nay") for number in range(3)]
    page = desk(city.hoa)
    page.goto("/desk/?xem=unit")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tr.cur").get_attribute("data-row") == str(cases[1].id)
    assert page.locator("[data-bulk-count]").inner_text() == "Đã chọn 1"
    page.keyboard.press("Escape")
    assert not page.locator("#bulk").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/phan-anh/{cases[1].id}/?xem=unit")
    page.keyboard.press("x")
    page.locator("#id_public_text").wait_for()  # nobody has looked yet at what strangers will see
    page.keyboard.press("Control+Enter")
    page.get_by_text("Đã làm: Nhận xử lý.").wait_for()
    assert page.url.endswith("?xem=unit")
    page.keyboard.press("s")
    page.locator("#id_result").wait_for()
    page.wait_for_function("document.activeElement.id === 'id_result'")
    page.keyboard.type("Đã thay bóng mới lúc 9 giờ.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Đã làm: Ghi kết quả.").wait_for()
    assert Case.objects.get(pk=cases[1].id).state == "resolved"
    page.keyboard.press("Escape")
    page.wait_for_url("**/desk/?xem=unit")


def test_k_and_j_walk_through_the_list_it_was_opened_from(desk: Desk, city: City) -> None:
    mine = [lamp(city, f"Đèn số {number} tắt mấy đêm nay") for number in range(3)]
    for case in (mine[0], mine[2]):
        take_incident(case.id, actor=city.hoa)
    page = desk(city.hoa)
    page.goto("/desk/?xem=mine")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/phan-anh/{mine[0].id}/?xem=mine")
    page.keyboard.press("j")
    page.wait_for_url(f"**/desk/phan-anh/{mine[2].id}/?xem=mine")
    page.keyboard.press("k")
    page.wait_for_url(f"**/desk/phan-anh/{mine[0].id}/?xem=mine")


def test_a_dialog_keeps_what_was_typed_when_it_is_closed(desk: Desk, city: City) -> None:
    case = lamp(city)
    page = desk(city.hoa)
    page.goto(f"/desk/phan-anh/{case.id}/?xem=unit")
    page.keyboard.press("i")
    page.locator("#id_note").fill("Hẹn cô tổ trưởng 15 giờ")
    page.keyboard.press("Escape")
    assert not page.locator("#move").is_visible()
    assert f"/{case.id}/" in page.url  # Esc closed the dialog, not the case
    page.keyboard.press("i")
    page.wait_for_function("document.querySelector('#id_note')?.value === 'Hẹn cô tổ trưởng 15 giờ'")
    page.keyboard.press("b")  # letters are letters while one types
    assert page.locator("#id_note").input_value() != ""
    assert page.locator("#move-title").inner_text() == "Ghi chú nội bộ"


def test_help_lists_the_keys_of_the_page(desk: Desk, city: City) -> None:
    lamp(city)
    page = desk(city.minh)
    page.goto("/desk/?xem=unit")
    page.keyboard.press("?")
    words = page.locator("#keys").inner_text()
    for line in ("Mở việc", "Chọn dải xuống", "Giao người xử lý", "Tiếp nhận phản ánh", "Tìm"):
        assert line in words
    assert "#" not in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/phan-anh/moi/")


def test_a_leader_assigns_in_two_taps_on_a_phone(desk: Desk, check_page: Check, city: City) -> None:
    case = lamp(city)
    page = desk(city.minh, PHONE)
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("^Giao")).tap()
    page.wait_for_url("**/desk/nhieu/assign/**")
    check_page(page)
    page.get_by_role("button", name="Phạm Thị Hoa").tap()
    page.get_by_text("Đã làm xong 1 việc.").wait_for()
    case.refresh_from_db()
    assert (case.officer_id, case.state) == (city.hoa.id, "in_progress")
    assert page.url.endswith("/desk/")


def test_many_are_handed_out_by_keyboard(desk: Desk, city: City) -> None:
    cases = [lamp(city, f"Đèn số {number} tắt mấy đêm nay") for number in range(3)]
    page = desk(city.minh)
    page.goto("/desk/?xem=unassigned")
    page.keyboard.press("j")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    assert page.locator("[data-bulk-count]").inner_text() == "Đã chọn 3"
    page.keyboard.press("a")
    page.wait_for_url("**/desk/nhieu/assign/**")
    page.get_by_role("button", name="Phạm Thị Hoa").press("Enter")
    page.get_by_text("Đã làm xong 3 việc.").wait_for()
    assert page.url.endswith("/desk/?xem=unassigned")
    assert page.get_by_text("Không có việc nào ở đây").is_visible()
    assert {case.officer_id for case in Case.objects.filter(pk__in=[case.id for case in cases])} == {city.hoa.id}


def test_a_new_case_appears_without_reloading_and_so_does_the_next(live_streams: str, desk: Desk, city: City) -> None:
    first = lamp(city)
    page = desk(city.minh)
    page.goto("/desk/?xem=unit")
    page.locator("[data-live=on]").wait_for()
    page.keyboard.press("j")
    page.evaluate("window.sameDocument = true")
    for number in (2, 3):  # a list that was told once must still be listening
        lamp(city, f"Rác chưa thu gom ở hẻm {number} đã ba ngày")
        page.get_by_role("link", name=f"Rác chưa thu gom ở hẻm {number}").wait_for()
    assert page.evaluate("window.sameDocument")
    assert page.locator("tr.cur").get_attribute("data-row") == str(first.id)
    assert page.locator("a[aria-current] em", has_text="3").count() == 1  # the chip counts it too


def test_a_case_changes_under_the_eyes_and_a_stale_form_keeps_its_text(
    live_streams: str, desk: Desk, city: City, open_page: OpenPage
) -> None:
    case = lamp(city)
    page = desk(city.minh)
    page.goto(f"/desk/phan-anh/{case.id}/?xem=unit")
    page.keyboard.press("i")
    page.locator("#id_note").fill("Nhớ chụp ảnh trước khi sửa")
    take_incident(case.id, actor=city.hoa)
    page.locator(".mc-tl", has_text="nhận xử lý").wait_for()
    assert page.locator("#id_note").input_value() == "Nhớ chụp ảnh trước khi sửa"
    page.keyboard.press("Control+Enter")
    note = page.locator("#move .mc-note", has_text="Vừa có thay đổi:")
    note.wait_for()
    assert "Phạm Thị Hoa" in note.inner_text()
    assert page.locator("#id_note").input_value() == "Nhớ chụp ảnh trước khi sửa"
    page.keyboard.press("Control+Enter")
    page.get_by_text("Đã làm: Ghi chú nội bộ.").wait_for()
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes the 422


def test_a_call_is_taken_by_keyboard_alone(desk: Desk, check_page: Check, city: City) -> None:
    """N from anywhere; suggestions and the receiving unit come while one types; Ctrl+Enter, and the next call."""
    page = desk(city.lan)
    page.goto("/desk/")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/phan-anh/moi/")
    page.wait_for_function("document.activeElement.id === 'id_text'")
    page.keyboard.type("Đèn trước nhà tắt ba đêm, cụ già sợ ngã")
    page.locator("#id_category").select_option("street-lighting")
    page.locator("#id_area").fill("phuong mot")
    page.locator("[data-goes]", has_text="Phòng Kinh tế Một").wait_for()
    page.locator("#id_address").fill("Số 12 đường Thử")
    page.locator("#id_phone").fill("0905 123 456")
    check_page(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/phan-anh/moi/?qua=phone&xong=*")
    case = Case.objects.get()
    assert page.locator(".o-done .code").inner_text() == case.code
    assert page.locator("#id_text").input_value() == ""
    assert (case.unit_id, case.channel) == (city.office_one.id, "phone")


def test_taking_in_without_scripts(open_page: OpenPage, sign_in: Callable[["Page", int], None], city: City) -> None:
    page = open_page(width=DESKTOP, scripts=False)
    assert city.lan.id is not None
    sign_in(page, city.lan.id)
    page.goto("/desk/phan-anh/moi/?qua=counter")
    page.locator("#id_text").fill("Đèn trước nhà tắt ba đêm, cụ già sợ ngã")
    page.locator("#id_category").select_option("street-lighting")
    page.locator("#id_area").fill("phuong mot")
    page.locator("#id_address").fill("Số 12 đường Thử")
    page.locator("#take-in").click()
    page.locator(".o-done").wait_for()
    assert (Case.objects.get().unit_id, Case.objects.get().channel) == (city.office_one.id, "counter")


@BOTH_FACES
def test_every_page_and_dialog_is_whole(
    desk: Desk, check_page: Check, open_page: OpenPage, city: City, width: int, language: str
) -> None:
    """No finding of axe and no sideways scroll, also with words that do not end."""
    fresh, worked, done, waiting = lamp(city, LONG), lamp(city), lamp(city), lamp(city)
    accept_incident(worked.id, actor=city.minh)
    take_incident(waiting.id, actor=city.hoa)
    request_info_incident(waiting.id, actor=city.hoa, question="Trụ số mấy ạ?")
    take_incident(done.id, actor=city.hoa)
    resolve_incident(done.id, actor=city.hoa, result=f"Đã thay bóng. {LONG}", file_ids=[], caption="")
    page = desk(city.minh, width, language)
    for path in (
        "/desk/?xem=unit",
        "/desk/?xem=mine",
        "/desk/?xem=unit&q=khong-co-gi",
        "/desk/?xem=unit&han=paused",
        "/desk/?xem=unit&han=paused&co=1",
        f"/desk/phan-anh/{fresh.id}/?xem=unit",
        f"/desk/phan-anh/{done.id}/",
        "/desk/phan-anh/moi/",
        f"/desk/nhieu/assign/?case={fresh.id}&case={worked.id}",
        f"/desk/nhieu/dispatch/?case={fresh.id}",
        f"/desk/phan-anh/{worked.id}/reject/",
    ):
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        check_page(page)
    page.goto("/desk/?xem=unit")
    page.locator("[data-row] input").first.check()
    check_page(page)
    for case, moves in (
        (worked, ("assign", "dispatch", "return", "request-info", "extend", "resolve", "visit", "reply", "reject",
                  "merge", "classify", "note")),
        (fresh, ("accept",)),
        (done, ("revise",)),
    ):  # fmt: skip
        page.goto(f"/desk/phan-anh/{case.id}/")
        for move in moves:
            page.evaluate(f"document.querySelector('a[href*=\"/{case.id}/{move}/\"]').click()")
            page.locator(f"#move form[action*='/{move}/']").wait_for()
            check_page(page)
            page.keyboard.press("Escape")


@BOTH_FACES
def test_administration_is_whole(desk: Desk, check_page: Check, city: City, width: int, language: str) -> None:
    page = desk(city.quan, width, language)
    category, rule, term = (model.objects.order_by("pk")[0].pk for model in (Category, RoutingRule, ClockRule))
    for path in (
        "loai-viec/", "loai-viec/them/", "chuyen-viec/", "chuyen-viec/?category=street-lighting", "chuyen-viec/them/",
        "thoi-han/", "thoi-han/them/", f"loai-viec/{category}/",
        f"chuyen-viec/{rule}/", f"thoi-han/{term}/",
    ):  # fmt: skip
        page.goto(f"/desk/quan-tri/{path}")
        assert page.locator("h1").count() == 1, path
        check_page(page)
    page.locator(".o-more summary").tap() if width == PHONE else page.locator(".o-side").wait_for()
    check_page(page)
