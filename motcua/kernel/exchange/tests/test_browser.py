"""The pages “Đồng bộ” in a real browser: what waits and was tried again, what was refused and why, what came in."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.events.actions import read_on
from motcua.kernel.events.kind import READERS
from motcua.kernel.events.queries import reader_states
from motcua.kernel.exchange import tasks
from motcua.kernel.exchange.kind import LaneState
from motcua.kernel.exchange.models import Lane
from motcua.kernel.exchange.tests.samples import FakePartner, World
from motcua.kernel.exchange.tests.test_importing import row, take
from motcua.lib import moment
from motcua.testing.browser import BOTH_FACES
from motcua.testing.patience import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]
PAGES = "/desk/quan-tri/dong-bo/"
LONG = "Mã thủ tục 1.000001 chưa có trong danh mục của Bộ, hoặc đã hết hiệu lực từ trước ngày tiếp nhận hồ sơ (E-1042)"
SOURCE = "Hệ thống thông tin giải quyết thủ tục hành chính của Bộ Xây dựng"


def _read() -> int:
    """How many events are still ahead, also such that another test's transaction holds back."""
    read_on(READERS["exchange"])
    return next(state.behind for state in reader_states() if state.name == "exchange")


def work(after: timedelta = timedelta()) -> None:
    """The worker's turn, that much later."""
    for circuit in tasks.CIRCUITS.values():
        circuit.rests_until = 0.0
    until(lambda behind: not behind, _read)
    with moment.at(moment.now() + after):
        tasks.send_due()


@BOTH_FACES
def test_what_is_behind_and_why(
    world: World,
    partner: FakePartner,
    open_page: OpenPage,
    check_page: Check,
    sign_in: SignIn,
    width: int,
    language: str,
) -> None:
    """From what is refused to its history, sent again, and in step; a busy one waits with the time of its next try."""
    page = open_page(width=width, language=language)
    sign_in(page, world.city.quan.id or 0)

    def say(vi: str, en: str) -> str:
        return en if language == "en" else vi

    def look(name: str, path: str) -> None:
        page.goto(f"{PAGES}{path}")
        assert page.locator("h1").count() == 1
        check_page(page)
        if folder := os.environ.get("SCREENS"):
            page.screenshot(path=Path(folder, f"exchange-{name}-{language}-{width}.png"), full_page=True)

    look("nothing", "")
    look("nobody", "nhan/")
    bad, busy, good = (world.open(number, moment.now()) for number in (1, 2, 3))
    partner.fates = {bad.code: "refuse", busy.code: "busy"}
    partner.words = LONG
    work()
    work(timedelta(minutes=2))  # the busy one once more
    take(row(), "{", row(state="bốn"), row("H15.50-261008-0975", 9), source=SOURCE)
    look("partners", "")
    look("sources", "nhan/")
    assert page.get_by_text(SOURCE).first.is_visible()
    look("waiting", "fake/?state=waiting")
    tried = page.get_by_role("row").filter(has_text=busy.code)
    assert say("Đã thử 2 lần", "Tried 2 times") in tried.inner_text()
    look("empty", "fake/?q=KHONG-CO")
    look("all", "fake/")
    page.goto(PAGES)
    page.get_by_role("link", name="Đang bận (500)").click()
    page.get_by_role("link", name=busy.code).wait_for()
    assert not page.get_by_role("link", name=bad.code).is_visible()
    page.goto(PAGES)
    page.get_by_role("link", name=LONG).click()
    page.get_by_role("link", name=bad.code).wait_for()
    assert not page.get_by_role("link", name=good.code).is_visible()
    page.get_by_role("link", name=bad.code).click()
    page.wait_for_url("**/ho-so/*/")
    look("history", page.url.partition(PAGES)[2])
    assert page.get_by_text(LONG).first.is_visible()

    partner.fates.clear()
    page.get_by_role("button", name=say("Gửi lại", "Send again"), exact=True).click()
    page.get_by_text(say("Hồ sơ sẽ được gửi lại ngay.", "The dossier will be sent again at once.")).wait_for()
    work()
    lane = Lane.objects.get(case=bad)
    assert until(lambda state: state == LaneState.CURRENT, lambda: _state_after_work(lane)) == LaneState.CURRENT
    partner.script = ["away"] * 9
    world.move(good, 2, moment.now())
    work()
    look("away", "fake/")
    assert page.get_by_text(say("Không liên lạc được, lần thử cuối", "It cannot be reached; last tried")).is_visible()
    look("in-step", f"ho-so/{lane.pk}/")
    assert page.get_by_text(say("Đã đồng bộ", "In step")).first.is_visible()


def _state_after_work(lane: Lane) -> str:
    work()
    lane.refresh_from_db()
    return lane.state
