"""The desk in HTTP: who sees what, what a form keeps, what a press does."""

import re
from datetime import timedelta
from string import Formatter

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.inbox import InboxFilter, count_in_state, count_waiting, first_look, inbox
from motcua.kernel.events.kind import EVENTS, Audience
from motcua.kernel.events.models import Event
from motcua.kernel.identity.models import Access, Account
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.web.templatetags.motcua import when_short
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import resolve_incident, visit_incident
from motcua.modules.incidents.forms.desk import EVERYBODY_READS
from motcua.modules.incidents.kind import INCIDENT
from motcua.modules.incidents.views.desk.moves import DOINGS
from motcua.testing.city import LAMP_AT, WARD_TWO_AT, City

pytestmark = pytest.mark.django_db


def lamp(city: City, at: tuple[float, float] = LAMP_AT, text: str = "Đèn đường tắt trước số 12") -> Case:
    new = NewIncident(
        text=text, category="street-lighting", lat=at[0], lon=at[1], name="Nguyễn Thị An", phone="0905 123 456"
    )
    return submit_incident(new, actor=city.an).case


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def test_it_works(city: City) -> None:
    """Hoa opens her inbox, takes the lamp and it is hers."""
    case = lamp(city)
    client = signed_in("hoa")
    assert case.code in client.get("/desk/?xem=unit").content.decode()
    page = client.get(f"/desk/phan-anh/{case.id}/").content.decode()
    assert "Nhận xử lý" in page
    assert "Duyệt và công khai" not in page
    client.post(f"/desk/phan-anh/{case.id}/take/", {"version": case.version})
    case.refresh_from_db()
    assert (case.state, case.officer_id) == ("in_progress", city.hoa.id)
    assert case.code in client.get("/desk/").content.decode()


def test_the_menu_counts_and_shows_where_one_is(city: City) -> None:
    """Kept in memory for everybody: what it says must still be of this moment, this page and this reader."""

    def entry(login: str, path: str = "/desk/") -> list[tuple[str, str]]:
        page = signed_in(login).get(path).text.replace(' data-key="g i"', "")
        return re.findall(
            r'<a class="n" href="/desk/"( aria-current="page")?[^>]*>.*?(?:<em[^>]*>(\d+)</em>)?</a>', page
        )

    here, elsewhere = ' aria-current="page"', ""
    for count in ("", "1", "2"):
        assert entry("minh") == [(here, count)]
        assert entry("minh", "/desk/phan-anh/moi/") == [(elsewhere, count)]
        assert entry("tam") == [(here, "")]  # of another ward
        lamp(city)


def test_a_stranger_is_sent_to_the_door_and_another_ward_finds_nothing(city: City) -> None:
    case = lamp(city)
    for address in (f"/desk/phan-anh/{case.id}/", f"/desk/phan-anh/{case.id}/bien-ban.pdf", "/desk/"):
        assert Client().get(address).status_code == 302
    tam = signed_in("tam")
    assert tam.get(f"/desk/phan-anh/{case.id}/").status_code == 404
    assert tam.post(f"/desk/phan-anh/{case.id}/take/", {"version": 1}).status_code == 404
    assert case.code not in tam.get("/desk/?xem=unit&q=den").content.decode()
    case.refresh_from_db()
    assert case.state == "dispatched"
    assert Event.objects.filter(case_id=case.id).count() == 2


def test_contact_is_masked_until_shown_and_showing_is_noted(city: City) -> None:
    case = lamp(city)
    client = signed_in("hoa")
    page = client.get(f"/desk/phan-anh/{case.id}/").content.decode()
    assert "0905123" not in page.replace(" ", "")
    assert "Nguyễn Thị An" not in page
    before = Access.objects.count()
    shown = client.post(f"/desk/phan-anh/{case.id}/nguoi-gui/{case.person_id}/").content.decode()
    assert "0905 123 456" in shown
    assert Access.objects.count() == before + 1
    other = lamp(city, WARD_TWO_AT)
    assert client.post(f"/desk/phan-anh/{case.id}/nguoi-gui/{other.person_id}/").status_code == 404


def test_a_refused_form_keeps_what_was_typed(city: City) -> None:
    case = lamp(city)
    take_incident(case.id, actor=city.hoa)
    client = signed_in("hoa")
    answer = client.post(f"/desk/phan-anh/{case.id}/reply/", {"version": 1, "text": "Chiều nay chúng tôi thay bóng"})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "Chiều nay chúng tôi thay bóng" in words
    assert "Vừa có người khác" in words
    assert not Event.objects.filter(name="incident.replied").exists()


