"""Officials find dossiers by names, which are sealed, and by numbers: those they may read, and it is noted."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from motcua.kernel.cases.queries.inbox import InboxFilter, inbox
from motcua.kernel.identity.actions import forget_person
from motcua.kernel.identity.models import Access, Account
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.filing import Applicant
from motcua.modules.dossiers.actions.naming import mark_names
from motcua.modules.dossiers.models import NameIndex
from motcua.modules.dossiers.queries.names import find_dossiers, marks_of
from motcua.modules.dossiers.tests.test_behalf import represent, signed_in, somebody
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
FIND = "/desk/tim-ho-so/"


def desk(one_stop: OneStop, who: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(pk=getattr(one_stop, who).id or 0))
    return client


@pytest.mark.parametrize(
    "words",
    ["Nguyễn Thị An", "nguyen thi an", "NGUYỄN AN", "an nguyen", "068195000001", "068 195 000 001", "0905123456",
     "+84 905 123 456"],
)  # fmt: skip
def test_found_by_name_and_number(one_stop: OneStop, filed: Any, words: str) -> None:
    case = filed().case
    filed(applicant=Applicant(name="Nguyễn Văn Bình", phone="0905000111"))
    rows = find_dossiers(words, actor=one_stop.nga).rows
    assert [row.case.id for row in rows] == [case.id]
    assert rows[0].name == "Nguyễn Thị An"


@pytest.mark.parametrize("words", ["nguyen binh", "an thi", "Nguyễn Thị Anh", "0905999999", "068195000009"])
def test_who_is_somebody_else_is_not_found(one_stop: OneStop, filed: Any, words: str) -> None:
    case = filed().case
    found = [row.case.id for row in find_dossiers(words, actor=one_stop.nga).rows]
    assert found == ([case.id] if words == "an thi" else [])


@pytest.mark.parametrize("words", ["", " ", "an", "12", "!!"])
def test_too_little_is_refused(one_stop: OneStop, filed: Any, words: str) -> None:
    filed()
    with pytest.raises(Refused) as refused:
        find_dossiers(words, actor=one_stop.nga)
    assert refused.value.fields.keys() == {"q"}
    assert desk(one_stop, "nga").post(FIND, {"q": words}).status_code == 422
    assert not Access.objects.exists()


def test_only_those_that_one_may_read_and_it_is_noted(city: City, one_stop: OneStop, filed: Any) -> None:
    case = filed().case
    answer = desk(one_stop, "nga").post(FIND, {"q": "Nguyễn An"})
    assert case.code in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    noted = Access.objects.get(action="person.find")
    assert (noted.person_id, noted.case_id) == (case.person_id, case.id)
    assert "An" not in noted.reason
    for who in ("dung", "kien"):  # another ward, another department
        shown = desk(one_stop, who).post(FIND, {"q": "Nguyễn An"}).content.decode()
        assert case.code not in shown
        assert "Không thấy hồ sơ nào bạn được xem" in shown
    assert Access.objects.filter(action="person.find").count() == 1
    assert Client().post(FIND, {"q": "Nguyễn An"}).status_code in (302, 401, 403)


def test_an_organisation_is_found_by_name_and_tax_code(one_stop: OneStop, filed: Any) -> None:
    from motcua.modules.dossiers.tests.test_behalf import filed_for

    bao = somebody("Lê Văn Bảo", "0905555666", "068085000203")
    represent(bao)
    case = filed_for(signed_in(bao), "organisation:5800000001")
    filed()
    for words in ("hoa lan", "5800000001", "Lê Bảo"):
        assert [row.case.id for row in find_dossiers(words, actor=one_stop.nga).rows] == [case.id], words


def test_marks_are_made_for_older_ones_and_go_with_the_card(one_stop: OneStop, filed: Any) -> None:
    case = filed().case
    NameIndex.objects.all().delete()
    assert mark_names() == 1
    assert mark_names() == 0
    assert [row.case.id for row in find_dossiers("Nguyễn An", actor=one_stop.nga).rows] == [case.id]
    forget_person(case.person_id)
    assert mark_names() == 1
    assert NameIndex.objects.get().marks == []


def test_no_word_of_the_name_is_in_the_marks(one_stop: OneStop, filed: Any) -> None:
    filed()
    marks = NameIndex.objects.get().marks
    assert len(marks) == 3  # pairs of three words
    assert marks_of(["Nguyễn Thị An"]) == set(marks)
    assert all(-(2**63) <= mark < 2**63 for mark in marks)


def test_the_index_serves_it(one_stop: OneStop, filed: Any) -> None:
    filed()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        query = NameIndex.objects.filter(marks__contains=sorted(marks_of(["Nguyễn An"]))).values("case_id")
        sql, given = query.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", given)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "nameindex_marks" in plan


def test_the_inbox_tells_dossiers_apart_by_initials(one_stop: OneStop, filed: Any) -> None:
    filed()
    rows = inbox(one_stop.nga, InboxFilter(whose="unit")).rows
    assert [row.initials for row in rows] == ["N. T. A."]
    assert "N. T. A." in desk(one_stop, "nga").get("/desk/?xem=unit").content.decode()
