"""Forms in a real browser: with a script and without, on a phone and at a desk, in both languages."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from motcua.kernel.forms.actions.designing import begin_draft
from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.forms.queries.versions import newest
from motcua.kernel.forms.tests.small import EVERYTHING
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area, Succession
from motcua.testing.browser import BOTH_FACES, DESKTOP, OpenPage
from motcua.testing.city import LONG_AGO, City, build_city

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]
Open = Callable[..., "Page"]
KEY = "moi-thu"
LOGIC = Path(__file__).parents[3] / "lib" / "tests" / "jsonlogic_cases.json"


@pytest.fixture
def town(transactional_db: None) -> City:
    city = build_city()
    one = Area.objects.get(code="24778")
    old = Area.objects.create(
        code="24796", name="10", full_name="Phường 10", folded="phuong 10", level="commune", type="phuong",
        parent=one.parent, lat=0, lon=0, valid_from=LONG_AGO, valid_to=date(2025, 6, 30),
    )  # fmt: skip
    Succession.objects.create(old=old, new=one, kind="whole", on=date(2025, 7, 1))
    places.forget()
    publish_body(KEY, EVERYTHING, actor=SYSTEM)
    return city


@pytest.fixture
def preview(open_page: OpenPage, sign_in: SignIn, town: City) -> Iterator[Open]:
    """The form as its designer tries it out: the same steps as people get."""

    def open_one(step: int = 0, **options: Any) -> "Page":
        page = open_page(**options)
        sign_in(page, town.quan.id or 0)
        page.goto(reverse("form_preview", args=[KEY, 1]) + f"?buoc={step}")
        return page

    yield open_one
    complaints: list[str] = open_page.complaints  # type: ignore[attr-defined]  # 422 is how a wrong answer is told
    complaints[:] = [complaint for complaint in complaints if "status of 422" not in complaint]


def go_on(page: "Page") -> None:
    page.locator("form.f-preview button.pri").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
@BOTH_FACES
def test_a_form_is_filled_in_to_its_end(
    preview: Open, check_page: Check, width: int, language: str, *, scripts: bool
) -> None:
    page = preview(width=width, language=language, scripts=scripts)
    go_on(page)
    page.locator("#f-errors a").nth(2).wait_for()  # nothing was typed
    if scripts:
        check_page(page)
    page.locator("#f-name").fill("Trần Thị Mẫu")
    page.locator("#f-born_on").fill("20/11/1990")
    page.locator("[name=married][value=yes]").check()
    if not scripts:
        assert page.locator("#f-spouse").is_hidden()
        go_on(page)  # opens what the answer asks for, and misses nothing of it
        page.locator("#f-spouse").wait_for()
        assert page.locator("#f-errors").count() == 0
    page.locator("#f-spouse").wait_for()
    page.locator("#f-spouse-name").fill("Nguyễn Văn Thử")
    go_on(page)
    page.locator("[name=_add][value=children]").click()
    page.locator("#f-children-0-name").fill("An")
    page.locator("#f-children-0-cash").fill("150.000")
    if scripts:
        check_page(page)
        assert "150" in page.locator("#f-total").inner_text()
    go_on(page)
    page.locator("#f-home-line").fill("12 đường Mẫu")
    if scripts:
        page.locator("#f-home-place").press_sequentially("phuong 10")
        page.locator("#f-home-place-list [role=option]").first.wait_for()
        check_page(page)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.locator("#f-home-place").input_value() == "Phường Một, Tỉnh Thử"
    else:
        page.locator("#f-home-place").fill("phuong 10")
    go_on(page)
    page.locator("#f-truth").check()
    page.locator("#f-signed").fill("Trần Thị Mẫu")
    go_on(page)
    values = json.loads(page.locator("details pre").text_content() or "{}")
    assert values["home"] == {"line": "12 đường Mẫu", "area": "24778", "former": "24796"}
    assert values["spouse"]["name"] == "Nguyễn Văn Thử"
    assert values["total"] == 150000
    if scripts:
        check_page(page)


def test_what_depends_on_an_answer_opens_and_closes_at_once(preview: Open) -> None:
    page = preview()
    spouse = page.locator("#f-spouse")
    assert spouse.is_hidden()
    page.locator("[name=married][value=yes]").check()
    assert spouse.is_visible()
    page.locator("[name=married][value=no]").check()
    assert spouse.is_hidden()


def test_conditions_and_sums_inside_items(preview: Open) -> None:
    page = preview(1)
    for number in range(2):
        page.locator("[name=_add][value=children]").click()
        page.locator(f"#f-children-{number}-name").fill("An")
    extra = page.locator("[data-path='children.1.extra']")
    assert extra.is_hidden()
    page.locator("#f-children-1-cash").fill("500")
    assert extra.is_visible()
    assert page.locator("[data-path='children.0.extra']").is_hidden()
    page.locator("#f-children-0-cash").fill("50")
    assert page.locator("#f-total").inner_text() == "550 đ"


def test_enter_goes_on_and_never_drops_an_item(preview: Open) -> None:
    page = preview(1)
    page.locator("[name=_add][value=children]").click()
    page.locator("#f-children-0-name").fill("An")
    page.locator("#f-children-0-name").press("Enter")
    page.locator("#f-home-line").wait_for()
    page.locator("#f-home-line").fill("12")
    page.locator("#f-home-place").fill("phường hai")
    page.keyboard.press("Escape")
    page.locator("#f-home-line").press("Enter")
    page.locator("#f-truth").wait_for()


def test_a_place_elsewhere_is_kept_as_it_was_written(preview: Open) -> None:
    page = preview(2)
    page.locator("#f-home-line").fill("1")
    page.locator("#f-home-place").press_sequentially("Xã Xa, Tỉnh Khác")
    page.locator("#f-home-place-list [data-mark='!']").click()
    go_on(page)
    page.locator("#f-truth").check()
    page.locator("#f-signed").fill("A")
    go_on(page)
    values = json.loads(page.locator("details pre").text_content() or "{}")
    assert values["home"] == {"line": "1", "elsewhere": "Xã Xa, Tỉnh Khác"}


def test_a_file_is_attached_and_dropped_again(preview: Open, check_page: Check) -> None:
    from motcua.kernel.files.tests.pictures import picture

    page = preview(2)
    page.locator("[name='papers.new']").set_input_files(
        {"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    page.locator("#f-home-line").fill("12")  # without a commune: the page comes back with the file
    go_on(page)
    page.locator(".f-files li").wait_for()
    check_page(page)
    page.locator(".f-files button").click()
    page.wait_for_selector(".f-files", state="detached")


def test_browser_and_server_reckon_alike(preview: Open) -> None:
    page = preview()
    cases = json.loads(LOGIC.read_text(encoding="utf-8"))
    found = page.evaluate("(cases) => cases.map(([rule, data]) => window.mcLogic.value(rule, data))", cases)
    wrong = [(rule, outcome, expected) for (rule, _, expected), outcome in zip(cases, found, strict=True)
             if outcome != expected or isinstance(outcome, bool) is not isinstance(expected, bool)]  # fmt: skip
    assert not wrong


@BOTH_FACES
def test_the_designers_pages(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, town: City, width: int, language: str
) -> None:
    publish_body(KEY, {**EVERYTHING, "title": "Đơn mới"}, actor=SYSTEM)
    begin_draft(KEY, actor=SYSTEM)
    page = open_page(width=width, language=language)
    sign_in(page, town.quan.id or 0)
    for name, arguments, query in (
        ("form_list", [], ""),
        ("form_versions", [KEY], ""),
        ("form_design", [KEY], ""),
        ("form_words", [KEY], ""),
        ("form_step", [KEY, "moi"], ""),
        ("form_field", [KEY], "?o=spouse"),
        ("form_field", [KEY], "?o=children.cash"),
        ("form_field", [KEY], "?loai=choice"),
        ("form_json", [KEY], ""),
        ("form_compare", [KEY], "?tu=1&den=2"),
        ("form_version", [KEY, 1], ""),
    ):
        page.goto(reverse(name, args=arguments) + query)
        check_page(page)


def test_a_field_is_added_moved_and_published(open_page: OpenPage, sign_in: SignIn, town: City) -> None:
    page = open_page(width=DESKTOP)
    sign_in(page, town.quan.id or 0)
    page.goto(reverse("form_versions", args=[KEY]))
    page.get_by_role("button", name="Soạn bản mới").click()
    page.locator("#loai-who").select_option("yes-no")
    page.get_by_role("button", name="Thêm ô ở bước Bạn là ai").click()
    page.locator("#id_key").fill("abroad")
    page.locator("#id_title").fill("Bạn ở nước ngoài?")
    page.get_by_role("button", name="Lưu ô").click()
    page.get_by_role("button", name="Đưa lên: Bạn ở nước ngoài?").click()
    page.goto(reverse("form_versions", args=[KEY]))
    page.get_by_role("button", name="Công bố").click()
    page.get_by_text("Đã công bố bản 2").wait_for()
    found = newest(KEY)
    assert found is not None
    assert [one.key for one in found.form.steps[0].fields][-2:] == ["abroad", "spouse"]
