"""The citizen's pages in a real browser: the report in four steps, without scripts, offline; page states, list, map."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from motcua.kernel.cases.models import Case
from motcua.kernel.figures.views import board
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.models import File
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.actions.submitting import Submitted
from motcua.modules.incidents.actions.working import approve_incident, extend_incident, resolve_incident
from motcua.modules.incidents.tests.test_portal_case import report
from motcua.modules.incidents.tests.test_portal_report import photo
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import LAMP_AT, City

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
HOUR = timedelta(hours=1)
AT_LAMP = {"geolocation": {"latitude": LAMP_AT[0], "longitude": LAMP_AT[1]}, "permissions": ["geolocation"]}
WORDS = "Đèn đường trước số 12 tắt ba đêm rồi, tối o" + 90 * "m" + "."  # people write words without an end


def as_file(upload: SimpleUploadedFile) -> "FilePayload":
    return {"name": upload.name or "", "mimeType": "image/jpeg", "buffer": upload.read()}


def shot(page: "Page", name: str) -> None:
    """A picture to look at, when SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def wait_for_worker(page: "Page") -> None:
    """Until the service worker serves the page. Playwright's own waiting evaluates strings: forbidden."""
    for _ in range(100):
        if page.evaluate("navigator.serviceWorker.controller !== null"):
            return
        page.wait_for_timeout(100)
    pytest.fail("the service worker did not take over")


@BOTH_FACES
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
    taps = 1

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


def test_report_without_scripts(open_page: OpenPage, check_page: Check, city: City) -> None:
    page = open_page(scripts=False)
    page.goto("/phan-anh/gui/")
    shot(page, "no-js")
    page.set_input_files("#photos", [as_file(photo()), as_file(photo(colour="#222"))])
    page.locator("#id_address").fill("Trước số 12 đường Thử")
    page.locator("#id_text").fill("Đèn")
    page.locator("#id_category").select_option("street-lighting")
    page.locator("#id_phone").fill("12")
    page.locator("#send").click()
    page.get_by_text("Nhập số điện thoại").first.wait_for()
    assert page.locator("input[name=file]:checked").count() == 2
    assert page.locator("#id_address").input_value() == "Trước số 12 đường Thử"
    shot(page, "no-js-refused")
    page.locator("#id_phone").fill("0905 123 456")
    page.locator("#send").click()
    page.wait_for_url("**/da-gui/")
    case = Case.objects.get()
    assert case.files.count() == 2
    assert page.locator(".bigcode").inner_text() == case.code
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes the 422


def test_only_javascript_hides_what_needs_it(open_page: OpenPage, city: City) -> None:
    """When the big script does not come, the form is whole again."""
    page = open_page()
    page.clock.install()
    page.route("**/incidents/report.js", lambda route: route.abort())
    page.goto("/phan-anh/gui/")
    assert not page.locator("#photos").is_visible()
    page.clock.run_for(10_000)
    page.locator("#photos").wait_for()
    assert page.locator("#send").is_visible()
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the file that was kept from it


def test_a_draft_survives_a_closed_tab(open_page: OpenPage, city: City) -> None:
    page = open_page()
    page.goto("/phan-anh/gui/")
    page.set_input_files("#library", [as_file(photo(lat=LAMP_AT[0], lon=LAMP_AT[1]))])
    page.locator("[data-state=uploaded]").wait_for()
    page.locator("#next").click()
    page.get_by_text("theo vị trí trong ảnh").wait_for()
    page.locator("#next").click()
    page.locator("#id_text").fill(WORDS)
    key = page.locator("#id_key").input_value()
    page.wait_for_timeout(700)  # a draft is written a moment after the last letter
    page.close()
    page = page.context.new_page()
    page.goto("/phan-anh/gui/")
    page.get_by_text("Đã mở lại bản nháp").wait_for()
    assert page.locator("#id_text").input_value() == WORDS
    assert page.locator("#id_text").is_visible()
    assert page.locator("#id_key").input_value() == key
    page.locator("#next").click()
    page.locator(".rv-shot").wait_for()
    page.locator("#send").click()
    page.wait_for_url("**/da-gui/")
    assert Case.objects.get().files.count() == 1
    page.goto("/phan-anh/gui/")
    assert page.locator("#id_text").input_value() == ""
    assert page.locator("#id_key").input_value() != key


