"""The page of a report: for strangers, for its people, and what they do there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.cases.queries.telling import recipients
from motcua.kernel.events.models import Event
from motcua.kernel.files.models import File
from motcua.kernel.org import queries as org
from motcua.kernel.packs import queries as packs
from motcua.kernel.packs.models import City as Pack
from motcua.lib import moment
from motcua.modules.incidents.actions.people import provide_info_incident, reopen_incident
from motcua.modules.incidents.actions.receiving import accept_incident, merge_incident, reject_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, Submitted, submit_incident
from motcua.modules.incidents.actions.working import (
    approve_incident,
    extend_incident,
    hide_incident,
    request_info_incident,
    resolve_incident,
    visit_incident,
)
from motcua.modules.incidents.models import Addition, Incident, Rating
from motcua.modules.incidents.queries.public import public_page
from motcua.modules.incidents.tasks import close_finished
from motcua.modules.incidents.tests.test_portal_report import photo
from motcua.testing.city import LAMP_AT, MONDAY, City, holding

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ADDED = "Trụ đèn này nghiêng hẳn, gọi tôi 0905 777 888"


def report(city: City, **changes: object) -> Submitted:
    values: dict[str, object] = {
        "text": "Đèn đường trước số 12 tắt ba đêm rồi. Tôi là Ngô Rất Riêng, 0905 123 456.",
        "category": "street-lighting",
        "lat": LAMP_AT[0],
        "lon": LAMP_AT[1],
    }
    return submit_incident(NewIncident(**{**values, **changes}), actor=city.an)  # type: ignore[arg-type]


@pytest.fixture
def open_one(city: City) -> Submitted:
    with moment.at(MONDAY):
        sent = report(city)
    with moment.at(MONDAY + HOUR):
        take_incident(sent.case.id, actor=city.hoa)
    return sent


@pytest.fixture
def done_one(city: City, open_one: Submitted) -> Submitted:
    with moment.at(MONDAY + 2 * HOUR):
        resolve_incident(open_one.case.id, actor=city.hoa, result="Đã thay bóng 100 W, bảo hành 12 tháng")
        approve_incident(open_one.case.id, actor=city.minh)
    return open_one


def holder(client: Client, sent: Submitted) -> Client:
    answer = client.get(f"/p/{sent.token}/")
    assert answer.status_code == 302
    return client


def address(sent: Submitted, tail: str = "") -> str:
    return f"/phan-anh/{sent.case.code}/{tail}"


# ── Who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_but_its_people_sees_it_before_it_is_received(client: Client, city: City) -> None:
    sent = report(city)
    assert client.get(address(sent)).status_code == 404
    page = holder(client, sent).get(address(sent))
    assert page.status_code == 200
    assert "0905 123 456" in page.text
    assert "Chỉ bạn và cán bộ xử lý xem được" in page.text
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Cache-Control"] == "private, no-store"
    assert "og:" not in page.text


def test_strangers_read_the_masked_words(client: Client, city: City, open_one: Submitted) -> None:
    with moment.at(MONDAY + HOUR):
        page = client.get(address(open_one))
    assert page.status_code == 200
    assert "0905 123 456" not in page.text
    assert "Còn " in page.text
    assert "Phòng Kinh tế Một" in page.text
    assert 'property="og:title"' in page.text
    assert "X-Robots-Tag" not in page
    assert page["Cache-Control"] == "private, no-cache"


def test_a_hidden_report_is_gone_for_strangers_and_there_for_its_people(
    client: Client, city: City, open_one: Submitted
) -> None:
    hide_incident(open_one.case.id, actor=city.minh, reason="Có thông tin riêng")
    assert client.get(address(open_one)).status_code == 404
    assert holder(client, open_one).get(address(open_one)).status_code == 200


def test_the_link_of_another_report_opens_nothing(client: Client, city: City) -> None:
    mine, other = report(city), report(city)
    holder(client, mine)
    assert client.get(address(other)).status_code == 404
    for wrong in ("1.x", "x", f"{mine.token}x", f"999{mine.token}"):
        assert Client().get(f"/p/{wrong}/").status_code == 404


def test_the_private_link_gives_nothing_away(client: Client, city: City) -> None:
    sent = report(city)
    answer = client.get(f"/p/{sent.token}/")
    assert answer["Location"] == address(sent)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_officials_do_not_count_as_people_of_the_report(client: Client, city: City) -> None:
    from django.conf import settings

    from motcua.kernel.identity.models import Account

    sent = report(city)
    client.force_login(Account.objects.get(pk=city.hoa.id or 0), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(address(sent)).status_code == 404


def test_small_letters_lead_to_the_one_address(client: Client, city: City, open_one: Submitted) -> None:
    answer = client.get(address(open_one).lower())
    assert (answer.status_code, answer["Location"]) == (302, address(open_one))


# ── What the promise says ───────────────────────────────────────────────────────────────────────────────────────────


def test_late_without_reason_says_so_plainly(client: Client, city: City, open_one: Submitted) -> None:
    with moment.at(MONDAY + timedelta(days=7)):
        page = client.get(address(open_one)).text
    assert "Đã trễ hẹn" in page
    assert "Chúng tôi xin lỗi vì chậm trễ." in page
    assert "chưa nêu lý do và chưa có hẹn mới" in page


def test_a_new_promise_comes_with_apology_reason_and_the_first_one(
    client: Client, city: City, open_one: Submitted
) -> None:
    with moment.at(MONDAY + timedelta(days=4)):
        new = MONDAY + timedelta(days=9)
        extend_incident(open_one.case.id, actor=city.hoa, reason="mưa liên tục", due_at=new)
        page = client.get(address(open_one)).text
    assert "Lý do: mưa liên tục. Hẹn ban đầu là 08:00, thứ Năm 19/11" in page
    assert "Hẹn mới: <b>08:00, thứ Tư 25/11</b>" in page
    with moment.at(MONDAY + timedelta(days=14)):
        assert "hẹn lại một lần và vẫn trễ" in client.get(address(open_one)).text


def test_done_shows_the_result_and_that_the_promise_was_kept(client: Client, city: City, done_one: Submitted) -> None:
    with moment.at(MONDAY + 3 * HOUR):
        page = client.get(address(done_one)).text
    assert "Giữ đúng hẹn" in page
    assert "Đã thay bóng 100 W, bảo hành 12 tháng" in page
    assert "Bạn thấy kết quả thế nào?" not in page  # for the people of the report
    assert "Tôi cũng gặp" not in page


def test_rejected_tells_the_reason(client: Client, city: City) -> None:
    sent = report(city)
    reject_incident(sent.case.id, actor=city.lan, reason="Đường nội bộ của công ty, bạn báo ban quản lý.")
    page = holder(client, sent).get(address(sent)).text
    assert "Đường nội bộ của công ty" in page
    assert "Lời hẹn với người dân" not in page


def test_merged_leads_to_the_other(client: Client, city: City, open_one: Submitted) -> None:
    with moment.at(MONDAY + HOUR):
        second = report(city)
        accept_incident(second.case.id, actor=city.hoa)
        merge_incident(second.case.id, actor=city.minh, into_code=open_one.case.code)
    assert f'href="{address(open_one)}"' in client.get(address(second)).text


def test_photos_of_strangers_stand_before_and_after(client: Client, city: City) -> None:
    form = {"text": "Đèn đường tắt ba đêm rồi", "category": "street-lighting", "lat": LAMP_AT[0], "lon": LAMP_AT[1]}
    headers = {"Accept": "application/json"}
    sent = Client().post("/phan-anh/gui/", {**form, "photos": [photo()]}, headers=headers).json()
    case = Case.objects.get(code=sent["code"])
    take_incident(case.id, actor=city.hoa, public_file_ids=[File.objects.get().pk])
    page = client.get(f"/phan-anh/{case.code}/").text
    token = File.objects.get().token
    assert f"/tep/{token}/nho" in page
    assert "Ảnh 1 do người dân gửi: Chiếu sáng, Phường Một" in page
    assert client.get(f"/tep/{token}/xem").status_code == 200
    assert client.get(f"/tep/{token}/goc").status_code == 404


# ── What people do ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_join_gives_a_link_of_ones_own(client: Client, city: City, open_one: Submitted) -> None:
    answer = client.post(address(open_one, "cung-gap/"), {"phone": "0905 222 333"}, follow=True)
    assert answer.redirect_chain == [(address(open_one, "da-gui/"), 302)]
    assert "Bạn đã cùng báo việc này" in answer.text
    assert Incident.objects.get().joined == 1
    page = client.get(address(open_one)).text
    assert "0905 123 456" not in page  # the words of the one who reported
    assert client.post(address(open_one, "cung-gap/")).status_code == 302
    assert Incident.objects.get().joined == 1


def test_join_from_the_form_brings_photos_and_words_along(client: Client, city: City, open_one: Submitted) -> None:
    sent = {"text": ADDED, "photos": [photo()], "lat": LAMP_AT[0], "category": "waste", "key": "k" * 20}
    client.post(address(open_one, "cung-gap/"), sent)
    assert Addition.objects.get().text == ADDED
    assert CaseFile.objects.get().role == "more"
    stranger = Client().get(address(open_one)).text
    assert "Trụ đèn này nghiêng hẳn" in stranger
    assert "777 888" not in stranger
    assert Case.objects.count() == 1


def test_join_with_a_wrong_phone_is_refused_beside_it(client: Client, city: City, open_one: Submitted) -> None:
    before = Event.objects.count()
    refused = client.post(address(open_one, "cung-gap/"), {"phone": "12"})
    assert refused.status_code == 422
    assert "Nhập số điện thoại" in refused.text
    assert 'value="12"' in refused.text
    assert (Event.objects.count(), Party.objects.count()) == (before, 1)


def test_still_there(client: Client, city: City, open_one: Submitted) -> None:
    assert client.post(address(open_one, "van-con/")).status_code == 302
    page = client.get(address(open_one)).text
    assert "1 lượt báo vẫn còn" in page
    hidden = report(city)
    assert client.post(address(hidden, "van-con/")).status_code == 404


def test_add_words_and_photos(client: Client, city: City, open_one: Submitted) -> None:
    holder(client, open_one)
    assert client.post(address(open_one, "them/"), {"text": ADDED, "photos": [photo()]}).status_code == 302
    assert ADDED in client.get(address(open_one)).text
    assert "777 888" not in Client().get(address(open_one)).text
    empty = client.post(address(open_one, "them/"), {"text": " "})
    assert empty.status_code == 422
    assert Addition.objects.count() == 1
    assert Client().post(address(open_one, "them/"), {"text": "x"}).status_code == 404


@pytest.mark.parametrize("tail", ["them/", "cung-gap/"])
def test_words_that_are_too_long_are_refused_with_a_photo_as_well(
    client: Client, city: City, open_one: Submitted, tail: str
) -> None:
    sender = holder(client, open_one) if tail == "them/" else client
    long, before = "Tối quá. " * 600, (Event.objects.count(), Party.objects.count())
    refused = sender.post(address(open_one, tail), {"text": long, "photos": [photo()]})
    assert refused.status_code == 422
    assert "5000" in refused.text
    assert (long.strip() in refused.text) == (tail == "them/")  # whoever joins has it in the form that they came from
    assert (Event.objects.count(), Party.objects.count()) == before
    assert not Addition.objects.exists()
    assert not CaseFile.objects.exists()


def test_answer_our_question(client: Client, city: City, open_one: Submitted) -> None:
    request_info_incident(open_one.case.id, actor=city.hoa, question="Cột số mấy?")
    page = holder(client, open_one).get(address(open_one)).text
    assert "Cột số mấy?" in page
    assert "Lời hẹn đang tạm dừng" in page
    assert "Cột số mấy?" not in Client().get(address(open_one)).text
    client.post(address(open_one, "them/"), {"text": "Cột A12"})
    assert Case.objects.get().state == "in_progress"


def test_words_survive_when_somebody_acted_in_between(client: Client, city: City, open_one: Submitted) -> None:
    holder(client, open_one)
    visit_incident(open_one.case.id, actor=city.hoa, note="Bóng cháy")
    refused = client.post(address(open_one, "them/"), {"text": ADDED, "version": 1, "photos": [photo()]})
    assert refused.status_code == 409
    assert ADDED in refused.text
    assert f'name="file" value="{File.objects.get().token}"' in refused.text
    assert not Addition.objects.exists()


def test_rate_and_change_ones_mind(client: Client, city: City, done_one: Submitted) -> None:
    with moment.at(MONDAY + 3 * HOUR):
        page = holder(client, done_one).get(address(done_one)).text
        assert "Bạn thấy kết quả thế nào?" in page
        assert "checked" not in page[page.index('id="danh-gia"') : page.index('id="dien-bien"')]
        assert client.post(address(done_one, "danh-gia/"), {}).status_code == 422
        assert not Rating.objects.exists()
        client.post(address(done_one, "danh-gia/"), {"score": "5", "words": "Nhanh quá"})
        client.post(address(done_one, "danh-gia/"), {"score": "4", "words": "Nhanh quá"})
        page = client.get(address(done_one)).text
    assert Rating.objects.get().score == 4
    assert "Bạn đã đánh giá" in page
    assert Client().post(address(done_one, "danh-gia/"), {"score": "1"}).status_code == 404


def test_reopen_within_ten_days(client: Client, city: City, done_one: Submitted) -> None:
    holder(client, done_one)
    with moment.at(MONDAY + timedelta(days=11)):
        assert "Mở lại việc này" not in client.get(address(done_one)).text
        late = client.post(address(done_one, "mo-lai/"), {"reason": "Vẫn tắt"})
        assert late.status_code == 422
        assert "Đã quá 10 ngày" in late.text
    with moment.at(MONDAY + timedelta(days=2)):
        assert client.post(address(done_one, "mo-lai/"), {"reason": ""}).status_code == 422
        assert client.post(address(done_one, "mo-lai/"), {"reason": "Vẫn tắt"}).status_code == 302
    assert Case.objects.get().state == "dispatched"


def test_the_city_says_how_long_people_may_reopen(client: Client, city: City, done_one: Submitted) -> None:
    Pack.objects.create(pack="thu", number=1, settings={"reports": {"reopen_days": 3}}, applied_at=MONDAY)
    packs.forget()
    holder(client, done_one)
    with moment.at(MONDAY + timedelta(days=4)):
        assert "Đã quá 3 ngày" in client.post(address(done_one, "mo-lai/"), {"reason": "Vẫn tắt"}).text
        assert close_finished() == 1
    assert Case.objects.get().state == "closed"


def test_choose_which_notices(client: Client, city: City, open_one: Submitted) -> None:
    holder(client, open_one)
    assert client.post(address(open_one, "bao-tin/"), {"wants": "sms"}).status_code == 422
    client.post(address(open_one, "bao-tin/"), {"wants": "result"})
    assert Party.objects.get().wants == "result"
    assert Client().post(address(open_one, "bao-tin/"), {"wants": "none"}).status_code in (403, 404)
    assert Party.objects.get().wants == "result"


@pytest.mark.parametrize("tail", ["cung-gap/", "van-con/", "them/", "danh-gia/", "mo-lai/", "bao-tin/"])
def test_what_changes_something_needs_our_own_form(city: City, open_one: Submitted, tail: str) -> None:
    before = Event.objects.count()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(open_one, tail), {"text": "x"}).status_code == 403
    assert strict.get(address(open_one, tail)).status_code == 405
    assert Event.objects.count() == before


def test_the_page_asks_the_database_little(
    client: Client,
    city: City,
    done_one: Submitted,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    with moment.at(MONDAY + 3 * HOUR):
        client.get(address(done_one))  # rules, units and areas are now in memory
        with django_assert_num_queries(7):
            client.get(address(done_one))


def test_english_pages_and_letters_name_the_unit_in_english(city: City, client: Client) -> None:
    office = city.office_one
    type(office).objects.filter(pk=office.pk).update(name_en="Division of Economy One")
    org.forget()
    with moment.at(MONDAY):
        sent = report(city, name="Ngô Rất Riêng", email="an@dan.example", language="en")
    with moment.at(MONDAY + HOUR):
        take_incident(sent.case.id, actor=city.hoa)
    english = client.get(f"/phan-anh/{sent.case.code}/", headers={"accept-language": "en"}).content.decode()
    assert english.count("Division of Economy One") >= 3  # who is responsible, and the timeline
    assert office.name not in english
    assert '<span lang="vi">Phường Một</span>' in english  # its ward has no English name
    assert "Division" not in client.get(f"/phan-anh/{sent.case.code}/").content.decode()
    told = next(one for one in recipients(Event.objects.get(name="incident.taken")) if one.audience == "reporter")
    assert told.variables["unit"] == "Division of Economy One"


def test_what_is_being_done_is_over_once_the_report_moved_on(city: City, open_one: Submitted) -> None:
    reporter = holding(Party.objects.get(case=open_one.case).id, open_one.case.id)

    def going_on() -> list[str]:
        rows = public_page(open_one.case.code, actor=reporter).rows
        return [row.name.partition(".")[2] for row in rows if row.tone in ("now", "paused")]

    assert going_on() == ["taken"]
    visit_incident(open_one.case.id, actor=city.hoa, note="Bóng cháy")
    assert going_on() == ["taken"]
    request_info_incident(open_one.case.id, actor=city.hoa, question="Trụ số mấy?")
    assert going_on() == ["info_requested"]
    provide_info_incident(open_one.case.id, actor=reporter, text="Trụ 12")
    assert going_on() == []
    resolve_incident(open_one.case.id, actor=city.hoa, result="Đã thay bóng")
    assert going_on() == []
    reopened = approve_incident(open_one.case.id, actor=city.minh)
    reopen_incident(reopened.id, actor=city.minh, reason="Lại tắt")
    assert going_on() == ["reopened"]