def test_every_move_of_every_state_opens_its_form_or_its_button(city: City) -> None:
    case = lamp(city)
    client = signed_in("minh")
    page = client.get(f"/desk/phan-anh/{case.id}/").content.decode()
    for slug in ("accept", "assign", "dispatch", "return", "request-info", "classify", "merge", "reject", "note"):
        assert f"/desk/phan-anh/{case.id}/{slug}/" in page
        assert client.get(f"/desk/phan-anh/{case.id}/{slug}/").status_code == 200
    assert client.get(f"/desk/phan-anh/{case.id}/approve/").status_code == 409
    assert client.get(f"/desk/phan-anh/{case.id}/fly/").status_code == 404


def test_assign_many_in_one_press(city: City) -> None:
    cases = [lamp(city, text=f"Đèn số {number} tắt") for number in range(3)]
    client = signed_in("minh")
    query = "&".join(f"case={case.id}" for case in cases)
    form = client.get(f"/desk/nhieu/assign/?{query}").content.decode()
    assert "Phạm Thị Hoa" in form
    client.post("/desk/nhieu/assign/", {"case": [case.id for case in cases], "value": city.hoa.id})
    assert set(Case.objects.values_list("officer_id", "state")) == {(city.hoa.id, "in_progress")}


def test_bulk_leaves_out_what_is_out_of_reach(city: City) -> None:
    mine, theirs = lamp(city), lamp(city, WARD_TWO_AT)
    client = signed_in("minh")
    client.post("/desk/nhieu/accept/", {"case": [mine.id, theirs.id]})
    assert Case.objects.get(pk=mine.id).state == "accepted"
    assert Case.objects.get(pk=theirs.id).state == "dispatched"


def test_chips_count_and_filter(city: City) -> None:
    now = moment.now()
    with moment.at(now - timedelta(days=10)):
        old = lamp(city, text="Đèn cũ")
    new = lamp(city, text="Đèn mới")
    client = signed_in("hoa")
    late = client.get("/desk/?xem=unit&han=late").content.decode()
    assert old.code in late
    assert new.code not in late


@pytest.mark.parametrize("size", [1, 40])
def test_queries_of_the_inbox_do_not_grow(
    city: City, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        take_incident(lamp(city, text=f"Đèn {number}").id, actor=city.hoa)
    client = signed_in("hoa")
    client.get("/desk/")
    with django_assert_num_queries(INBOX_QUERIES):
        client.get("/desk/")
    with django_assert_num_queries(INBOX_QUERIES + 1):  # not what the side bar counts: it asks for itself
        client.get("/desk/?xem=unit")


def test_a_leaders_side_bar_asks_once_for_each_count(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lamp(city)
    client = signed_in("minh")
    client.get("/desk/")
    with django_assert_num_queries(INBOX_QUERIES + 3):  # results to approve, dossiers to decide, money
        client.get("/desk/")


@pytest.mark.parametrize(("login", "resolved"), [("lan", 1), ("minh", 1), ("hoa", 1), ("tam", 0), ("quan", 1)])
def test_side_bars_count_what_the_inbox_shows(city: City, login: str, resolved: int) -> None:
    """The counts are written apart from the list, so they are held against it: for every role, of two wards."""
    waits, works, theirs, _untaken = lamp(city), lamp(city), lamp(city, WARD_TWO_AT), lamp(city)
    for case, officer in ((waits, city.hoa), (works, city.hoa), (theirs, city.tam)):
        take_incident(case.id, actor=officer)
    resolve_incident(waits.id, actor=city.hoa, result="Đã thay bóng.", file_ids=[], caption="")
    actor = officer_actor(Account.objects.get(login=login).pk)
    assert count_waiting(actor) == inbox(actor, first_look(actor)).counts["all"]
    shown = inbox(actor, InboxFilter(whose="unit", state="resolved")).counts["all"]
    assert count_in_state(actor, "resolved") == shown == resolved


INBOX_QUERIES = 8  # session, account, posts; cases, counts, clocks; notices; what waits for one's signature


def test_what_comes_next_depends_on_who_looks(city: City) -> None:
    """The one big button: the leader hands out, the specialist helps herself, and then works on it."""
    case = lamp(city)
    page = f"/desk/phan-anh/{case.id}/?xem=unit&han=on"
    assert next_step(signed_in("minh").get(page).content.decode()) == "assign"
    assert next_step(signed_in("hoa").get(page).content.decode()) == "take"
    take_incident(case.id, actor=city.hoa)
    assert next_step(signed_in("hoa").get(page).content.decode()) == "resolve"
    assert next_step(signed_in("minh").get(page).content.decode()) == ""
    assert "Phạm Thị Hoa đang giữ việc này" in signed_in("minh").get(page).content.decode()
    assert f"/desk/phan-anh/{case.id}/take/" not in signed_in("hoa").get(page).content.decode()
    resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng.", file_ids=[], caption="")
    leader = signed_in("minh").get(page).content.decode()
    assert next_step(signed_in("minh").get(page).content.decode()) == "approve"
    assert leader.index("Đã thay bóng.") < leader.index("Duyệt và công khai")


def next_step(page: str) -> str:
    """The move of the one big button; "" without one."""
    as_link = re.search(r'<a class="mc-btn pri block" href="[^"]*/([a-z-]+)/[?"]', page)
    as_button = re.search(r'action="[^"]*/([a-z-]+)/[^"/]*">(?:<input[^>]*>)*<button class="mc-btn pri block"', page)
    found = as_link or as_button
    return found[1] if found else ""


def test_a_move_keeps_the_list_it_was_opened_from(city: City) -> None:
    case = lamp(city)
    hoa = signed_in("hoa")
    page = hoa.get(f"/desk/phan-anh/{case.id}/?xem=unit&han=on").content.decode()
    assert f"/desk/phan-anh/{case.id}/take/?xem=unit&amp;han=on" in page
    answer = hoa.post(f"/desk/phan-anh/{case.id}/take/?xem=unit&han=on", {"version": case.version})
    assert answer["Location"] == f"/desk/phan-anh/{case.id}/?xem=unit&han=on"


def test_the_timeline_names_who_did_it_to_officials_alone(city: City) -> None:
    case = lamp(city)
    take_incident(case.id, actor=city.hoa)
    assert ", Phạm Thị Hoa" in signed_in("minh").get(f"/desk/phan-anh/{case.id}/").content.decode()
    assert "Phạm Thị Hoa" not in Client().get(f"/phan-anh/{case.code}/").content.decode()


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("phong kinh te hai", 302, ""),
        ("24781-kinh-te", 302, ""),
        ("phòng kinh tế", 422, "Có 2 đơn vị khớp"),
        ("Sở Không Có", 422, "Không có đơn vị nào tên như vậy"),
        ("", 422, "Chuyển đến đơn vị"),
    ],
)
def test_a_unit_is_found_by_a_few_letters(city: City, typed: str, status: int, words: str) -> None:
    case = lamp(city)
    answer = signed_in("lan").post(
        f"/desk/phan-anh/{case.id}/dispatch/", {"version": case.version, "unit_id": typed, "note": "Nhờ xem giúp"}
    )
    case.refresh_from_db()
    assert answer.status_code == status
    assert (case.unit_id == city.office_two.id) is (status == 302)
    if status == 422:
        assert words in answer.content.decode()
        assert "Nhờ xem giúp" in answer.content.decode()