def test_a_report_waits_for_the_connection_and_is_sent_once(open_page: OpenPage, check_page: Check, city: City) -> None:
    page = open_page(**AT_LAMP)
    page.goto("/phan-anh/gui/")
    wait_for_worker(page)
    page.context.set_offline(True)
    page.reload()  # the form opens without a connection
    page.set_input_files("#camera", as_file(photo()))
    page.get_by_text("Chờ có mạng").wait_for()
    page.locator("#next").click()
    page.locator("#id_address").fill("Trước số 12 đường Thử")
    page.locator("#next").click()
    page.locator("#id_text").fill(WORDS)
    page.locator("#next").click()
    page.locator("#send").click()
    page.get_by_text("Chưa gửi được vì mất mạng").wait_for()
    assert page.get_by_text("Chờ gửi").first.is_visible()
    check_page(page)
    shot(page, "6-offline")
    assert not Case.objects.exists()
    page.close()  # and the tab is closed

    page = page.context.new_page()
    page.goto("/tro-giup/")  # another page is not kept: it says so
    page.get_by_text("Bạn đang mất mạng").wait_for()
    page.context.set_offline(False)
    page.goto("/")
    page.get_by_text("Đã gửi phản ánh, mã").wait_for()
    case = Case.objects.get()
    assert (case.incident.text, case.files.count()) == (WORDS, 1)
    page.goto("/phan-anh/gui/")
    page.wait_for_timeout(500)
    assert Case.objects.count() == 1
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes what it could not fetch


