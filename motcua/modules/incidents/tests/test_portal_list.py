"""The public list, the map's data, and the feeds."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from defusedxml import ElementTree
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.actions.submitting import Submitted
from motcua.modules.incidents.actions.working import approve_incident, hide_incident, resolve_incident
from motcua.modules.incidents.queries.public import POINTS_AT_MOST
from motcua.modules.incidents.tests.test_portal_case import report
from motcua.testing.city import LAMP_AT, MONDAY, WARD_TWO_AT, City

pytestmark = pytest.mark.django_db
Counting = Callable[[int], AbstractContextManager[Any]]
HOUR = timedelta(hours=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def three(city: City) -> dict[str, Submitted]:
    """A lamp that is late on Friday, waste in Ward Two on time, a lamp that is done; and one that nobody received."""
    with moment.at(MONDAY):
        late = report(city, text="Bóng đèn hẻm 5 cháy đen ba hôm")
        done = report(city, text="Cột đèn nghiêng trước trường học")
        report(city, text="Chưa ai nhận việc này cả")
        for sent in (late, done):
            take_incident(sent.case.id, actor=city.hoa)
        resolve_incident(done.case.id, actor=city.hoa, result="Đã dựng lại cột")
        approve_incident(done.case.id, actor=city.minh)
    with moment.at(MONDAY + timedelta(days=3)):
        fresh = report(city, text="Rác chất đống ở góc chợ", category="waste", lat=WARD_TWO_AT[0], lon=WARD_TWO_AT[1])
        Case.objects.filter(pk=fresh.case.id).update(published_at=moment.now())
    return {"late": late, "done": done, "fresh": fresh}


@pytest.fixture(autouse=True)
def on_friday() -> Any:
    with moment.at(MONDAY + timedelta(days=4)):
        yield


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"late", "done", "fresh"}),
        ("?trang-thai=dang", {"late", "fresh"}),
        ("?trang-thai=tre", {"late"}),
        ("?trang-thai=xong", {"done"}),
        ("?loai=waste", {"fresh"}),
        ("?khu-vuc=24778", {"late", "done"}),
        ("?khu-vuc=99999", set()),
        ("?tim=bong+den", {"late"}),
        ("?tim=B%C3%B3ng+%C4%91%C3%A8n", {"late"}),
        ("?tim=%27+%26+%7C+%21", {"late", "done", "fresh"}),
        ("?tim=%00", {"late", "done", "fresh"}),
        ("?trang-thai=nonsense&sau=abc", {"late", "done", "fresh"}),
        ("?loai=street-lighting&trang-thai=xong&tim=cot", {"done"}),
    ],
)
def test_list_shows_what_was_asked_for(
    client: Client, three: dict[str, Submitted], query: str, shown: set[str]
) -> None:
    page = client.get(f"/phan-anh/{query}")
    assert page.status_code == 200
    assert {name for name, sent in three.items() if sent.case.code in page.text} == shown
    assert "Chưa ai nhận" not in page.text
    codes = {point[3] for point in client.get(f"/phan-anh/ban-do.json{query}").json()["points"]}
    assert {name for name, sent in three.items() if sent.case.code in codes} == shown


def test_empty_list_says_what_to_do(client: Client, city: City) -> None:
    assert "Chưa có phản ánh nào được công khai" in client.get("/phan-anh/").text
    nothing = client.get("/phan-anh/?tim=khong-co-gi").text
    assert "Không có phản ánh nào như vậy" in nothing
    assert 'href="/phan-anh/"' in nothing


def test_pages_by_key(client: Client, city: City, monkeypatch: pytest.MonkeyPatch, three: dict[str, Submitted]) -> None:
    monkeypatch.setattr("motcua.modules.incidents.queries.public.public_list.__defaults__", (2,))
    first = client.get("/phan-anh/?khu-vuc=").text
    assert three["fresh"].case.code in first
    assert three["late"].case.code not in first
    after = three["done"].case.id
    assert f"sau={after}" in first
    second = client.get(f"/phan-anh/?sau={after}").text
    assert three["late"].case.code in second
    assert "Về đầu danh sách" in second


def test_a_hidden_report_is_on_no_list(client: Client, city: City, three: dict[str, Submitted]) -> None:
    hide_incident(three["late"].case.id, actor=city.minh, reason="Có thông tin riêng")
    for path in ("/phan-anh/", "/phan-anh/ban-do.json", "/phan-anh/rss.xml", "/phan-anh/atom.xml", "/tim/?q=bong"):
        assert three["late"].case.code not in client.get(path).text


def test_few_questions_to_the_database(
    client: Client, three: dict[str, Submitted], django_assert_num_queries: Counting
) -> None:
    client.get("/phan-anh/")  # rules, units and areas are now in memory
    with django_assert_num_queries(4):
        client.get("/phan-anh/")
    with django_assert_num_queries(1):
        client.get("/phan-anh/ban-do.json?bbox=108.4,11.9,108.5,12.0&z=14")
    with django_assert_num_queries(4):
        client.get("/phan-anh/rss.xml")


def test_map_tells_state_and_kind(client: Client, three: dict[str, Submitted]) -> None:
    answer = client.get("/phan-anh/ban-do.json?bbox=108.40,11.90,108.45,12.00&z=14")
    assert answer["Cache-Control"] == "public, max-age=30"
    told = answer.json()
    assert {point[3]: (point[2], told["kinds"][point[4]]) for point in told["points"]} == {
        three["late"].case.code: ("late", "Chiếu sáng"),
        three["done"].case.code: ("done", "Chiếu sáng"),
    }
    assert told["clusters"] == []


@pytest.mark.parametrize("bbox", ["x", "1,2,3", "nan,1,2,3", "109,11,108,12", "1,2,3,4,5"])
def test_map_refuses_a_box_that_is_none(client: Client, city: City, bbox: str) -> None:
    answer = client.get(f"/phan-anh/ban-do.json?bbox={bbox}", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert client.get("/phan-anh/ban-do.json?z=NaN").status_code == 200


def test_thousands_are_gathered_and_lateness_is_not_hidden(client: Client, three: dict[str, Submitted]) -> None:
    pattern = Case.objects.get(pk=three["done"].case.id)
    rows = []
    for number in range(POINTS_AT_MOST + 500):
        pattern.pk, pattern.code = None, f"PA-1-{number}"
        values = {field.attname: getattr(pattern, field.attname) for field in Case._meta.concrete_fields}
        rows.append(Case(**{**values, "lat": LAMP_AT[0] + number % 50 / 5000, "lon": LAMP_AT[1] + number // 50 / 5000}))
    Case.objects.bulk_create(rows)
    told = client.get("/phan-anh/ban-do.json?z=10").json()
    assert sum(cluster[3] for cluster in told["clusters"]) + len(told["points"]) == POINTS_AT_MOST + 503
    assert len(told["clusters"]) + len(told["points"]) < 200
    assert "late" in {cluster[2] for cluster in told["clusters"]}
    near = client.get("/phan-anh/ban-do.json?z=17&bbox=108.434,11.944,108.436,11.946").json()
    assert near["clusters"] == []


def test_card_of_a_mark(client: Client, three: dict[str, Submitted]) -> None:
    card = client.get(f"/phan-anh/{three['late'].case.code}/the/")
    assert "Bóng đèn hẻm 5" in card.text
    assert "<html" not in card.text
    assert client.get("/phan-anh/PA-0/the/").status_code == 404


# ── Feeds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rss(client: Client, three: dict[str, Submitted]) -> None:
    answer = client.get("/phan-anh/rss.xml")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=300"
    channel = ElementTree.fromstring(answer.content).find("channel")
    assert channel is not None
    assert channel.findtext("language") == "vi"
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == [
        "Rác chất đống ở góc chợ", "Cột đèn nghiêng trước trường học", "Bóng đèn hẻm 5 cháy đen ba hôm",
    ]  # fmt: skip
    link = items[0].findtext("link")
    assert link is not None
    assert client.get(link).status_code == 200
    assert items[0].findtext("guid") == f"urn:motcua:{three['fresh'].case.code}"
    assert "Trễ" in (items[2].findtext("description") or "")


def test_atom_per_area_and_category(client: Client, three: dict[str, Submitted]) -> None:
    feed = ElementTree.fromstring(client.get("/phan-anh/atom.xml?khu-vuc=24781&loai=waste").content)
    assert feed.findtext(f"{ATOM}title") == "Phản ánh của người dân: Rác thải, Phường Hai"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Rác chất đống ở góc chợ"]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Tỉnh Thử"  # who publishes it; not who reported
    assert entries[0].find(f"{ATOM}author") is None
    empty = ElementTree.fromstring(client.get("/phan-anh/atom.xml?loai=official-conduct").content)
    assert not empty.findall(f"{ATOM}entry")


def test_the_list_announces_its_feeds(client: Client, three: dict[str, Submitted]) -> None:
    page = client.get("/phan-anh/?khu-vuc=24781&tim=rac&trang-thai=dang").text
    assert 'type="application/rss+xml"' in page
    assert 'href="/phan-anh/atom.xml?khu-vuc=24781"' in page


def test_finding_and_following(client: Client, three: dict[str, Submitted]) -> None:
    code = three["late"].case.code
    assert client.get(f"/tim/?q={code.lower()}")["Location"] == f"/phan-anh/{code}/"
    assert client.get(f"/theo-doi/?code={code}")["Location"] == f"/phan-anh/{code}/"
    found = client.get("/tim/?q=bong den hem").text
    assert "Bóng đèn hẻm 5" in found
    assert 'href="/phan-anh/?tim=bong+den+hem"' in found  # the first ten are not all
    followed = client.post("/theo-doi/viec/", {"code": [code, "PA-0"]}).text
    assert "Bóng đèn hẻm 5" in followed
    assert "Đã hẹn 08:00, thứ Năm 19/11." in followed
