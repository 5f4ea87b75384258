"""Words among cases: the same rows come whichever way the database takes, and no word has it read them all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries import inbox as inboxes
from motcua.kernel.cases.queries import reading
from motcua.kernel.cases.queries.inbox import InboxFilter, inbox, neighbours
from motcua.kernel.cases.queries.reading import holding, newest
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import accept_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.queries.public import PublicFilter, map_points, public_list
from motcua.testing.city import LAMP_AT, City
from motcua.testing.keeping import once

pytestmark = pytest.mark.django_db
WRITTEN = ("Đèn đường tắt", "Ổ gà trước chợ", "Đèn hẻm 5 cháy", "Rác chất đống", "Đèn trước trường tắt")


@pytest.fixture
def five(city: City) -> list[Case]:
    """Published, the oldest first."""
    return once("five reports", lambda: _five(city))


def _five(city: City) -> list[Case]:
    found = []
    for number, text in enumerate(WRITTEN):
        with moment.at(moment.now() - timedelta(hours=9 - number)):
            new = NewIncident(text=text, category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], address="Số 1")
            case = submit_incident(new, actor=city.an).case
            accept_incident(case.id, actor=city.minh)
        found.append(Case.objects.get(pk=case.pk))
    return found


@pytest.mark.parametrize(
    ("words", "numbers"),
    [("den", [4, 2, 0]), ("đèn", [4, 2, 0]), ("ĐÈN", [4, 2, 0]), ("de", [4, 2, 0]), ("den tat", [4, 0]), ("cho", [1]),
     ("tr", [4, 1]), ("rac dong", [3]), ("khong", []), ("den den khong", []), ("", [4, 3, 2, 1, 0]),
     (" - ", [4, 3, 2, 1, 0]), ("'; --", [4, 3, 2, 1, 0])],
)  # fmt: skip
@pytest.mark.parametrize("first", [1, 2, 3, 100])
def test_the_newest_that_match_come_whatever_way_is_taken(
    five: list[Case], words: str, numbers: list[int], first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FIRST", first)
    rows = Case.objects.filter(kind="incident")
    for most in (1, 2, 3, 5):
        for by in ("id", "opened_at"):
            found = list(newest(rows, words, most, by=by)[:most])
            assert found == [five[number] for number in numbers][:most], (most, by)


@pytest.mark.parametrize(("first", "most", "is_common"), [(1, 1, True), (2, 2, False), (3, 2, True), (1, 2, False)])
def test_words_are_common_that_fill_what_is_wanted_from_the_first(
    five: list[Case], first: int, most: int, *, is_common: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FIRST", first)
    found, are_common = holding(Case.objects.order_by("-id"), "den", most)
    assert are_common is is_common
    assert [case.pk for case in found] == [five[number].pk for number in (4, 2, 0)]


def test_words_find_what_they_should(five: list[Case]) -> None:
    def found(words: str) -> list[str]:
        return [row.subject for row in public_list(PublicFilter(words=words))[0]]

    assert found("đèn") == [WRITTEN[4], WRITTEN[2], WRITTEN[0]]
    assert found("den tat") == [WRITTEN[4], WRITTEN[0]]
    assert found("truoc ch") == [WRITTEN[1]]
    assert found(five[3].code) == [WRITTEN[3]]
    assert found("cầu") == []
    assert len(map_points(PublicFilter(words="den"), (108.0, 11.0, 109.0, 12.0), 15)) == 3


def test_pages_of_a_search_go_on_where_the_last_ended(five: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    for looked_at in (1, 100):
        monkeypatch.setattr(reading, "FIRST", looked_at)
        first, older = public_list(PublicFilter(words="den"), limit=2)
        last, end = public_list(PublicFilter(words="den", after=older), limit=2)
        assert [row.subject for row in (*first, *last)] == [WRITTEN[4], WRITTEN[2], WRITTEN[0]]
        assert end == ""


def test_what_is_taken_out_of_a_report_is_found_no_more(five: list[Case]) -> None:
    Case.objects.filter(pk=five[1].pk).update(folded="o ga")  # the database makes the words of it
    assert not newest(Case.objects.all(), "cho", 5)
    assert list(newest(Case.objects.all(), "o ga", 5)) == [five[1]]


@pytest.mark.parametrize("found_to", [0, 1, 2, 99])
def test_the_inbox_is_the_same_with_few_and_with_many(
    five: list[Case], city: City, found_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "FOUND_TO", found_to)
    with CaptureQueriesContext(connection) as seen:
        page = inbox(city.minh, InboxFilter(whose="unit", words="den"))
    assert any("IS TRUE) ORDER BY" in query["sql"] for query in seen) == (found_to < 3)  # walks the list
    assert [row.case.subject for row in page.rows] == [WRITTEN[0], WRITTEN[2], WRITTEN[4]]
    assert (page.counts["all"], page.most) == ((found_to + 1, found_to) if found_to < 3 else (3, inboxes.COUNT_TO))
    assert sum(page.counts[name] for name in ("late", "soon", "on", "paused")) >= page.counts["all"]
    assert [row.case.id for row in inbox(city.tam, InboxFilter(whose="unit", words="den")).rows] == []
    second = Case.objects.get(subject=WRITTEN[2])
    ids = [row.case.id for row in page.rows]
    assert neighbours(city.minh, InboxFilter(whose="unit", words="den"), second) == (ids[0], ids[2])


@pytest.mark.parametrize("found_to", [0, 99])
def test_chips_count_what_holds_the_words(
    five: list[Case], city: City, found_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "FOUND_TO", found_to)
    counts = inbox(city.minh, InboxFilter(whose="unit", words="rac dong")).counts
    assert [counts["all"], sum(counts.values())] == [1, 2]


def test_a_common_word_is_counted_to_a_hundred(five: list[Case], city: City) -> None:
    pattern = {field.attname: getattr(five[0], field.attname) for field in Case._meta.concrete_fields}
    Case.objects.bulk_create(Case(**{**pattern, "id": None, "code": f"PA-1-{number}"}) for number in range(120))
    client = Client()
    client.force_login(Account.objects.get(login="minh"))
    page = client.get("/desk/?xem=unit&q=den").text
    assert "99+" in page
    assert "99+" not in client.get("/desk/?xem=unit").text
    assert client.get("/api/v1/inbox?whose=unit&words=den").json()["counts"]["all"] == 100


@pytest.mark.parametrize(
    "words", [" - ", "'", "\\", ":*", "&|!", "x" * 200, "a b c d e f g h i j k l m n", "%s %(a)s $1"]
)
def test_odd_words_break_nothing(five: list[Case], city: City, client: Client, words: str) -> None:
    assert client.get("/phan-anh/", {"tim": words}).status_code == 200
    assert client.get("/phan-anh/ban-do.json", {"tim": words, "z": "10"}).status_code == 200
    officer = Client()
    officer.force_login(Account.objects.get(login="minh"))
    assert officer.get("/desk/", {"xem": "unit", "q": words}).status_code == 200


def test_words_cost_at_most_two_statements_more(client: Client, five: list[Case]) -> None:
    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    assert asked("/phan-anh/?tim=den") <= asked("/phan-anh/") + 2
    assert asked("/phan-anh/?tim=cau") <= asked("/phan-anh/")


@pytest.mark.parametrize(
    "address", ["/phan-anh/?tim=cau", "/api/v1/incidents?words=cau", "/open311/v2/requests.json?q=cau"]
)
def test_no_word_has_every_case_read(client: Client, five: list[Case], address: str) -> None:
    """So many of the newest are looked at; what they do not give comes from the index, in an order that none has."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, follow=True).status_code == 200
    searches = [query["sql"] for query in seen if "@@" in query["sql"]]
    assert searches
    for sql in searches:
        if "IS TRUE" in sql:
            assert f"LIMIT {reading.FIRST})" in sql
        else:
            assert "ORDER BY COALESCE" in sql


def test_a_map_asks_the_index_once(client: Client, five: list[Case]) -> None:
    with CaptureQueriesContext(connection) as seen:
        told = client.get("/phan-anh/ban-do.json?z=15&tim=den").json()
    assert len(told["points"]) + len(told["clusters"]) > 0
    assert [("IS TRUE" in sql, "COALESCE" in sql) for query in seen if "@@" in (sql := query["sql"])] == [(False, True)]


def test_words_without_a_letter_ask_nothing(client: Client, five: list[Case]) -> None:
    for address in ("/phan-anh/?tim=...", "/phan-anh/ban-do.json?z=10&tim=...", "/open311/v2/requests.json?q=..."):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        assert not [query for query in seen if "@@" in query["sql"] or "COALESCE" in query["sql"]], address
