"""The end of a session in a real browser: warned by an alert dialog, one key stays; nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from motcua.kernel.identity.models import Account, Session
from motcua.lib import moment
from motcua.testing.browser import DESKTOP, OpenPage
from motcua.testing.city import City, build_city

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = "/desk/quan-tri/don-vi/them/"
WORDS = "Trung tâm Thử nghiệm"


@pytest.fixture
def town(transactional_db: None) -> City:
    return build_city()


def ends_in(seconds: float) -> None:
    """The one session there is."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(Session.objects.get().session_key)
    store["signed_in_at"] = (moment.now() - timedelta(hours=11)).isoformat()
    store.set_expiry(moment.now() + timedelta(seconds=seconds))
    store.save()


def test_warned_staying_and_coming_back(
    town: City, open_page: OpenPage, check_page: Callable[["Page"], None], sign_in: Callable[["Page", int], None]
) -> None:
    page = open_page(width=DESKTOP)
    page.set_default_timeout(40_000)  # the end itself is waited for
    quan = Account.objects.get(login="quan")
    sign_in(page, quan.pk)
    ends_in(121)
    page.goto(AT)
    dialog = page.get_by_role("alertdialog", name="Bạn còn làm việc chứ?")
    dialog.wait_for()
    check_page(page)
    assert page.evaluate("document.activeElement.textContent.trim()") == "Ở lại"
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    assert Session.objects.get().expire_date - moment.now() > timedelta(hours=11)

    ends_in(12)
    page.goto(AT)
    dialog.wait_for()
    page.keyboard.press("Escape")
    page.locator("#id_name").fill(WORDS)
    over = page.get_by_role("alertdialog", name="Phiên đăng nhập đã kết thúc")
    over.wait_for()
    check_page(page)
    again = over.get_by_role("link", name="Đăng nhập lại")
    assert again.get_attribute("href") == f"/dang-nhap/can-bo/?next={AT.replace('/', '%2F')}"
    Session.objects.all().delete()
    sign_in(page, quan.pk)  # past the sign-in page, in the same window
    page.goto(AT)
    assert page.locator("#id_name").input_value() == WORDS
    page.reload()
    assert page.locator("#id_name").input_value() == ""  # once
