"""The pages of signing in a real browser, with something on each."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import NewKey, add_software_key, ask_for_signature, refuse_task, sign
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.tests.conftest import Keys
from motcua.lib.tests.papers import paper, with_drawing
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import City

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]


def shot(page: "Page", name: str, language: str, width: int) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)


@pytest.fixture
def busy(city: City, keys: Keys) -> City:
    """Something in every state, a key that ends soon, one that is for trying out."""
    titles = [f"Giấy phép xây dựng số {number}/GP-UBND, đường Phan Đình Phùng" for number in range(8)]
    tasks = [
        ask_for_signature(
            keep_made(paper(), actor=SYSTEM, name=f"{number}.pdf").pk, keys.minh.pk, actor=city.hoa, title=title,
            reason="Phê duyệt kết quả",
        )
        for number, title in enumerate(titles)
    ]  # fmt: skip
    refuse_task(tasks[0].pk, actor=city.minh, reason="Sai tên đường ở trang 2")
    for task, state in zip(tasks[1:5], ("queued", "approving", "expired", "failed"), strict=True):
        SigningTask.objects.filter(pk=task.pk).update(state=state, words="HTTP 503" if state == "failed" else "")
    sign(keep_made(paper(), actor=SYSTEM, name="x.pdf").pk, keys.minh.pk, actor=city.minh, title="Quyết định số 1")
    file = keys.issue("Phường Một cũ", days=20).pkcs12("x")
    add_software_key(NewKey("Dấu sắp hết hạn", unit_id=city.ward_one.id), file, "x", actor=SYSTEM)
    SigningKey.objects.filter(pk=keys.seal_two.pk).update(is_test=True)
    return city


@BOTH_FACES
def test_pages_of_signing(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, busy: City, language: str, width: int
) -> None:
    page = open_page(width=width, language=language)
    sign_in(page, busy.minh.id or 0)
    task = SigningTask.objects.filter(state="asked").order_by("pk")[0]
    for name, path in (
        ("queue", "/desk/ky-so/"),
        ("confirm", f"/desk/ky-so/ky/?viec={task.pk}&viec={task.pk + 1}"),
        ("refuse", f"/desk/ky-so/{task.pk}/tra-lai/"),
    ):
        page.goto(path)
        assert page.locator("h1").count() == 1
        shot(page, name, language, width)
        check_page(page)


@BOTH_FACES
def test_pages_of_keys(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, busy: City, language: str, width: int
) -> None:
    page = open_page(width=width, language=language)
    sign_in(page, busy.quan.id or 0)
    page.goto("/desk/quan-tri/chu-ky/")
    assert page.locator("h1").count() == 1
    shot(page, "keys", language, width)
    check_page(page)


def test_many_are_signed_by_keyboard_and_one_confirmation(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, busy: City
) -> None:
    page = open_page(width=1440)
    sign_in(page, busy.minh.id or 0)
    page.goto("/desk/")
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/desk/ky-so/")
    for box in page.locator("input[name=viec]").all():
        box.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Ký các văn bản đã chọn").press("Enter")
    page.get_by_role("button", name="Ký 3 văn bản").press("Enter")
    page.get_by_text("3 trong 3 văn bản").wait_for()
    shot(page, "outcomes", "vi", 1440)
    check_page(page)
    assert SigningTask.objects.filter(state="done").count() == 4


@BOTH_FACES
def test_anybody_checks_a_signature(
    open_page: OpenPage, check_page: Check, city: City, keys: Keys, tmp_path: Path, language: str, width: int
) -> None:
    task = sign(keep_made(paper(), actor=SYSTEM, name="x.pdf").pk, keys.minh.pk, actor=city.minh, reason="Phê duyệt")
    good = content_of(task.result_id or 0)
    verdicts = {
        "good": (good, {"vi": "Chữ ký hợp lệ", "en": "The signature holds"}),
        "broken": (with_drawing(good), {"vi": "Văn bản đã bị thay đổi sau khi ký", "en": "changed after signing"}),
        "none": (b"hello", {"vi": "không phải là PDF", "en": "not a PDF"}),
    }
    page = open_page(width=width, language=language)
    for name, (pdf, words) in verdicts.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(pdf)
        page.goto("/kiem-tra-chu-ky/")
        check_page(page)
        page.set_input_files("input[name=tep]", file)
        page.locator("main button.pri").click()
        page.get_by_text(words[language]).first.wait_for()
        shot(page, f"verify-{name}", language, width)
        open_page.complaints.clear()  # type: ignore[attr-defined]  # the answer 422 is meant
        check_page(page)


def test_without_scripts(open_page: OpenPage, city: City, tmp_path: Path) -> None:
    page = open_page(scripts=False)
    file = tmp_path / "a.pdf"
    file.write_bytes(paper())
    page.goto("/kiem-tra-chu-ky/")
    page.set_input_files("input[name=tep]", file)
    page.locator("main button.pri").click()
    page.get_by_text("Tệp này không có chữ ký số").wait_for()
