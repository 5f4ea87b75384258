"""Pages of administration in a real browser."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.events.kind import JOBS
from motcua.kernel.events.models import Cursor, JobState
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.actions import seed_year
from motcua.lib import moment
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@BOTH_FACES
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
    Cursor.objects.create(reader="figures", failures=3, error="không ghi được", retry_at=moment.now())
    for job in JOBS:
        JobState.objects.create(job=job, next_at=moment.now(), did=3, failures=1, error="x" * 90)
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
        "he-thong/",
    ):
        page.goto(f"/desk/quan-tri/{path}")
        assert page.locator("h1").count() == 1, path
        check_page(page)
