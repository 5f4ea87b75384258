"""Pages of administration in a real browser."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.actions import seed_year
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("vi", 390), ("en", 1440)])
def test_pages(
    open_page: Callable[..., "Page"],
    check_page: Callable[["Page"], None],
    sign_in: Callable[["Page", int], None],
    city: City,
    language: str,
    width: int,
) -> None:
    assert city.quan.id is not None
    calendar_id = city.ward_one.calendar_id
    seed_year(calendar_id, 2026, actor=SYSTEM)
    page = open_page(language=language, width=width)
    sign_in(page, city.quan.id)
    for path in (
        "don-vi/",
        f"don-vi/them/?duoi={city.ward_one.pk}",
        f"don-vi/{city.ward_one.pk}/",
        "lich/",
        "lich/them/",
        f"lich/{calendar_id}/?nam=2026",
        f"lich/{calendar_id}/gio/",
        "dia-ban/",
        f"dia-ban/{city.ward_one.area_id}/",
    ):
        page.goto(f"/desk/quan-tri/{path}")
        assert page.locator("h1").count() == 1, path
        check_page(page)
