"""Sending a report through the portal, as a browser without scripts does."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Category, Party
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.cases.queries.telling import recipients
from motcua.kernel.events.models import Event
from motcua.kernel.files.models import File
from motcua.kernel.identity.models import Person
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.models import Incident, ScopeRule
from motcua.modules.incidents.queries.understanding import Suggestion
from motcua.modules.incidents.views.portal import reporting
from motcua.testing.city import LAMP_AT, MONDAY, SEA_AT, City

pytestmark = pytest.mark.django_db
LAMP = {
    "text": "Đèn đường trước số 12 tắt ba đêm rồi.",
    "category": "street-lighting",
    "lat": LAMP_AT[0],
    "lon": LAMP_AT[1],
}


def photo(
    *, lat: float | None = None, lon: float | None = None, name: str = "anh.jpg", colour: str = "#888"
) -> SimpleUploadedFile:
    picture, out = Image.new("RGB", (64, 48), colour), BytesIO()
    exif = Image.Exif()
    if lat is not None and lon is not None:
        exif.get_ifd(0x8825).update({1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon)})
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value - int(value)) * 60
    return float(int(value)), float(int(minutes)), (minutes - int(minutes)) * 60


def test_it_works_without_scripts(client: Client, city: City) -> None:
    """One page, one POST with photos; then the page that thanks, with code, promise and unit."""
    form = client.get("/phan-anh/gui/")
    assert form.status_code == 200
    key = re.search(r'name="key" value="([^"]+)"', form.text)
    assert key is not None
    sent = {
        **LAMP,
        "key": key[1],
        "photos": [photo(), photo(colour="#111")],
        "phone": "0905 123 456",
        "hides_name": "on",
    }
    done = client.post("/phan-anh/gui/", sent, follow=True)
    case = Case.objects.get()
    assert done.redirect_chain == [(f"/phan-anh/{case.code}/da-gui/", 302)]
    assert case.code in done.text
    assert city.office_one.name in done.text
    assert "/p/" in done.text
    assert done["X-Robots-Tag"] == "noindex"
    assert CaseFile.objects.filter(case=case, role="before").count() == 2
    assert File.objects.filter(kept_at=None).count() == 0
    again = client.post("/phan-anh/gui/", {**sent, "photos": []}, follow=True)
    assert again.redirect_chain == done.redirect_chain
    assert Case.objects.count() == 1


def test_nothing_that_was_typed_or_sent_is_lost_when_it_is_refused(client: Client, city: City) -> None:
    sent = {
        **LAMP,
        "lat": SEA_AT[0],
        "lon": SEA_AT[1],
        "phone": "12",
        "name": "Lê Thử",
        "photos": [photo()],
        "is_danger": "on",
    }
    refused = client.post("/phan-anh/gui/", sent)
    assert refused.status_code == 422
    assert "nằm ngoài địa bàn" in refused.text
    for kept in (LAMP["text"], 'value="12"', 'value="Lê Thử"', 'value="street-lighting" selected'):
        assert str(kept) in refused.text
    token = File.objects.get(kept_at=None).token
    assert f'name="file" value="{token}" checked' in refused.text
    assert not Case.objects.exists()
    assert not Event.objects.exists()
    sent = {**LAMP, "file": [token], "phone": "12"}
    refused = client.post("/phan-anh/gui/", sent)
    assert "Nhập số điện thoại" in refused.text
    assert not Person.objects.exists()
    assert client.post("/phan-anh/gui/", {**sent, "phone": ""}).status_code == 302
    assert CaseFile.objects.get().file.token == token


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "Viết ít nhất 10"),
        ({"text": "Hố sâu"}, "Viết ít nhất 10"),
        ({"text": "x" * 100_000}, "tối đa 5.000"),
        ({"lat": "", "lon": ""}, "Chọn chỗ trên bản đồ"),
        ({"lat": "nan", "lon": "nan"}, "Chọn chỗ trên bản đồ"),
        ({"category": "no-such"}, ""),
        ({"address": "x" * 400}, "300"),
        ({"file": ["no-such-token"]}, "không còn nữa"),
    ],
)
def test_refused_with_words_that_say_what_to_do(
    client: Client, city: City, changes: dict[str, object], words: str
) -> None:
    refused = client.post("/phan-anh/gui/", {**LAMP, **changes})
    assert refused.status_code == 422
    assert words in refused.text
    assert not Case.objects.exists()
    assert not Event.objects.exists()


def test_bad_photos_are_named_and_the_good_ones_stay(client: Client, city: City) -> None:
    disguised = SimpleUploadedFile("ảnh.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")
    refused = client.post("/phan-anh/gui/", {**LAMP, "photos": [photo(), disguised]})
    assert refused.status_code == 422
    assert "ảnh.jpg" in refused.text
    assert File.objects.get().token in refused.text
    many = client.post("/phan-anh/gui/", {**LAMP, "photos": [photo() for _ in range(7)]})
    assert many.status_code == 422
    assert many.text.count('name="file"') == 5
    assert not Case.objects.exists()


def test_place_of_the_photo_counts_when_no_other_was_given(client: Client, city: City) -> None:
    sent = {**LAMP, "lat": "", "lon": "", "photos": [photo(lat=LAMP_AT[0], lon=LAMP_AT[1])]}
    assert client.post("/phan-anh/gui/", sent).status_code == 302
    case = Case.objects.get()
    assert case.lat == pytest.approx(LAMP_AT[0], abs=1e-5)
    assert case.unit_id == city.office_one.id


def test_what_cannot_be_printed_is_dropped(client: Client, city: City) -> None:
    client.post("/phan-anh/gui/", {**LAMP, "text": "Đèn\x00 đường\x1b[31m hỏng\u200b rồi\nhai cột"})
    text = Incident.objects.get().text
    assert text.startswith("Đèn đường")
    assert not any(ord(char) < 32 and char != "\n" for char in text)


def test_place_is_needed_but_an_address_is_enough(client: Client, city: City) -> None:
    sent = {**LAMP, "lat": "", "lon": "", "address": "Trước số 12 đường Thử"}
    assert client.post("/phan-anh/gui/", sent).status_code == 302
    assert Case.objects.get().address == "Trước số 12 đường Thử"


def test_answers_the_questions_of_the_category(client: Client, city: City) -> None:
    from motcua.kernel.cases.queries.rules import forget_rules

    Category.objects.filter(code="street-lighting").update(
        attributes=[
            {"code": "pole", "order": 1, "datatype": "string", "required": True, "question": "Số cột?", "values": []},
            {"code": "fault", "order": 2, "datatype": "singlevaluelist", "required": False, "question": "Bị sao?",
             "values": [{"key": "out", "name": "Tắt"}, {"key": "day", "name": "Sáng cả ngày"}]},
            {"code": "count", "order": 3, "datatype": "number", "required": False, "question": "Mấy đèn?"},
        ]
    )  # fmt: skip
    forget_rules()
    refused = client.post("/phan-anh/gui/", {**LAMP, "q-fault": "none-such"})
    assert refused.status_code == 422
    assert "Số cột?" in refused.text
    assert not Case.objects.exists()
    client.post("/phan-anh/gui/", {**LAMP, "q-pole": "A12", "q-fault": "out", "q-count": "2,5"})
    assert Incident.objects.get().attributes == {"pole": "A12", "fault": "out", "count": "2.5"}


def test_a_script_is_answered_in_json(client: Client, city: City) -> None:
    headers = {"Accept": "application/json"}
    refused = client.post("/phan-anh/gui/", {**LAMP, "text": ""}, headers=headers)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["text"]
    sent = client.post("/phan-anh/gui/", LAMP, headers=headers).json()
    assert sent == {"code": Case.objects.get().code, "url": f"/phan-anh/{Case.objects.get().code}/da-gui/"}
    assert client.get(sent["url"]).status_code == 200
    assert Client().get(sent["url"]).status_code == 404


def test_the_form_needs_its_own_token(city: City) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/phan-anh/gui/", LAMP).status_code == 403
    assert not Case.objects.exists()


def test_contact_is_kept_for_the_reporter_only_when_given(client: Client, city: City) -> None:
    client.post("/phan-anh/gui/", LAMP)
    assert not Person.objects.exists()
    assert Party.objects.get().person_id is None
    assert Incident.objects.get().hides_name is False  # the box was sent unticked


# ── Hints ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hints_name_the_place_the_promise_and_the_unit(client: Client, city: City) -> None:
    hints = client.post("/phan-anh/goi-y/", {**LAMP, "category_by": "person"}).text
    assert "Phường Một" in hints
    assert "Phòng Kinh tế Một" in hints
    assert "3 ngày làm việc" in hints
    assert "ngoài địa bàn" in client.post("/phan-anh/goi-y/", {"lat": SEA_AT[0], "lon": SEA_AT[1]}).text
    assert not Event.objects.exists()


def test_danger_shortens_the_promise_at_once(client: Client, city: City) -> None:
    from motcua.kernel.cases.models import ClockRule
    from motcua.kernel.cases.queries.rules import forget_rules

    ClockRule.objects.create(
        kind="incident", position=35, clock="result", duration="1 ngày làm việc", urgencies=["khan_cap"], after="opened"
    )
    forget_rules()
    hints = client.post("/phan-anh/goi-y/", {**LAMP, "category_by": "person", "is_danger": "on"}).text
    assert "Trong 1 ngày làm việc vì bạn báo nguy hiểm, bình thường là 3 ngày làm việc" in hints


@pytest.fixture
def guesses(monkeypatch: pytest.MonkeyPatch, city: City) -> Callable[..., None]:
    """What the classifier thinks, for a test."""

    def think(**probabilities: float) -> None:
        found = [
            Suggestion(Category.objects.get(code=code.replace("_", "-")), probability)
            for code, probability in probabilities.items()
        ]
        monkeypatch.setattr(reporting, "suggest", lambda text: found)

    return think


def radio(page: str, code: str) -> str:
    """The tag of the radio of a category."""
    found = re.search(rf'<input type="radio" name="category" id="category-{code}"[^>]*>', page)
    return found[0] if found else ""


def test_a_sure_guess_is_chosen_until_the_person_chooses(client: Client, guesses: Callable[..., None]) -> None:
    guesses(street_lighting=0.86, waste=0.09)
    page = client.post("/phan-anh/goi-y/", {"text": LAMP["text"], "lat": LAMP["lat"], "lon": LAMP["lon"]}).text
    assert "checked" in radio(page, "street-lighting")
    assert "checked" not in radio(page, "waste")
    assert "Khá chắc" in page
    assert "86%" in page
    assert "Phòng Kinh tế Một" in page  # and what follows from it
    theirs = {"text": LAMP["text"], "category": "waste", "category_by": "person"}
    page = client.post("/phan-anh/goi-y/", theirs).text
    assert "checked" in radio(page, "waste")
    assert "checked" not in radio(page, "street-lighting")


@pytest.mark.parametrize(("probability", "words"), [(0.8, "Khá chắc"), (0.5, "Có thể"), (0.49, "Ít khả năng")])
def test_confidence_in_words_and_nothing_chosen_below_a_half(
    client: Client, guesses: Callable[..., None], probability: float, words: str
) -> None:
    guesses(street_lighting=probability)
    page = client.post("/phan-anh/goi-y/", {"text": LAMP["text"]}).text
    assert words in page
    assert ("checked" in radio(page, "street-lighting")) == (probability >= 0.5)


def test_a_choice_from_the_list_of_all(client: Client, guesses: Callable[..., None]) -> None:
    guesses(street_lighting=0.86)
    sent = {"text": LAMP["text"], "category": ["other", "waste"], "category_by": "person"}
    page = client.post("/phan-anh/goi-y/", sent).text
    assert "checked" in radio(page, "other")
    assert 'value="waste" selected' in page
    assert radio(page, "waste") == ""
    client.post("/phan-anh/gui/", {**LAMP, "category": ["other", "waste"]})
    assert Case.objects.filter(category__code="waste").count() == 1


def test_a_choice_against_the_guesses_stays_among_them(client: Client, guesses: Callable[..., None]) -> None:
    guesses(street_lighting=0.86)
    sent = {"text": LAMP["text"], "category": "waste", "category_by": "person"}
    assert "checked" in radio(client.post("/phan-anh/goi-y/", sent).text, "waste")


def test_guidance_to_the_right_place_never_blocks(client: Client, city: City) -> None:
    ScopeRule.objects.create(
        kind="fire",
        phrases=["đang cháy"],
        title="Cảnh sát phòng cháy",
        guidance="Đang cháy thì gọi 114 ngay.",
        phone="114",
        link="https://example.vn/pccc",
    )
    sent = {**LAMP, "text": "Cột điện đang cháy trước số 12"}
    page = client.post("/phan-anh/goi-y/", sent).text
    assert "Đang cháy thì gọi 114 ngay." in page
    assert 'href="tel:114"' in page
    assert 'href="https://example.vn/pccc"' in page
    assert "Bạn vẫn gửi được" in page
    assert client.post("/phan-anh/gui/", sent).status_code == 302


def test_hints_of_nonsense_are_hints_all_the_same(client: Client, city: City) -> None:
    for sent in ({}, {"lat": "x", "lon": "nan"}, {"text": "x" * 100_000}, {"category": "no-such"}, {"lat": "1e400"}):
        assert client.post("/phan-anh/goi-y/", sent).status_code == 200


def test_similar_reports_are_offered_when_they_are_open_and_near(client: Client, city: City) -> None:
    client.post("/phan-anh/gui/", {**LAMP, "text": "Trụ đèn trước số 12 tắt hẳn"})
    here = {"lat": LAMP_AT[0] + 0.0002, "lon": LAMP_AT[1]}  # 22 metres
    assert "Trụ đèn" not in client.post("/phan-anh/goi-y/", here).text  # nobody has received it yet
    take_incident(Case.objects.get().id, actor=city.hoa)
    page = client.post("/phan-anh/goi-y/", here).text
    assert "Trụ đèn trước số 12 tắt hẳn" in page
    assert "Cách 22 m" in page
    assert f'formaction="/phan-anh/{Case.objects.get().code}/cung-gap/"' in page
    assert "Trụ đèn" not in client.post("/phan-anh/goi-y/", {**here, "lat": LAMP_AT[0] + 0.001}).text
    other_kind = {**here, "category": "waste", "category_by": "person"}
    assert "Trụ đèn" not in client.post("/phan-anh/goi-y/", other_kind).text


def test_what_nobody_has_seen_yet_is_offered_by_its_category_alone(client: Client, city: City) -> None:
    sent = {**LAMP, "text": "Trụ đèn nhà ông Riêng Tư tắt", "address": "12 đường Kín", "photos": [photo()]}
    Client().post("/phan-anh/gui/", {**sent, "name": "Ngô Rất Riêng", "phone": "0905 123 456"})
    case = Case.objects.get()
    secrets = ("Trụ đèn", "Riêng", "Kín", "905", File.objects.get().token)
    read: list[str] = []

    def reads(address: str, *, is_data: bool = False) -> str:
        kind = "application/json" if is_data else "text/html"
        answer = client.get(address, headers={"accept": kind})
        assert answer.status_code == 200, address
        read.append(answer.text)
        return read[-1]

    here = {"lat": LAMP_AT[0] + 0.0002, "lon": LAMP_AT[1]}  # 22 metres
    other_kind = {**here, "category": "waste", "category_by": "person"}
    assert case.code not in client.post("/phan-anh/goi-y/", other_kind).text
    assert case.code in client.post("/phan-anh/goi-y/", here).text
    hints = client.post("/phan-anh/goi-y/", {**here, "category": "street-lighting", "category_by": "person"}).text
    assert f'formaction="/phan-anh/{case.code}/cung-gap/"' in hints
    assert "Chiếu sáng" in hints
    assert "22 m" not in hints
    [near] = json.loads(
        reads(f"/api/v1/incidents/nearby?lat={here['lat']}&lon={here['lon']}&category=street-lighting", is_data=True)
    )
    assert (near["subject"], near["metres"], near["url"]) == ("Chiếu sáng", 50, "")
    assert client.get(f"/phan-anh/{case.code}/").status_code == 404  # not theirs to read

    joined = client.post(f"/phan-anh/{case.code}/cung-gap/", {"phone": "0905 987 654", "text": "Tôi cũng thấy tối"})
    assert joined.status_code == 302
    assert "Bạn đã cùng báo việc này" in reads(joined["Location"])
    page = reads(f"/phan-anh/{case.code}/")
    assert "Phản ánh này chưa hiện với mọi người" in page
    assert "Tôi cũng thấy tối" in page  # their own words
    read.append(client.post("/theo-doi/viec/", {"code": case.code}).text)
    assert case.code in read[-1]
    assert json.loads(reads(f"/api/v1/incidents/{case.code}", is_data=True))["subject"] == "Chiếu sáng"
    told = [one for one in recipients(Event.objects.filter(case_id=case.id).latest("id")) if one.audience == "follower"]
    assert [one.variables["subject"] for one in told] == ["Chiếu sáng"]
    for text in (hints, *read):
        assert not [secret for secret in secrets if secret in text]

    take_incident(case.id, actor=city.hoa)
    assert "Trụ đèn nhà ông Riêng Tư tắt" in client.get(f"/phan-anh/{case.code}/").text  # as every stranger now


@pytest.mark.parametrize("hidden", ["a category for nobody's eyes", "reopened", "hidden"])
def test_what_strangers_will_not_read_is_neither_offered_nor_joined(client: Client, city: City, hidden: str) -> None:
    client.post("/phan-anh/gui/", LAMP)
    case = Case.objects.get()
    if hidden == "reopened":
        Incident.objects.update(reopened=1)
    elif hidden == "hidden":
        Incident.objects.update(hidden_at=MONDAY)
    else:
        Category.objects.filter(code="street-lighting").update(is_public=False)
        forget_rules()
    here = {"lat": LAMP_AT[0], "lon": LAMP_AT[1], "category": "street-lighting", "category_by": "person"}
    stranger = Client()
    assert case.code not in stranger.post("/phan-anh/goi-y/", here).text
    assert stranger.post(f"/phan-anh/{case.code}/cung-gap/", {}).status_code == 404
    assert not Event.objects.filter(name="incident.joined").exists()
    assert Party.objects.filter(case=case).count() == 1


def test_the_nearest_is_offered_among_many(client: Client, city: City) -> None:
    def lamp(text: str, away: float) -> int:
        new = NewIncident(text=text, category="street-lighting", lat=LAMP_AT[0] + away, lon=LAMP_AT[1])
        return submit_incident(new, actor=city.an).case.id

    nearest = lamp("Trụ đèn ngay đây", 0.0)
    numbers = [lamp(f"Đèn thứ {number} cách xa hơn", 0.0004) for number in range(60)]
    Case.objects.filter(pk__in=[nearest, *numbers]).update(published_at=MONDAY)
    # One that was written anew stands last in the table, as after any move.
    Case.objects.filter(pk=nearest).update(flag=True)
    page = client.post("/phan-anh/goi-y/", {"lat": LAMP_AT[0], "lon": LAMP_AT[1]}).text
    assert "Trụ đèn ngay đây" in page


def test_few_questions_to_the_database(
    client: Client, city: City, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    client.get("/phan-anh/gui/")  # rules, units and areas are now in memory
    with django_assert_num_queries(0):
        client.get("/phan-anh/gui/")
    client.post("/phan-anh/goi-y/", {**LAMP, "category_by": "person"})
    with django_assert_num_queries(1):  # similar reports near by: there are none
        client.post("/phan-anh/goi-y/", {**LAMP, "category_by": "person"})
