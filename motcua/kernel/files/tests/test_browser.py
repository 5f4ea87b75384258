"""Hiding a face with the pointer, and without one."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from motcua.kernel.files import kind
from motcua.kernel.files.actions import keep_files, store_file
from motcua.kernel.files.models import File
from motcua.kernel.files.tests.pictures import picture
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]


@pytest.fixture
def photo(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> File:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    }
    monkeypatch.setattr(kind, "GUARDS", [lambda _file_id, actor, _variant: actor.is_officer])
    monkeypatch.setattr("motcua.kernel.files.queries.GUARDS", kind.GUARDS)
    file = store_file(io.BytesIO(picture(size=(1200, 800))), actor=ANONYMOUS)
    return keep_files([file.pk], actor=SYSTEM, code="PA-1")[0]


@pytest.mark.parametrize("width", [390, 1440])
def test_face_is_hidden_with_the_pointer(
    open_page: OpenPage,
    check_page: Callable[["Page"], None],
    sign_in: Callable[["Page", int], None],
    city: City,
    photo: File,
    width: int,
) -> None:
    page = open_page(width=width)
    assert city.hoa.id is not None
    sign_in(page, city.hoa.id)
    page.goto(f"/desk/tep/{photo.token}/lam-mo/?next=/desk/")
    check_page(page)
    area = page.locator("[data-blur]").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 0.25, area["y"] + area["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + area["height"] * 0.75)
    page.mouse.up()
    assert page.locator("[data-blur] i").count() == 1
    page.get_by_role("button", name="Lưu vùng che").click()
    page.get_by_text("Người ngoài chỉ thấy ảnh đã làm mờ").first.wait_for()
    region = File.objects.get(pk=photo.pk).blurred[0]
    assert region == pytest.approx({"x": 0.25, "y": 0.25, "width": 0.25, "height": 0.5}, abs=0.02)
    page.get_by_role("button", name="Bỏ vùng này").first.click()
    page.locator("[name=vung]").last.fill("5 5 20 20")
    assert page.locator("[data-blur] i").count() == 1
    page.get_by_role("button", name="Lưu vùng che").click()
    page.wait_for_load_state()
    assert File.objects.get(pk=photo.pk).blurred == [{"x": 0.05, "y": 0.05, "width": 0.2, "height": 0.2}]
