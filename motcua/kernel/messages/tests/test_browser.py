"""The pages of messages in a real browser, with something on each."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.messages.actions import plan_messages, queue_code, queue_letter
from motcua.kernel.messages.kind import Recipient
from motcua.kernel.messages.models import Message
from motcua.kernel.messages.tests.fakes import FakeSender, lamp_plan, only_senders, reporter
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]

EDIT = "/desk/quan-tri/mau-tin/lamp.mended/reporter/sms/vi/"
PAGES = ["/desk/quan-tri/thu/", "/desk/quan-tri/mau-tin/", EDIT, "/desk/quan-tri/duong-gui/", "/desk/thong-bao/"]


@pytest.fixture
def busy_city(city: City) -> Iterator[City]:
    """One message in each state, a notice, a sender that is not well."""
    noticed = reporter("officer:1", audience="officer", addresses={}, account_id=city.quan.id, url="/desk/")
    told: list[Recipient] = [reporter(), noticed]
    with lamp_plan(lambda _event: told), only_senders(FakeSender(), FakeSender("reserve", rank=2)):
        plan_messages([record("lamp.mended", actor=SYSTEM)])
        queue_code("sms", "+84905123456", "482913", "vi")
        for state in Message.State:
            letter = queue_letter("an.nguyen@example.vn", "x", "x", "vi")
            waits = state in ("created", "temporary_failure")
            Message.objects.filter(pk=letter.pk).update(
                state=state,
                attempts=3,
                provider="smtp",
                error="452 mailbox full" if "failure" in state else "",
                **({} if waits else {"retry_at": None}),
            )
        yield city


@BOTH_FACES
def test_pages_of_messages(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, busy_city: City, language: str, width: int
) -> None:
    page = open_page(width=width, language=language)
    assert busy_city.quan.id is not None
    sign_in(page, busy_city.quan.id)
    for number, path in enumerate(PAGES):
        page.goto(path)
        assert page.locator("h1").count() == 1
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=Path(folder) / f"{number}-{language}-{width}.png", full_page=True)
        check_page(page)


def test_text_is_tried_out_on_the_page(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, busy_city: City
) -> None:
    page = open_page(width=1440)
    assert busy_city.quan.id is not None
    sign_in(page, busy_city.quan.id)
    page.goto(EDIT)
    page.fill("textarea", "Đèn {ten}")
    page.click("button[name=xem]")
    page.get_by_text("Không có {ten}").first.wait_for()
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the answer 422 is meant
    check_page(page)
    page.fill("textarea", "Đèn {code} sáng rồi")
    page.click("button[name=xem]")
    page.get_by_text("Den DEN-7 sang roi").wait_for()
