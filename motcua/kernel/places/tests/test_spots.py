"""Where people say that something is: streets, places, communes by present and former names; approximate."""

from datetime import date

import pytest
from django.test import Client

from motcua.kernel.org.queries import served
from motcua.kernel.places import queries
from motcua.kernel.places.models import Area, AreaVersion, Landmark, Succession
from motcua.kernel.places.queries import commune_in, find_spots
from motcua.testing.city import City, add_neighbour

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gazetteer(city: City) -> None:
    one, two = Area.objects.get(code="24778"), Area.objects.get(code="24781")
    for area, name, kind, aliases in (
        (one, "Phan Đình Phùng", "street", []),
        (one, "Ba Tháng Hai", "street", ["3 tháng 2", "3/2"]),
        (one, "Hồ Xuân Hương", "place", []),
        (two, "Hồ Xuân Hương", "street", ["đường Hồ Xuân Hương"]),
        (two, "Chợ Đà Lạt", "place", ["chợ đêm"]),
        (two, "Lê Lợi", "street", []),
        (one, "Lê Lợi", "street", []),
    ):
        Landmark.objects.create(area=area, name=name, kind=kind, aliases=aliases, lat=area.lat, lon=area.lon)
    old = Area.objects.create(
        code="99999", name="9", full_name="Phường 9", folded="phuong 9", level="commune", type="phuong",
        parent=one.parent, lat=one.lat, lon=one.lon, valid_from=date(1990, 1, 1), valid_to=date(2025, 6, 30),
    )  # fmt: skip
    Succession.objects.create(old=old, new=one, kind="whole", on=date(2025, 7, 1))
    AreaVersion.objects.update(number=AreaVersion.objects.get().number + 1)
    queries.forget()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("12 Phan Đình Phùng", "Phan Đình Phùng"),
        ("45/2A phan dinh phung, p. 9", "Phan Đình Phùng"),
        ("phan dinh", "Phan Đình Phùng"),
        ("3/2", "Ba Tháng Hai"),
        ("15 3 tháng 2", "Ba Tháng Hai"),
        ("chợ đêm", "Chợ Đà Lạt"),
        ("phường hai", "Phường Hai"),
        ("Phường 9", "Phường Một"),
    ],
)
def test_found_by_what_people_type(words: str, first: str) -> None:
    assert find_spots(words, served())[0].label == first


@pytest.mark.parametrize("words", ["", "a", "9", "zzz qqq", "!!!", "\x00", "x" * 5000])
def test_nothing_is_found_for_nothing(words: str) -> None:
    assert find_spots(words, served()) == []


def test_the_commune_that_was_told_comes_first() -> None:
    assert [spot.within for spot in find_spots("Lê Lợi, phường Hai", served())][:1] == ["Phường Hai"]
    assert [spot.within for spot in find_spots("Lê Lợi, phường Một", served())][:1] == ["Phường Một"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("12 Phan Đình Phùng", "24778"),
        ("trước chợ Đà Lạt", "24781"),
        ("12 Lê Lợi", None),  # in both
        ("12 Lê Lợi, Phường Hai", "24781"),
        ("đường Hồ Xuân Hương", "24781"),
        ("bờ Hồ Xuân Hương", None),
        ("phường 9", "24778"),
        ("Phường Một và Phường Hai", None),
        ("đâu đó", None),
    ],
)
def test_the_commune_of_an_address(address: str, code: str | None) -> None:
    found = commune_in(address, served())
    assert (found.code if found else None) == code


def test_what_lies_in_communes_that_are_not_served_is_not_offered() -> None:
    beside = add_neighbour()
    Landmark.objects.create(area=beside, name="Hẻm Bên Kia", kind="street", lat=beside.lat, lon=beside.lon)
    queries.forget()
    everywhere = queries.areas().communes
    for words, address in (("phường hai bên", "12 Phường Hai Bên"), ("hẻm bên kia", "12 Hẻm Bên Kia")):
        assert [spot.area.code for spot in find_spots(words, {row.id for row in everywhere})][:1] == ["25459"]
        assert "25459" not in [spot.area.code for spot in find_spots(words, served())]
        assert commune_in(address, {beside.id}) == queries.area(beside.id)
        assert commune_in(address, served()) is None
        assert "Bên" not in str(Client().get("/maps/search", {"q": words}).json())


def test_an_address_that_names_a_commune_elsewhere_is_of_none_here() -> None:
    add_neighbour()
    assert commune_in("12 Phan Đình Phùng, Phường Hai Bên", served()) is None
    for address in ("12 Phan Đình Phùng, Phường Một, gần Hai Bên", "12 Phan Đình Phùng"):
        assert (found := commune_in(address, served())) is not None
        assert found.code == "24778"


def test_the_page_marks_what_is_approximate() -> None:
    answer = Client().get("/maps/search", {"q": "cho da lat"}).json()
    assert answer["items"][0]["label"] == "Chợ Đà Lạt"
    assert answer["items"][0]["approximate"] is True
    for odd in ("", "\x00", "%", "x" * 3000):
        assert Client().get("/maps/search", {"q": odd}).status_code == 200
