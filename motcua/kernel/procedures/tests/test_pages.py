"""What everybody reads: the list, a procedure, data for machines."""

import json

import pytest
from django.test import Client

from motcua.kernel.identity.kind import Actor
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures import ports
from motcua.kernel.procedures.actions import end_procedure
from motcua.kernel.procedures.models import Procedure
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.page import page
from motcua.kernel.procedures.queries.written import read_body
from motcua.kernel.procedures.tests import samples
from motcua.kernel.procedures.tests.samples import CONDITIONAL, body, catalogue, publish
from motcua.testing.city import City

CODE = "1.001193"
NATIONAL = {
    "code": "1.000178",
    "name": "Giải quyết khiếu nại",
    "field": "ho-tich",
    "level": "ministry",
    "online": "info",
    "steps": "Bước 1: Thụ lý",
    "url": "https://dichvucong.gov.vn/x",
    "unread": {"papers": "Giấy tờ viết liền nhau"},
}


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response
    return response.content.decode()


def test_it_works(city: City, client: Client) -> None:
    catalogue()
    shown = text(client, f"/thu-tuc/{CODE}/")
    for words in (
        "Đăng ký khai sinh",
        "4 giấy → 2 giấy phải mang",
        "Lấy từ Cơ sở dữ liệu quốc gia về dân cư",
        "Điền ngay trên trang này",
        "1 ngày làm việc hoặc 2 ngày làm việc",
        "Miễn phí hoặc 8.000 đ",
        "Khai trên trang này hoặc tại quầy.",
        "Phòng Kinh tế Một phường, xã",
        "Khai trong 60 ngày.",
        "Luật Hộ tịch",
        "Mã 1.001193.",
    ):
        assert words in shown, words


def conditional() -> None:
    samples.words()
    found, _mistakes = read_body(CONDITIONAL)
    assert found is not None
    publish(found)


def test_a_paper_that_depends_on_an_answer_says_when(city: City, client: Client) -> None:
    """Listed, but not counted: nobody has answered yet."""
    conditional()
    shown = text(client, f"/thu-tuc/{CODE}/")
    assert "3 giấy → 1 giấy phải mang" in shown
    assert "Giấy chứng sinh" in shown
    assert "Chỉ khi giàu." in shown
    english = client.get(f"/thu-tuc/{CODE}/", headers={"Accept-Language": "en"}).content.decode()
    assert "Only if rich." in english
    for rich, listed in ((True, 4), (False, 3)):
        answers = {"answers": {"married": True, "rich": rich}}
        told = client.post(f"/api/v1/procedures/{CODE}/papers", answers, content_type="application/json").json()
        assert (told["listed"], len(told["papers"])) == (listed, listed)
        assert ("GT.chung-sinh" in [paper["code"] for paper in told["papers"]]) is rich


def test_in_english(city: City, client: Client) -> None:
    catalogue()
    client.cookies["lang"] = "en"
    shown = client.get(f"/thu-tuc/{CODE}/", headers={"Accept-Language": "en"}).content.decode()
    for words in ("Birth registration", "Hospital certificate", "1 working day", "VND 8,000", "For a newborn child."):
        assert words in shown, words
    assert "Giấy chứng sinh" not in shown


def test_the_papers_of_the_chosen_case_are_shown(city: City, client: Client) -> None:
    catalogue()
    assert "Giấy chứng nhận kết hôn" in text(client, f"/thu-tuc/{CODE}/")
    shown = text(client, f"/thu-tuc/{CODE}/?truong-hop=chi-me")
    assert "Giấy chứng nhận kết hôn" not in shown
    assert "→" not in shown  # nothing is saved in this case


def test_a_registry_that_does_not_answer(city: City, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue()
    monkeypatch.setattr("motcua.kernel.procedures.queries.papers.down_registries", lambda: {"population"})
    shown = text(client, f"/thu-tuc/{CODE}/")
    assert "4 giấy → 3 giấy phải mang" in shown
    assert "đang không trả lời" in shown


def test_what_lies_in_ones_store_is_not_asked_for(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue()
    monkeypatch.setattr(ports, "_connected", [lambda actor, codes: codes & {"KQ.ket-hon"}])
    found = in_force(CODE)
    assert found is not None
    needs = page(found, Actor(kind="person", id=1)).cases[0].needs
    assert [need.how for need in needs.each] == ["form", "bring", "registry", "store"]
    assert (needs.listed, needs.to_bring) == (4, 1)
    stranger = page(found, city.an).cases[0].needs
    assert stranger.to_bring == 2


def test_an_imported_one_says_what_it_is(city: City, client: Client) -> None:
    catalogue()
    from motcua.kernel.procedures.kind import Body

    publish(Body.parse({**NATIONAL, "valid_from": "2026-01-01"}, is_imported=True), source=Procedure.Source.NATIONAL)
    shown = text(client, "/thu-tuc/1.000178/")
    for words in ("danh mục quốc gia", "Bước 1: Thụ lý", "Giấy tờ viết liền nhau", "https://dichvucong.gov.vn/x"):
        assert words in shown, words


def test_one_that_ended_says_what_follows_it(city: City, client: Client) -> None:
    catalogue()
    publish(body(code="1.000002", name="Khai sinh liên thông"))
    from datetime import timedelta

    end_procedure(CODE, actor=city.quan, last_day=local_today() - timedelta(days=1), replaced_by="1.000002")
    shown = text(client, f"/thu-tuc/{CODE}/", 410)
    assert "hết hiệu lực" in shown
    assert "/thu-tuc/1.000002/" in shown
    text(client, "/thu-tuc/9.999999/", 404)
    text(client, "/thu-tuc/%00/", 404)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("tim=làm khai sinh cho bé", True),
        ("tim=lam khai sinh", True),
        ("tim=khai shinh", True),
        ("tim=1.0011", True),
        ("linh-vuc=ho-tich", True),
        ("su-kien=sinh-con", True),
        ("cap=commune", True),
        ("muc=full", True),
        ("tim=khai sinh&cap=province", False),
        ("muc=partial", False),
        ("tim=zzzz qqqq", False),
    ],
)
def test_finding(city: City, client: Client, query: str, is_found: bool) -> None:
    catalogue()
    shown = text(client, f"/thu-tuc/?{query}")
    assert (f'href="/thu-tuc/{CODE}/"' in shown) is is_found
    assert ("Không thấy thủ tục nào" in shown) is not is_found


