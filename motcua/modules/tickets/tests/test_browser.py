"""The phone, the kiosk, the hall and the counter in a real browser."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.identity.actions.devices import add_device
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import Calendar, OrgVersion
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.models import Ticket
from motcua.modules.tickets.queries.links import token_of
from motcua.modules.tickets.tests.conftest import Hall, take
from motcua.testing.browser import BOTH_FACES
from motcua.testing.patience import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENT = 15_000  # milliseconds; less than the pages wait before they ask by themselves
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]

AT = "/lay-so/24778-hanh-chinh-cong/"
KIOSK = "/lay-so/kiosk/24778-hanh-chinh-cong/"
SCREEN = "/lay-so/man-hinh/24778-hanh-chinh-cong/"
ADMIN = "/desk/quan-tri/quay/24778-hanh-chinh-cong/"
VOICE = """
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "vi-VN", name: "Thử" }, { lang: "en-US", name: "Test" }],
  speak: (one) => { (window.said ||= []).push(one.text); one.onend(); },
  cancel: () => {}, addEventListener: () => {},
} });
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { (window.said ||= []).push("gong"); start.call(this, at); };
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


@pytest.fixture
def always_open(hall: Hall) -> Hall:
    """The browser lives in the present, whatever day that is."""
    Calendar.objects.update(sessions={str(weekday): [["00:00", "23:59"]] for weekday in range(7)})
    OrgVersion.objects.update(number=OrgVersion.objects.get().number + 1)
    org.forget()
    calling.open_counter(hall.first.pk, actor=hall.nga)
    return hall


def become_device(page: "Page", hall: Hall, purpose: str, place: str = "") -> None:
    page.goto(f"/may/{add_device(purpose, hall.point.unit_id, place, f'{purpose} {place}', actor=hall.quan)}/")


def keep(page: "Page", name: str) -> None:
    """SCREENS=folder keeps pictures to look at."""
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@BOTH_FACES
def test_pages_for_everybody(
    always_open: Hall, open_page: OpenPage, check_page: Check, width: int, language: str
) -> None:
    waiting, called, booked = take(always_open.land), take(always_open.civil), take(always_open.civil)
    Ticket.objects.filter(pk=called.pk).update(
        state="called", calls=1, called_at=called.taken_at, counter=always_open.first
    )
    Ticket.objects.filter(pk=booked.pk).update(state="skipped", called_at=called.taken_at)
    page = open_page(width=width, language=language)
    tickets = [f"/lay-so/so/{token_of(ticket.pk)}/" for ticket in (waiting, called, booked)]
    become_device(page, always_open, "screen")
    become_device(page, always_open, "counter", "1")
    screens = (SCREEN, f"/lay-so/quay/{always_open.code}/1/")
    for number, address in enumerate(["/lay-so/", "/lay-so/?tim=zzz", AT, f"{AT}A/", *tickets, *screens]):
        page.goto(address)
        check_page(page)
        keep(page, f"tickets-{number}-{width}-{language}")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_kiosk(always_open: Hall, open_page: OpenPage, check_page: Check, width: int) -> None:
    page = open_page(width=width)
    page.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; };")
    become_device(page, always_open, "kiosk")
    check_page(page)
    keep(page, f"kiosk-0-{width}")
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Land").click()
    page.get_by_text("B001").wait_for()
    page.wait_for_function("window.printed === 1")
    check_page(page)
    keep(page, f"kiosk-1-{width}")
    page.emulate_media(media="print")
    assert not page.get_by_role("link", name="Done").is_visible()
    height = page.evaluate("document.querySelector('.ks-no').getBoundingClientRect().height * 25.4 / 96")
    assert height >= 24  # millimetres
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Done").click()
    page.get_by_role("heading", name="Chạm để lấy số").wait_for()  # the next person starts in Vietnamese