def test_many_of_several_units_are_handed_out_unit_by_unit(city: City) -> None:
    one = lamp(city)
    other = submit_incident(
        NewIncident(text="Rác chưa thu gom", category="waste", lat=LAMP_AT[0], lon=LAMP_AT[1]), actor=city.an
    ).case
    minh, back = signed_in("minh"), "/desk/?xem=unit"
    page = minh.get(f"/desk/nhieu/assign/?case={one.id}&case={other.id}&back={back}").content.decode()
    assert f'name="value-{city.office_one.id}"' in page
    assert f'name="value-{city.ward_one.id}"' in page
    answer = minh.post(
        "/desk/nhieu/assign/",
        {"case": [one.id, other.id], f"value-{city.office_one.id}": city.hoa.id, f"value-{city.ward_one.id}": "",
         "back": back},
    )  # fmt: skip
    assert answer["Location"] == back
    assert set(Case.objects.values_list("id", "officer_id")) == {(one.id, city.hoa.id), (other.id, None)}


def test_the_list_is_parted_by_the_day_and_each_part_stands_there_once(city: City) -> None:
    """What is due soon lies scattered: soon is less for what has less time."""
    cases = [lamp(city, text=f"Đèn {number} tắt") for number in range(5)]
    now = moment.now().replace(hour=3)  # ten in the morning there
    with moment.at(now):
        for case, hours, soon in zip(cases, (-5, 1, 2, 30, 31), (-6, 2, 1, 29, 40), strict=True):
            Case.objects.filter(pk=case.id).update(
                next_due_at=now + timedelta(hours=hours), next_soon_at=now + timedelta(hours=soon - 3)
            )
            case.clocks.filter(stopped_at=None).update(due_at=now + timedelta(hours=hours))
        page = signed_in("minh").get("/desk/?xem=unit").content.decode()
    heads = re.findall(r'<tr class="grp"><td></td><td colspan="6">(.*?)</td></tr>', page)
    assert [re.sub("<[^>]*>", "", head) for head in heads] == ["Đã trễ 1", "Hôm nay 2", "Còn hạn 2"]


