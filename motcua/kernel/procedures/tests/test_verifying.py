"""What is unsure in a procedure: told to administrators, verified with a source, hinted at to people."""

import pytest
from django.test import Client

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.models import Account
from motcua.kernel.procedures.actions import publish_draft, save_draft, verify_part
from motcua.kernel.procedures.models import Verification
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.desk import count_unsure, get_history, list_procedures, text_of
from motcua.kernel.procedures.queries.written import read_body
from motcua.kernel.procedures.tests.samples import TEXT, words
from motcua.lib.errors import Refused
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
CODE = "1.001193"
AT = f"/desk/quan-tri/thu-tuc/{CODE}/"
AGAIN = "đang được cơ quan kiểm tra lại"
MARKS = """unsure = ["time", "basis"]
unsure_note = "Viết từ trí nhớ."
checked = [{ parts = ["code", "fee"], source = "163/QĐ-BTP", on = 2026-11-22 }]
"""
UNSURE = TEXT.replace("visits =", f"{MARKS}visits =", 1)


def publish(city: City, text: str, *, code: str = "") -> None:
    save_draft(text, actor=city.quan, code=code)
    publish_draft(CODE, actor=city.quan)


def test_it_works(city: City, client: Client) -> None:
    words()
    publish(city, UNSURE)
    assert count_unsure(city.quan) == 1
    assert [row.code for row in list_procedures(city.quan, only="unsure").rows] == [CODE]
    assert AGAIN in client.get(f"/thu-tuc/{CODE}/").content.decode()
    client.force_login(Account.objects.get(pk=city.quan.id or 0))
    assert "Cần kiểm chứng (1)" in client.get("/desk/quan-tri/thu-tuc/?loai=unsure").content.decode()
    shown = client.get(AT).content.decode()
    for said in ("2 phần cần kiểm chứng", "Viết từ trí nhớ.", "163/QĐ-BTP", "60/2014/QH13"):
        assert said in shown, said
    wrong = client.post(f"{AT}kiem-chung/", {"part": "time", "source": " "})
    assert (wrong.status_code, Verification.objects.count()) == (422, 0)
    assert client.post(f"{AT}kiem-chung/", {"part": "time", "source": "QĐ 163"}).status_code == 302
    assert "QĐ 163" in client.get(AT).content.decode()
    assert AGAIN not in client.get(f"/thu-tuc/{CODE}/").content.decode()
    verify_part(CODE, "basis", actor=city.quan, source="Công báo")
    assert count_unsure(city.quan) == 0
    assert Event.objects.filter(name="procedure.verified").count() == 2


def test_what_was_verified_is_unsure_again_when_it_says_something_else(city: City) -> None:
    words()
    publish(city, UNSURE)
    for part in ("time", "basis"):
        verify_part(CODE, part, actor=city.quan, source="QĐ 163")
    publish(city, UNSURE.replace("Khai trong 60 ngày.", "Khai trong sáu mươi ngày."), code=CODE)
    assert count_unsure(city.quan) == 0  # the parts say the same
    publish(city, UNSURE.replace('time = "2 ngày làm việc"', 'time = "3 ngày làm việc"'), code=CODE)
    assert count_unsure(city.quan) == 1


@pytest.mark.parametrize(
    ("part", "source", "code"), [("time", "", "invalid"), ("fee", "x", "not_found"), ("dance", "x", "not_found")]
)
def test_refused(city: City, part: str, source: str, code: str) -> None:
    words()
    publish(city, UNSURE)
    before = Event.objects.count()
    with pytest.raises(Refused) as refused:
        verify_part(CODE, part, actor=city.quan, source=source)
    assert refused.value.code == code
    assert (Verification.objects.count(), Event.objects.count()) == (0, before)


def test_only_administrators_verify(city: City) -> None:
    words()
    publish(city, UNSURE)
    for actor in (city.minh, ANONYMOUS):
        with pytest.raises(Refused):
            verify_part(CODE, "time", actor=actor, source="x")
    assert not Verification.objects.exists()


def test_the_file_is_checked_and_written_as_it_was_read(city: City) -> None:
    _body, mistakes = read_body(UNSURE.replace('"time", "basis"]', '"time", "code", "colour"]', 1))
    told = " ".join(said for _line, said in mistakes)
    assert "“code” vừa chưa chắc vừa đã kiểm tra" in told
    assert "colour" in told
    words()
    publish(city, UNSURE)
    found = in_force(CODE)
    assert found is not None
    again, wrong = read_body(text_of(get_history(city.quan, CODE).newest))
    assert not wrong
    assert again == found.body