@BOTH_FACES
def test_pages_of_the_desk(
    always_open: Hall, open_page: OpenPage, check_page: Check, sign_in: SignIn, width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    assert always_open.vy.id is not None
    assert always_open.nga.id is not None
    assert always_open.quan.id is not None
    sign_in(page, always_open.vy.id)
    page.goto("/desk/quay/")
    check_page(page)
    sign_in(page, always_open.nga.id)
    first = take(always_open.civil)
    take(always_open.civil)
    calling.call_next(actor=always_open.nga)
    calling.skip_ticket(first.pk, actor=always_open.nga)
    calling.call_next(actor=always_open.nga)
    page.goto("/desk/quay/")
    check_page(page)
    keep(page, f"desk-{width}-{language}")
    sign_in(page, always_open.quan.id)
    addresses = ["/desk/quan-tri/quay/", ADMIN, f"{ADMIN}hang/", f"{ADMIN}hang/A/", f"{ADMIN}quay/1/"]
    for number, address in enumerate(addresses):
        page.goto(address)
        check_page(page)
        keep(page, f"admin-{number}-{width}-{language}")


def test_from_the_phone_to_the_counter(
    always_open: Hall, live_streams: str, open_page: OpenPage, sign_in: SignIn
) -> None:
    """One key calls a number; hall and phone hear of it by the event stream, long before they would have asked; the
    hall says it aloud once that was allowed."""
    phone = open_page(width=390)
    phone.goto("/lay-so/")
    phone.get_by_role("link", name="Trung tâm Phục vụ hành chính công Một").click()
    phone.get_by_role("link", name="Hộ tịch, chứng thực").click()
    phone.get_by_role("button", name="Lấy số").click()
    phone.get_by_text("Bạn là người tiếp theo.").wait_for()

    hall = open_page(width=1440)
    hall.add_init_script(VOICE)
    become_device(hall, always_open, "screen")
    hall.locator("[data-live=on]").wait_for(timeout=PATIENT)
    voice = hall.locator("[data-voice]")
    assert voice.get_attribute("aria-pressed") == "false"
    voice.click()
    assert voice.get_attribute("aria-pressed") == "true"

    desk = open_page(width=1440)
    assert always_open.nga.id is not None
    sign_in(desk, always_open.nga.id)
    desk.goto("/desk/quay/")
    desk.keyboard.press("c")
    desk.locator(".tk-at", has_text="A001").wait_for()

    hall.locator("[data-number=A001]").wait_for()
    until(bool, lambda: hall.evaluate("window.said?.length === 4"))
    assert hall.evaluate("window.said") == [
        "gong", "gong", "Mời số A 0 0 1, đến quầy số 1.", "Number A 0 0 1, please go to counter 1.",
    ]  # fmt: skip
    phone.get_by_text("Mời bạn đến quầy 1").wait_for(timeout=PATIENT)
    voice.click()
    desk.keyboard.press("r")
    hall.locator("[data-call$='-2']").wait_for(timeout=PATIENT)
    assert hall.evaluate("window.said.length") == 4  # muted
    desk.keyboard.press("s")
    phone.get_by_text("Quầy đã gọi mà chưa thấy bạn.").wait_for(timeout=PATIENT)
    desk.get_by_role("button", name="Mời lại A001").click()
    desk.locator(".tk-at", has_text="A001").wait_for()
    desk.keyboard.press("x")
    desk.get_by_text("Quầy đang trống.").wait_for()
    # Three windows stand side by side here, and one that lies behind draws no text with the fonts it has fetched.
    complaints: list[str] = open_page.complaints  # type: ignore[attr-defined]
    complaints[:] = [one for one in complaints if "preloaded using link preload" not in one]


def test_a_screen_without_voices_sounds_the_gong(always_open: Hall, open_page: OpenPage) -> None:
    page = open_page(width=1440)
    page.add_init_script(VOICE.replace("vi-VN", "fr-FR").replace("en-US", "fr-CA"))
    become_device(page, always_open, "screen")
    page.get_by_role("button", name="Đọc số").click()
    page.get_by_role("button", name="Đang báo chuông, máy không có giọng đọc. Tắt tiếng").wait_for()
    page.reload()  # it remembers; a browser that wants a touch first says so
    page.locator("[data-voice][aria-pressed=true]").wait_for()


def test_a_number_without_scripts(always_open: Hall, open_page: OpenPage) -> None:
    page = open_page(width=390, scripts=False)
    page.goto(f"{AT}B/")
    page.get_by_role("button", name="Lấy số").click()
    page.get_by_text("B001").first.wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Bỏ số này").click()
    assert Ticket.objects.get().state == "cancelled"