@pytest.mark.parametrize(("limit", "is_unsure"), [(0.1, False), (9.0, True)])
def test_what_hardly_fits_is_said_to_be_the_nearest(
    city: City, client: Client, monkeypatch: pytest.MonkeyPatch, limit: float, is_unsure: bool
) -> None:
    catalogue()
    monkeypatch.setattr("motcua.kernel.procedures.queries.search.UNSURE", limit)
    shown = text(client, "/thu-tuc/?tim=khai sinh")
    assert f'href="/thu-tuc/{CODE}/"' in shown
    assert ("Chưa thấy thủ tục nào khớp hẳn" in shown) is is_unsure


def test_without_a_question_the_list_shows_life_and_fields(city: City, client: Client) -> None:
    catalogue()
    shown = text(client, "/thu-tuc/")
    assert "?su-kien=sinh-con" in shown
    assert "?linh-vuc=ho-tich" in shown
    assert "mua-nha-dat" not in shown  # no procedure belongs to it
    text(client, "/thu-tuc/?cap=<script>&trang=-1&linh-vuc=%00&tim=%00")


def test_what_is_typed_is_never_markup(city: City, client: Client) -> None:
    catalogue()
    shown = text(client, "/thu-tuc/?tim=<b>khai sinh</b>")
    assert "<b>khai" not in shown


def test_the_home_page_leads_here(city: City, client: Client) -> None:
    catalogue()
    shown = text(client, "/")
    assert 'href="/thu-tuc/"' in shown
    assert "/thu-tuc/?su-kien=sinh-con" in shown
    assert f"/thu-tuc/{CODE}/" in text(client, "/tim/?q=khai sinh cho bé")


def test_linked_data_of_one_and_of_all(city: City, client: Client) -> None:
    catalogue()
    response = client.get(f"/thu-tuc/{CODE}/cpsv.jsonld")
    assert response["Content-Type"].startswith("application/ld+json")
    told = json.loads(response.content)
    assert told["@type"] == "cpsv:PublicService"
    assert told["@id"] == f"http://testserver/thu-tuc/{CODE}/"
    assert {"@language": "en", "@value": "Birth registration"} in told["dct:title"]
    assert told["cv:hasCost"][0]["cv:value"] == 8000
    assert told["cv:processingTime"] == {"@type": "xsd:duration", "@value": "P1D"}
    assert len(told["cpsv:hasInput"]) == 4
    everything = client.get("/thu-tuc/cpsv.jsonld")
    graph = json.loads(b"".join(everything))["@graph"]
    assert [one["dct:identifier"] for one in graph] == [CODE]
    again = client.get("/thu-tuc/cpsv.jsonld", headers={"If-None-Match": everything["ETag"]})
    assert again.status_code == 304
    assert client.get("/thu-tuc/9.999999/cpsv.jsonld").status_code == 404


def test_what_data_there_is(city: City, client: Client) -> None:
    told = client.get("/data.json").json()
    assert told["@type"] == "dcat:Catalog"
    links = [form["downloadURL"] for dataset in told["dataset"] for form in dataset["distribution"]]
    for address in ("/thu-tuc/cpsv.jsonld", "/phan-anh/rss.xml", "/board/so-lieu.csv", "/api/v1/procedures"):
        assert f"http://testserver{address}" in links


def test_rows_for_programs(city: City, client: Client) -> None:
    catalogue()
    rows = client.get("/api/v1/procedures?words=khai sinh cho be").json()
    assert [row["code"] for row in rows["items"]] == [CODE]
    assert rows["next"] is None
    one = client.get(f"/api/v1/procedures/{CODE}").json()
    assert one["body"]["form"] == "khai-sinh"
    assert client.get("/api/v1/procedures/9.999999").status_code == 404
    papers = client.post(
        f"/api/v1/procedures/{CODE}/papers", {"answers": {"married": False}}, content_type="application/json"
    ).json()
    assert (papers["case"], papers["listed"], papers["to_bring"]) == ("chi-me", 1, 1)
    groups = client.get("/api/v1/procedure-groups").json()
    assert [group["code"] for group in groups["life_events"]] == ["sinh-con"]


@pytest.mark.parametrize(
    ("address", "most"), [("/thu-tuc/", 12), ("/thu-tuc/?tim=khai+sinh", 12), (f"/thu-tuc/{CODE}/", 12)]
)
def test_pages_ask_little(
    city: City, client: Client, django_assert_max_num_queries: object, address: str, most: int
) -> None:
    catalogue()
    publish(*(body(code=f"1.00{n:04}", name=f"Thủ tục {n}") for n in range(2000, 2020)))
    client.get(address)
    with django_assert_max_num_queries(most):  # type: ignore[operator]
        client.get(address)


def test_the_forecast_is_that_of_the_calendar(city: City) -> None:
    catalogue()
    found = in_force(CODE)
    assert found is not None
    shown = page(found, city.an)
    assert shown.forecast is not None
    assert shown.forecast.due_at > shown.forecast.due_at.replace(hour=0)
