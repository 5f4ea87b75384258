"""The phone and the tablet in a real browser: three faces, the reasons of that side, thanks, ready for the next one."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from motcua.kernel.identity.actions.devices import add_device
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.ratings.actions.giving import give_rating
from motcua.kernel.ratings.actions.surveys import open_survey
from motcua.kernel.ratings.kind import DEVICE, SURVEY, Face, Given, Service
from motcua.kernel.ratings.models import Invitation, Question, Rating
from motcua.kernel.ratings.queries.links import rate_token
from motcua.kernel.ratings.tests.conftest import WORK, token
from motcua.lib import moment
from motcua.testing.browser import BOTH_FACES, OpenPage
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop
from motcua.testing.patience import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]
LONG = "Cán bộ hướng dẫn rất lâu về những giấy tờ mà thủ tục đã công khai không hề nhắc đến ở bất cứ đâu"


@pytest.fixture
def today(one_stop: OneStop, services: dict[str, Service], city: City, questions: dict[str, Question]) -> City:
    """The browser lives in the present."""
    cache.clear()
    now = moment.now()
    for key in range(40):
        services[str(key)] = Service("Đăng ký khai sinh", city.office_one.pk, now, city.hoa.id, city.ward_one.pk, "1")
    Question.objects.filter(code="cham").update(text=LONG)
    with moment.at(now - timedelta(days=8)):
        for key, face in enumerate([3, 3, 2, 2, 1, 1]):
            services[str(key)] = Service("Việc", city.office_one.pk, moment.now(), city.hoa.id)
            ticks = {questions["cham" if face == 1 else "nhanh"].pk: 1}
            give_rating(token(key), Given(Face(face), ticks, LONG), actor=ANONYMOUS)
    return city


def keep(page: "Page", name: str) -> None:
    """SCREENS=folder keeps pictures to look at."""
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@BOTH_FACES
def test_on_the_phone(today: City, open_page: OpenPage, check_page: Check, width: int, language: str) -> None:
    """From a face on another page to thanks; the reasons shown are those of the face; then a survey, kept when left."""
    is_english = language == "en"
    page = open_page(width=width, language=language)
    page.goto(f"/danh-gia/{token(20)}/?muc=3")
    check_page(page)
    keep(page, f"rate-{width}-{language}")
    assert page.get_by_text("Question nhanh" if is_english else "Câu nhanh").is_visible()
    assert not page.get_by_role("checkbox", name="Question cham" if is_english else LONG).is_visible()
    page.get_by_text("Not satisfied" if is_english else "Không hài lòng", exact=True).click()
    page.get_by_role("checkbox", name="Question cham" if is_english else LONG).check()
    page.get_by_role("button", name="Send the rating" if is_english else "Gửi đánh giá").click()
    page.get_by_role("heading", name="Thank you" if is_english else "Cảm ơn bạn").wait_for()
    check_page(page)
    assert Rating.objects.filter(face=Face.UNHAPPY, answers__question__code="cham").count() == 3

    survey = open_survey(
        actor=today.quan, title="Khảo sát hài lòng", title_en="Satisfaction survey", units=[today.ward_one.pk],
        ended_from=moment.now().date(), ended_to=moment.now().date(), target=10, apart_days=90,
        closes_on=moment.now().date() + timedelta(days=30),
    )  # fmt: skip
    invitation = Invitation.objects.create(
        survey=survey, kind=WORK, key="21", party_id=1, person_id=1, invited_at=moment.now()
    )
    page.goto(f"/khao-sat/{rate_token(SURVEY, invitation.pk)}/")
    check_page(page)
    keep(page, f"survey-{width}-{language}")
    first = "Very satisfied" if is_english else "Rất hài lòng"
    page.get_by_text(first, exact=True).first.click()
    page.wait_for_function("Object.keys(localStorage).some((key) => key.includes('survey-'))")
    page.reload()
    assert page.get_by_role("radio", name=first, exact=True).first.is_checked()
    page.get_by_role("button", name="Send my answers" if is_english else "Gửi câu trả lời").click()
    page.get_by_role("heading", name="Thank you" if is_english else "Cảm ơn bạn").wait_for()
    assert Rating.objects.filter(survey=survey).count() == 1


@BOTH_FACES
def test_on_the_tablet(
    today: City, one_stop: OneStop, open_page: OpenPage, check_page: Check, width: int, language: str
) -> None:
    """It is made one by its link; two touches rate; it comes back by itself, in Vietnamese; who walks off has rated."""
    is_english = language == "en"
    before = Rating.objects.count()
    key = add_device(DEVICE, one_stop.reception_one.id, "", "Cửa ra", actor=today.quan)
    page = open_page(width=width)
    page.clock.install()
    page.goto(f"/may/{key}/")
    check_page(page)
    keep(page, f"tablet-0-{width}-{language}")
    if is_english:
        page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Not satisfied" if is_english else "Không hài lòng").click()
    check_page(page)
    keep(page, f"tablet-1-{width}-{language}")
    page.get_by_label("Question cham" if is_english else LONG).check()
    page.get_by_role("button", name="Send the rating" if is_english else "Gửi đánh giá").click()
    page.get_by_role("heading", name="Thank you" if is_english else "Cảm ơn bạn").wait_for()
    check_page(page)
    assert Rating.objects.filter(kind="desk", face=Face.UNHAPPY).count() == 1
    page.clock.run_for(6_000)
    page.get_by_role("link", name="Rất hài lòng").click()  # the next person starts in Vietnamese
    page.get_by_role("group", name="Điều gì làm bạn hài lòng?").wait_for()
    cache.clear()  # more than three seconds have passed for them
    page.clock.run_for(26_000)
    page.get_by_role("heading", name="Cảm ơn bạn").wait_for()
    assert until(lambda count: count == before + 2, Rating.objects.count) == before + 2


@BOTH_FACES
def test_results_and_administration(
    today: City, open_page: OpenPage, check_page: Check, sign_in: SignIn, width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    for number, address in enumerate(["/danh-gia/ket-qua/", "/danh-gia/ket-qua/24778/", "/danh-gia/ket-qua/24781/"]):
        page.goto(address)
        check_page(page)
        keep(page, f"public-{number}-{width}-{language}")
    sign_in(page, today.quan.id or 0)
    admin = "/desk/quan-tri/cau-hoi-danh-gia/"
    addresses = [
        "/desk/danh-gia/?donvi=24778", "/desk/danh-gia/?donvi=24778&theo=officer", "/desk/danh-gia/?donvi=24781",
        admin, f"{admin}thai-do/", "/desk/quan-tri/khao-sat/", "/desk/quan-tri/khao-sat/mo/",
    ]  # fmt: skip
    for number, address in enumerate(addresses):
        page.goto(address)
        check_page(page)
        keep(page, f"desk-{number}-{width}-{language}")
