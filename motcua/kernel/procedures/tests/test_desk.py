"""Administration of procedures over HTTP."""

from datetime import timedelta

import pytest
from django.test import Client

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.actions import save_draft
from motcua.kernel.procedures.models import ImportState, Procedure, ProcedureVersion
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.written import as_toml
from motcua.kernel.procedures.tests.samples import TEXT, body, catalogue, words
from motcua.lib import moment
from motcua.testing.city import City

CODE = "1.001193"
AT = "/desk/quan-tri/thu-tuc/"


def signed_in(client: Client, actor: Actor) -> Client:
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def test_it_works(city: City, client: Client) -> None:
    words()
    signed_in(client, city.quan)
    assert "moi/" in client.get(AT).content.decode()
    assert client.get(f"{AT}moi/").status_code == 200
    response = client.post(f"{AT}moi/", {"text": TEXT, "lock": 0})
    assert response.headers["Location"] == f"{AT}{CODE}/"
    shown = client.get(f"{AT}{CODE}/").content.decode()
    assert "Công bố bản 1" in shown
    assert "bản soạn, người dân chưa thấy" in client.get(f"{AT}{CODE}/xem/").content.decode()
    assert client.get(f"/thu-tuc/{CODE}/").status_code == 404
    client.post(f"{AT}{CODE}/cong-bo/", {"lock": 1})
    assert client.get(f"/thu-tuc/{CODE}/").status_code == 200
    assert "Đang áp dụng" in client.get(f"{AT}{CODE}/").content.decode()


def test_mistakes_come_back_with_what_was_typed(city: City, client: Client) -> None:
    words()
    signed_in(client, city.quan)
    response = client.post(f"{AT}moi/", {"text": TEXT.replace('"commune"', '"xa"', 1), "lock": 0})
    assert response.status_code == 422
    shown = response.content.decode()
    assert "Dòng 5: level: không có “xa”" in shown
    assert "Đăng ký khai sinh" in shown
    assert not Procedure.objects.exists()


def test_editing_comparing_and_publishing(city: City, client: Client) -> None:
    catalogue()
    signed_in(client, city.quan)
    shown = client.get(f"{AT}{CODE}/soan/").content.decode()
    assert "Đăng ký khai sinh" in shown
    client.post(f"{AT}{CODE}/soan/", {"text": as_toml(body(name="Khai sinh mới")), "lock": 0})
    compared = client.get(f"{AT}{CODE}/so-sanh/").content.decode()
    assert "<ins>+ name = &quot;Khai sinh mới&quot;</ins>" in compared
    assert "<del>− name = &quot;Đăng ký khai sinh&quot;</del>" in compared
    stale = client.post(f"{AT}{CODE}/soan/", {"text": TEXT, "lock": 0})
    assert stale.status_code == 422
    assert "Người khác vừa sửa" in stale.content.decode()
    client.post(f"{AT}{CODE}/cong-bo/", {"lock": 1})
    found = in_force(CODE)
    assert found is not None
    assert found.body.name == "Khai sinh mới"
    assert client.get(f"{AT}{CODE}/so-sanh/?tu=99&den=1").status_code == 404


def test_discarding_and_ending(city: City, client: Client) -> None:
    catalogue()
    signed_in(client, city.quan)
    save_draft(TEXT, actor=city.quan, code=CODE)
    client.post(f"{AT}{CODE}/bo/")
    assert ProcedureVersion.objects.count() == 1
    past = client.post(f"{AT}{CODE}/ket-thuc/", {"last_day": "2020-01-01"})
    assert past.status_code == 422
    assert Procedure.objects.get().ended_on is None
    client.post(f"{AT}{CODE}/ket-thuc/", {"last_day": (local_today() + timedelta(days=3)).isoformat()})
    assert Procedure.objects.get().ended_on == local_today() + timedelta(days=3)
    assert in_force(CODE) is not None


@pytest.mark.parametrize("only", ["own", "draft", "national", "ended", "<x>"])
def test_lists(city: City, client: Client, only: str) -> None:
    catalogue()
    signed_in(client, city.quan)
    shown = client.get(AT, {"loai": only, "tim": "KHAI sinh"})
    assert shown.status_code == 200
    assert (CODE in shown.content.decode()) is (only in ("own", "<x>"))


def test_what_an_import_could_not_read_is_listed(city: City, client: Client) -> None:
    signed_in(client, city.quan)
    assert "Chưa nạp" in client.get(f"{AT}da-nap/").content.decode()
    ImportState.objects.create(
        source="a.jsonl", finished_at=moment.now(), total=2, added=1, changed=0, unchanged=1, kept=0,
        parsed={"times": [1, 2]}, problems=[{"line": 2, "code": CODE, "part": "times", "text": "1 Giờ"}],
    )  # fmt: skip
    shown = client.get(f"{AT}da-nap/?phan=times").content.decode()
    assert "1 Giờ" in shown
    assert "<td>Thời gian</td><td>1</td><td>2</td>" in shown
    assert "a.jsonl" in client.get(AT).content.decode()


ADDRESSES = [
    "",
    "moi/",
    "da-nap/",
    f"{CODE}/",
    f"{CODE}/soan/",
    f"{CODE}/xem/",
    f"{CODE}/so-sanh/",
    f"{CODE}/ket-thuc/",
]
POSTS = [f"{CODE}/cong-bo/", f"{CODE}/bo/", f"{CODE}/soan/", f"{CODE}/ket-thuc/", "moi/"]


@pytest.mark.parametrize("who", ["minh", "hoa", "lan", "an"])
def test_nobody_else_gets_in(city: City, client: Client, who: str) -> None:
    catalogue()
    save_draft(TEXT, actor=city.quan, code=CODE)
    actor: Actor = getattr(city, who)
    if actor.id is not None:
        signed_in(client, actor)
    before = Event.objects.count()
    for address in ADDRESSES:
        assert client.get(f"{AT}{address}").status_code in (302, 401, 403, 404), address
    for address in POSTS:
        assert client.post(f"{AT}{address}", {"text": TEXT, "lock": 0}).status_code in (302, 401, 403, 404), address
    assert Event.objects.count() == before
    assert ProcedureVersion.objects.filter(state="draft").count() == 1


def test_the_list_asks_little(city: City, client: Client, django_assert_max_num_queries: object) -> None:
    catalogue()
    signed_in(client, city.quan)
    client.get(AT)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(AT)
