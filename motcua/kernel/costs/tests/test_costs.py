"""What procedures cost people, and what the platform saves them."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from motcua.kernel.costs.actions import state_cost
from motcua.kernel.costs.kind import SITUATIONS
from motcua.kernel.costs.models import Input
from motcua.kernel.costs.queries.inputs import current, inputs
from motcua.kernel.costs.queries.savings import period, saving_of, savings
from motcua.kernel.costs.queries.sheets import sheets, usual_fee
from motcua.kernel.events.models import Event
from motcua.kernel.figures.actions import fold, rebuild_figures
from motcua.kernel.figures.models import ProcedureFigure
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.kind import Fee
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.tests.samples import catalogue
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import City

CODE = "1.001193"
AT = "/desk/quan-tri/chi-phi/"
pytestmark = pytest.mark.django_db


def norm(**given: int) -> dict[str, int]:
    zero = {f"{situation}_{what}": 0 for situation in SITUATIONS for what in ("minutes", "expense")}
    return {**zero, **given}


def figures(actor: Actor) -> None:
    """An hour is 60,000 đ, so a minute is 1,000 đ."""
    year = local_today().year
    state_cost(f"year:{year}", {"basis": "income", "amount": 60_000 * 176}, actor=actor, source="thử")
    paper = norm(before_minutes=30, counter_minutes=30, online_minutes=10)
    state_cost("activity:paper", paper, actor=actor, source="ước tính")
    travel = norm(before_minutes=60, before_expense=5_000, counter_minutes=60, counter_expense=5_000, online_minutes=60)
    state_cost("activity:travel", travel, actor=actor, source="ước tính")
    state_cost("activity:send", norm(online_minutes=15), actor=actor, source="ước tính")


def filed(day: date, channel: str, number: int) -> None:
    ProcedureFigure.objects.create(day=day, procedure=CODE, channel=channel, opened=number)


def signed_in(client: Client, actor: Actor) -> Client:
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def test_it_works(city: City) -> None:
    """Birth registration of the samples: 3 papers besides the form, one from a registry; 2 visits before, none now."""
    catalogue()
    figures(city.quan)
    version = in_force(CODE)
    assert version is not None
    made = sheets(version.body, inputs(local_today()), 60_000)
    papers = len([paper for paper in version.body.cases[0].papers if not paper.by_form and paper.required])
    registered = len([paper for paper in version.body.cases[0].papers if paper.registry])
    visits = version.body.visits.before
    assert (papers, registered, visits) == (3, 1, 2)
    fee = usual_fee(version.body.fees[0], "counter") or 0
    assert made.before.once.cost == papers * 30_000 + visits * 65_000 + fee
    assert made.counter.once.cost == (papers - registered) * 30_000 + visits * 65_000 + fee
    assert made.online is not None
    assert made.online.once.minutes == (papers - registered) * 10 + 15 + version.body.visits.after * 60
    assert [line.number for line in made.before.lines] == ["1", "2.1", "2.2", "2.3", "2.4", "3", "5"]


def test_each_way_counts_with_its_own_volume(city: City) -> None:
    catalogue()
    figures(city.quan)
    today = local_today()
    filed(today, "counter", 3)
    filed(today - timedelta(days=30), "web", 7)
    filed(today - timedelta(days=400), "web", 1000)  # not of the last twelve months
    found = savings(period())
    assert found is not None
    row = found.rows[0]
    assert (row.code, row.volume.counter, row.volume.online) == (CODE, 3, 7)
    assert row.sheets.online is not None
    each = row.sheets
    assert row.saved_year.cost == (
        3 * (each.before.once.cost - each.counter.once.cost) + 7 * (each.before.once.cost - row.sheets.online.once.cost)
    )
    assert found.saved == row.saved_year


def test_events_are_counted_by_procedure_and_from_nothing_when_rebuilt(city: City) -> None:
    data = {"unit_id": city.ward_one.id, "channel": "web", "procedure": CODE, "category_id": None, "area_id": None}
    at = Event(name="dossier.accepted", data=data, at=moment.now())
    other = Event(name="dossier.handed_over", data=data, at=at.at)
    fold([at, other])
    fold([at])
    assert list(ProcedureFigure.objects.values_list("procedure", "channel", "opened")) == [(CODE, "web", 2)]
    rebuild_figures()
    assert not ProcedureFigure.objects.exists()


def test_what_an_administrator_states_counts_and_nothing_is_lost(city: City) -> None:
    catalogue()
    figures(city.quan)
    stated = {"before_visits": 5, "online_fee": 0, "subjects": 100, "times": 2, "online_percent": 25}
    state_cost(f"procedure:{CODE}", stated, actor=city.quan, source="Báo cáo 12/BC-UBND")
    one = saving_of(CODE, period())
    assert one is not None
    assert one.saving.sheets.before.visits == 5
    assert (one.saving.volume.online, one.saving.volume.counter, one.saving.volume.is_stated) == (50, 150, True)
    assert one.saving.volume.source == "Báo cáo 12/BC-UBND"
    state_cost(f"procedure:{CODE}", {}, actor=city.quan, source="Bỏ ước tính")
    one = saving_of(CODE, period())
    assert one is not None
    assert not one.saving.volume.is_stated
    assert [row.number for row in Input.objects.filter(subject=f"procedure:{CODE}").order_by("number")] == [1, 2]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Input.objects.update(source="khác")
    assert Event.objects.filter(name="cost.stated", data__what=f"procedure:{CODE}").count() == 2


@pytest.mark.parametrize(
    ("subject", "source", "number", "code"),
    [
        ("activity:travel", "", 1, "invalid"),
        ("activity:travel", "khác", 0, "stale"),
        ("activity:travel", "ước tính", 1, "invalid"),  # nothing is different
        ("activity:dancing", "x", 0, "not_found"),
        ("procedure:9.999999", "x", 0, "not_found"),
        ("secret:1", "x", 0, "not_found"),
    ],
)
def test_refused(city: City, subject: str, source: str, number: int, code: str) -> None:
    catalogue()
    figures(city.quan)
    before = (Input.objects.count(), Event.objects.count())
    values = Input.objects.get(subject="activity:travel").values
    with pytest.raises(Refused) as refused:
        state_cost(subject, values, actor=city.quan, source=source, number=number)
    assert refused.value.code == code
    assert (Input.objects.count(), Event.objects.count()) == before


def test_only_administrators(city: City, client: Client) -> None:
    for actor in (city.minh, city.an, ANONYMOUS):
        with pytest.raises(Refused):
            state_cost("activity:travel", norm(), actor=actor, source="x")
    assert not Input.objects.exists()
    signed_in(client, city.minh)
    for address in (AT, f"{AT}nam-moi/", f"{AT}activity/travel/"):
        assert client.get(address).status_code in (403, 404)
    assert not Event.objects.filter(name="cost.stated").exists()


def test_a_pack_never_overrides_what_people_stated(city: City) -> None:
    from motcua.kernel.costs.actions import add_input

    add_input("activity:wait", norm(before_minutes=10), actor=city.quan, source="gói", newest=None, is_from_pack=True)
    state_cost("activity:wait", norm(before_minutes=20), actor=city.quan, source="đo tại quầy")
    newest = Input.objects.order_by("-number").first()
    add_input("activity:wait", norm(before_minutes=30), actor=city.quan, source="gói", newest=newest, is_from_pack=True)
    assert current(local_today())["activity:wait"].source == "đo tại quầy"


def test_fees() -> None:
    fixed = Fee("a", "a", {"type": "fixed", "amount": 15_000}, by_way={"online": {"factor_bp": 5_000}})
    assert (usual_fee(fixed, "counter"), usual_fee(fixed, "online")) == (15_000, 7_500)
    assert usual_fee(Fee("a", "a", {"type": "per_unit", "unit_amount": 8_000}, by_way={"online": 0}), "online") == 0
    assert usual_fee(Fee("a", "a", {"type": "percent", "base": "x", "rate_bp": 50}), "counter") is None


def test_pages_for_everybody(city: City, client: Client) -> None:
    catalogue()
    assert "Chưa tính được" in client.get("/tiet-kiem/").content.decode()
    assert client.get(f"/tiet-kiem/{CODE}/").status_code == 404
    figures(city.quan)
    filed(local_today(), "web", 4)
    shown = client.get("/tiet-kiem/").content.decode()
    assert "nền tảng tiết kiệm cho người dân" in shown
    assert "Đăng ký khai sinh" in shown
    one = client.get(f"/tiet-kiem/{CODE}/").content.decode()
    for words in ("Số đối tượng một năm", "Giấy chứng sinh", "Tổng một năm", "4 hồ sơ"):
        assert words in one, words
    assert f"/tiet-kiem/{CODE}/" in client.get(f"/thu-tuc/{CODE}/").content.decode()
    assert client.get("/tiet-kiem/?nam=1999").status_code == 404
    assert client.get(f"/tiet-kiem/?nam={local_today().year}").status_code == 200
    english = client.get("/tiet-kiem/", headers={"Accept-Language": "en"}).content.decode()
    assert "Birth registration" in english


def test_the_page_asks_few_questions(city: City, client: Client, django_assert_max_num_queries: Any) -> None:
    """The same for one procedure as for a hundred."""
    catalogue()
    figures(city.quan)
    filed(local_today(), "web", 4)
    client.get("/tiet-kiem/")
    with django_assert_max_num_queries(12):
        client.get("/tiet-kiem/")


def test_open_data(city: City, client: Client) -> None:
    catalogue()
    figures(city.quan)
    filed(local_today(), "web", 4)
    told = json.loads(client.get("/tiet-kiem/so-lieu.json").content)
    found = savings(period())
    assert found is not None
    assert told["saved_cost"] == found.saved.cost > 0
    row = next(row for row in told["rows"] if row["code"] == CODE)
    assert (row["volume"], row["online"]) == (4, 4)
    lines = client.get("/tiet-kiem/so-lieu.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("code,name,")
    assert len(lines) == len(told["rows"]) + 1


def test_stating_over_the_page(city: City, client: Client) -> None:
    catalogue()
    figures(city.quan)
    signed_in(client, city.quan)
    assert client.get(AT).status_code == 200
    given = {**norm(before_minutes=90), "source": "Khảo sát 2026", "number": 1}
    assert client.post(f"{AT}activity/travel/", given).status_code == 302
    assert current(local_today())["activity:travel"].values["before_minutes"] == 90
    grouped = {**given, "before_expense": "15.000", "number": 2}
    assert client.post(f"{AT}activity/travel/", grouped).status_code == 302
    assert current(local_today())["activity:travel"].values["before_expense"] == 15_000  # and not fifteen
    again = client.post(f"{AT}activity/travel/", {**given, "before_minutes": "chín", "source": ""})
    assert again.status_code == 422
    shown = again.content.decode()
    assert "Ghi số nguyên." in shown
    assert "chín" in shown
    assert Input.objects.filter(subject="activity:travel").count() == 3
    year = local_today().year
    new = {"year": year, "basis": "gdp", "amount": 120_000_000, "source": "Niên giám", "number": 0}
    assert client.post(f"{AT}nam-moi/", new).status_code == 422  # there is one: it is changed on its own page
    assert client.post(f"{AT}year/{year}/", {**new, "number": 1}).status_code == 302
    assert inputs(local_today()).years[year].hourly == 56_818
    half = {"subjects": 10, "source": "x", "number": 0}
    assert "Để trống thì tính 2." in client.get(f"{AT}procedure/{CODE}/").content.decode()
    assert "phần nộp trực tuyến" in client.post(f"{AT}procedure/{CODE}/", half).content.decode()
    for nothing in ("procedure/9.999999", "year/1999", "year/%00", "secret/1"):
        assert client.get(f"{AT}{nothing}/").status_code == 404, nothing