def test_workload_stands_beside_each_officer(city: City) -> None:
    with moment.at(moment.now() - timedelta(days=20)):
        take_incident(lamp(city).id, actor=city.hoa)
    take_incident(lamp(city).id, actor=city.hoa)
    case = lamp(city)
    for address in (f"/desk/phan-anh/{case.id}/assign/", f"/desk/nhieu/assign/?case={case.id}"):
        page = signed_in("minh").get(address).content.decode()
        assert "2 việc, <b>1 trễ</b>" in page


def test_a_stale_form_tells_what_happened_meanwhile(city: City) -> None:
    case = lamp(city)
    take_incident(case.id, actor=city.hoa)
    answer = signed_in("minh").post(
        f"/desk/phan-anh/{case.id}/note/", {"version": case.version, "note": "Nhớ chụp ảnh"}
    )
    page = answer.content.decode()
    case.refresh_from_db()
    assert answer.status_code == 422
    assert "Vừa có thay đổi:" in page
    assert "Phạm Thị Hoa" in page
    assert "Nhớ chụp ảnh" in page
    assert f'name="version" value="{case.version}"' in page
    assert not Event.objects.filter(name="incident.noted").exists()


def test_a_form_says_where_everybody_reads_what_is_typed_into_it() -> None:
    shown = {("resolve", "result"), ("reject", "reason"), ("provide_info", "text")}  # beside the timeline
    chosen = {("classify", "category")}
    for move in INCIDENT.moves:
        event = EVENTS[f"incident.{move.event}"]
        if event.audience is Audience.PUBLIC:
            shown |= {(move.name, name) for _, name, *_ in Formatter().parse(str(event.sentence)) if name}
    said = {
        (name, field)
        for name, doing in DOINGS.items()
        for field, shape in doing.form.base_fields.items()
        if str(EVERYBODY_READS) in str(shape.help_text)
    }
    typed = {(name, field) for name, doing in DOINGS.items() for field in doing.form.base_fields}
    assert said == (shown & typed) - chosen
    assert ("return", "reason") in said


def test_a_row_tells_the_step_s_hour_and_what_the_person_was_promised(city: City) -> None:
    """What is late for its step is not yet late for the person, and the board counts the latter."""
    case = lamp(city)
    assert case.next_due_at
    assert case.due_at
    assert case.next_due_at < case.due_at
    first = signed_in("hoa").get("/desk/?xem=unit").content.decode()
    assert (
        f'<span>{when_short(case.next_due_at)}</span><div class="sub">cả việc hẹn {when_short(case.due_at)}</div>'
        in first
    )
    Case.objects.filter(pk=case.id).update(due_at=moment.now() - timedelta(hours=1))
    case.refresh_from_db()
    late = signed_in("hoa").get("/desk/?xem=unit").content.decode()
    assert re.search(rf'<div class="sub is-late"><svg.*Trễ.*</svg>cả việc hẹn {when_short(case.due_at)}</div>', late)
    take_incident(case.id, actor=city.hoa)
    visit_incident(case.id, actor=city.hoa, note="Đã đến nơi")
    case.clocks.exclude(name="result").update(stopped_at=moment.now())
    Case.objects.filter(pk=case.id).update(due_at=case.clocks.get(name="result").due_at)
    case.refresh_from_db()
    last = signed_in("hoa").get("/desk/?xem=unit").content.decode()
    assert f"<span>{when_short(case.due_at)}</span></td>" in last


def test_dropping_the_filters_keeps_search_and_time(city: City) -> None:
    page = signed_in("minh").get("/desk/?xem=unit&han=late&q=khong%20co&co=1&buoc=accepted").content.decode()
    assert 'href="/desk/?xem=unit&amp;han=late&amp;q=khong%20co"' in page


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("xem=unit", "Thử ít chữ hơn."),
        ("xem=unit&co=1", "Thử ít chữ hơn, hoặc bỏ bớt điều kiện lọc."),
        ("xem=mine", "Thử ít chữ hơn, hoặc tìm ở “Của đơn vị”."),
        ("xem=mine&han=late", "Thử ít chữ hơn, bỏ bớt điều kiện lọc, hoặc tìm ở “Của đơn vị”."),
    ],
)
def test_what_to_try_when_nothing_was_found(city: City, query: str, advice: str) -> None:
    assert advice in signed_in("minh").get(f"/desk/?{query}&q=khong-co-gi").content.decode()


@pytest.mark.parametrize("key", ["-", "abc", f"-:{'9' * 5_000}", f"1e999:{'9' * 30}", "1.5:x", "nan:1", "\0:1"])
def test_an_odd_place_in_the_inbox_is_its_beginning(city: City, key: str) -> None:
    lamp(city)
    client = signed_in("minh")
    assert "Đèn đường tắt" in client.get("/desk/", {"xem": "unit", "sau": key}).text