def test_an_answer_that_gets_lost_makes_no_second_report(open_page: OpenPage, city: City) -> None:
    page = open_page(**AT_LAMP)
    # As a browser that sends nothing in the background: else its worker may be quicker than the person.
    page.add_init_script("Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { value: undefined })")
    page.goto("/phan-anh/gui/")
    wait_for_worker(page)

    def swallow(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/phan-anh/gui/", swallow)
    page.locator("#next").click()
    page.locator("#id_address").fill("Trước số 12 đường Thử")
    page.locator("#next").click()
    page.locator("#id_text").fill(WORDS)
    page.locator("#next").click()
    page.locator("#send").click()
    page.get_by_text("Chưa gửi được vì mất mạng").wait_for()
    assert Case.objects.count() == 1
    page.unroute("**/phan-anh/gui/")
    page.locator("#again").click()
    page.wait_for_url("**/da-gui/")
    assert Case.objects.count() == 1
    open_page.complaints.clear()  # type: ignore[attr-defined]


def test_a_form_kept_for_days_still_works(open_page: OpenPage, city: City) -> None:
    """Its proof against forgery is stale, and the photo that was sent ahead has been swept away."""
    page = open_page(**AT_LAMP)
    page.goto("/phan-anh/gui/")
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    page.set_input_files("#camera", as_file(photo()))
    page.locator("[data-state=uploaded]").wait_for()
    page.locator("#next").click()
    page.locator("#id_address").fill("Trước số 12 đường Thử")
    page.locator("#next").click()
    page.locator("#id_text").fill(WORDS)
    page.locator("#next").click()
    File.objects.all().delete()
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    page.locator("#send").click()
    page.wait_for_url("**/da-gui/")
    assert Case.objects.get().files.count() == 1
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes the 403 and the 422


def test_what_the_server_refuses_is_said_beside_it(open_page: OpenPage, check_page: Check, city: City) -> None:
    page = open_page(geolocation={"latitude": 10.0, "longitude": 112.0}, permissions=["geolocation"])
    page.goto("/phan-anh/gui/")
    page.locator("#next").click()
    page.get_by_text("Ghim nằm ngoài địa bàn").wait_for()
    page.locator("#next").click()
    page.locator("#next").click()
    page.get_by_text("Viết ít nhất 10").wait_for()
    check_page(page)
    shot(page, "3-error")
    page.locator("#id_text").fill(WORDS)
    page.locator("#next").click()
    page.locator("#send").click()
    page.locator("#refusal").get_by_text("nằm ngoài địa bàn").wait_for()
    assert page.locator("#id_address").get_attribute("aria-invalid") == "true"
    assert page.locator("#id_text").input_value() == WORDS
    check_page(page)
    assert not Case.objects.exists()
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes the 422


def test_join_a_report_near_by_instead(open_page: OpenPage, check_page: Check, city: City) -> None:
    sent = report(city)
    take_incident(sent.case.id, actor=city.hoa)
    page = open_page(**AT_LAMP)
    page.goto("/phan-anh/gui/")
    page.set_input_files("#camera", as_file(photo()))
    page.locator("[data-state=uploaded]").wait_for()
    page.locator("#next").click()
    page.get_by_text("Có phải một trong các việc này?").wait_for()
    check_page(page)
    shot(page, "2-near")
    page.get_by_role("button", name="Tôi cũng gặp").click()
    page.wait_for_url("**/da-gui/")
    assert page.locator(".bigcode").inner_text() == sent.case.code
    assert page.get_by_text("Bạn đã cùng báo việc này").is_visible()
    assert Case.objects.count() == 1
    assert File.objects.get().kept_at is not None


def test_a_large_photo_is_made_smaller_and_keeps_its_place(open_page: OpenPage, city: City) -> None:
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825).update({1: "N", 2: (11.0, 56.0, 42.0), 3: "E", 4: (108.0, 26.0, 6.0)})
    Image.effect_noise((2400, 1800), 30).convert("RGB").save(out, "JPEG", quality=80, exif=exif)
    page = open_page()
    page.goto("/phan-anh/gui/")
    page.set_input_files("#camera", {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    page.locator("[data-state=uploaded]").wait_for(timeout=20_000)
    file = File.objects.get()
    assert (file.width, file.height) == (1200, 1600)  # stands upright
    assert file.size < len(out.getvalue())
    assert file.lat == pytest.approx(11.945, abs=1e-4)
    assert page.locator("#id_lat").input_value().startswith("11.945")


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def states(city: City) -> dict[str, Submitted]:
    """A report in each state that the screens show, with photos."""

    def one(text: str, begun: datetime) -> Submitted:
        with moment.at(begun):
            file = store_file(BytesIO(photo(colour="#665a4a").read()), actor=city.an)
            sent = report(city, text=text, file_ids=[file.pk])
            take_incident(sent.case.id, actor=city.hoa)
        return sent

    now = moment.now()
    found = {
        "open": one("Ổ gà sâu trước số 152 đường Thử. Sáng nay một xe máy đã té ở đây.", now),
        "late": one("Bóng đèn hẻm 5 cháy đen ba hôm", now - timedelta(days=20)),
        "extended": one("Cột đèn nghiêng trước trường học", now - timedelta(days=20)),
        "done": one("Nắp hố ga vỡ ở ngã ba", now - timedelta(days=2)),
    }
    extend_incident(found["extended"].case.id, actor=city.hoa, reason="mưa liên tục", due_at=now + timedelta(days=5))
    after = store_file(BytesIO(photo(colour="#3a5").read()), actor=city.hoa)
    resolve_incident(
        found["done"].case.id, actor=city.hoa, result="Đã thay nắp mới.", file_ids=[after.pk], caption="Nắp hố ga mới"
    )
    approve_incident(found["done"].case.id, actor=city.minh)
    return found


def test_a_word_without_an_end_breaks(open_page: OpenPage, check_page: Check, sign_in: Any, city: City) -> None:
    with moment.at(moment.now() - timedelta(days=20)):  # late, so that it stands on the board too
        case = report(city, text=90 * "ồ" + " " + WORDS, address=80 * "a").case
        take_incident(case.id, actor=city.hoa)
    board.forget_drawn()
    addresses = [f"/phan-anh/{case.code}/", "/phan-anh/", "/tim/?q=den", "/board/tre/"]
    page = open_page()
    for address in addresses:
        page.goto(address)
        assert page.locator("main").get_by_text("ồồồồ").count(), address
        check_page(page)
    sign_in(page, city.hoa.id)
    for address in ("/desk/", f"/desk/phan-anh/{case.id}/", f"/desk/phan-anh/{case.id}/reply/"):
        page.goto(address)
        check_page(page)


@BOTH_FACES
def test_page_of_a_report_in_every_state(
    open_page: OpenPage, check_page: Check, states: dict[str, Submitted], width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    for name, sent in states.items():
        page.goto(f"/phan-anh/{sent.case.code}/")
        page.locator("[data-map]").scroll_into_view_if_needed()
        page.wait_for_selector(".leaflet-container .mc-pin")
        assert page.locator("h1").count() == 1
        check_page(page)
        shot(page, f"page-{name}-{width}-{language}")
    page.goto(f"/p/{states['done'].token}/")
    page.locator("#danh-gia").wait_for()
    check_page(page)
    shot(page, f"page-own-{width}-{language}")


def test_rate_and_reopen_in_the_browser(open_page: OpenPage, states: dict[str, Submitted], city: City) -> None:
    page = open_page()
    page.goto(f"/p/{states['done'].token}/")
    page.locator("#danh-gia label").nth(3).click()
    page.get_by_role("button", name="Gửi đánh giá").click()
    page.get_by_role("heading", name="Bạn đã đánh giá").wait_for()
    page.locator("#mo-lai summary").click()
    page.locator("#id_reason").fill("Nắp vẫn kênh")
    page.get_by_role("button", name="Mở lại việc này").click()
    page.get_by_text("Đã mở lại.").wait_for()
    assert Case.objects.get(pk=states["done"].case.id).state == "dispatched"


@BOTH_FACES
def test_list_and_map(
    open_page: OpenPage, check_page: Check, states: dict[str, Submitted], width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    page.goto("/phan-anh/")
    assert page.locator(".case-card").count() == 4
    check_page(page)
    shot(page, f"list-{width}-{language}")
    if width < 880:
        page.locator("nav.only-s a").nth(1).click()
    page.wait_for_selector("#incidents-map[data-shown='4']")
    check_page(page)
    shot(page, f"map-{width}-{language}")
    page.goto("/phan-anh/?tim=khong-co-gi")
    check_page(page)
    page.locator("#tim").fill("ho ga")
    page.locator("#tim").press("Enter")
    page.get_by_text("Nắp hố ga vỡ").wait_for()
    assert page.locator(".case-card").count() == 1


def test_map_of_thousands(open_page: OpenPage, states: dict[str, Submitted]) -> None:
    """Gathered by the server while far away; one by one when near; a mark opens its card."""
    pattern = Case.objects.get(pk=states["late"].case.id)
    values = {field.attname: getattr(pattern, field.attname) for field in Case._meta.concrete_fields}
    Case.objects.bulk_create(
        Case(
            **{**values, "id": None, "code": f"PA-1-{number}",
               "lat": 11.91 + number % 80 / 1000, "lon": 108.41 + number // 80 / 1000}
        )
        for number in range(6_000)
    )  # fmt: skip
    page = open_page(width=1440)
    page.goto("/phan-anh/?xem=ban-do")
    page.wait_for_selector("#incidents-map .mc-cluster")
    page.locator("#incidents-map .mc-cluster").first.click()
    page.wait_for_timeout(300)
    assert page.locator("#incidents-map .leaflet-marker-icon").count() < 300


def test_a_mark_opens_its_card(open_page: OpenPage, states: dict[str, Submitted]) -> None:
    for name in ("late", "extended", "done"):
        Case.objects.filter(pk=states[name].case.id).update(published_at=None)
    page = open_page(width=1440)
    page.goto("/phan-anh/")
    page.locator("#incidents-map .mc-dot").click()
    page.locator(".leaflet-popup .case-card").get_by_text("Ổ gà sâu").click()
    page.wait_for_url(f"**/phan-anh/{states['open'].case.code}/")


def test_keyboard_reaches_every_mark(open_page: OpenPage, states: dict[str, Submitted]) -> None:
    page = open_page(width=1440)
    page.goto("/phan-anh/")
    page.wait_for_selector("#incidents-map[data-shown='4']")
    marks = page.locator("#incidents-map .leaflet-marker-icon[tabindex='0']")
    assert marks.count() > 0
    marks.first.focus()
    for _ in range(3):  # a cluster opens up, to the place and then to its marks
        page.keyboard.press("Enter")
        page.wait_for_timeout(700)
        marks.first.focus()
    page.locator("#incidents-map .mc-dot").first.wait_for()


def test_what_the_phone_needs_to_install_it(open_page: OpenPage, city: City) -> None:
    page = open_page()
    page.goto("/")
    href = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.evaluate("(href) => fetch(href).then((answer) => answer.json())", href)
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        size = page.evaluate(
            """async (src) => {
                const icon = await createImageBitmap(await (await fetch(src)).blob());
                return `${icon.width}x${icon.height}`;
            }""",
            icon["src"],
        )
        assert size == icon["sizes"]
