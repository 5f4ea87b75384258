"""The pages of the house through Django's client: finding, following, clocks, areas, what signed-in people see."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from motcua.kernel.cases.models import Clock
from motcua.kernel.identity.models import Account
from motcua.kernel.web import kind
from motcua.kernel.web.kind import Finder, Found, PortalTile, register_tiles
from motcua.kernel.web.templatetags.motcua import CLOCK_SIGNER
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
LAMP = Found("PA-1", "Đèn tắt", "/tro-giup/")


@pytest.fixture
def lamp(monkeypatch: pytest.MonkeyPatch) -> Found:
    finder = Finder(
        "test", "Phản ánh", lambda codes, _: [LAMP] * ("PA-1" in codes), lambda words, _: [LAMP] * (words == "den")
    )
    monkeypatch.setitem(kind.FINDERS, "test", finder)
    return LAMP


def html(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_home_offers_only_what_exists(client: Client, city: City) -> None:
    cache.clear()
    page = html(client, "/")
    assert "Tỉnh Thử" in page
    assert "Theo dõi việc" in page
    assert "Bạn cần làm gì hôm nay?" in page
    assert "Cơ quan có giữ hẹn không?" not in page  # nothing has happened here yet


def test_tile_without_a_page_is_left_out(client: Client, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kind.TILES, "ghost", PortalTile("ghost", "Ma", "", "ghost", "no-such-page"))
    assert ">Ma<" not in html(client, "/")


def test_declaring_twice_differently_fails() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        register_tiles(PortalTile("help", "Khác", "", "bulb", "help"))


def test_code_leads_to_its_page(client: Client, city: City, lamp: Found) -> None:
    assert client.get("/tim/", {"q": " PA-1 "})["Location"] == lamp.url
    assert client.get("/theo-doi/", {"code": "PA-1"})["Location"] == lamp.url


def test_words_are_searched(client: Client, city: City, lamp: Found) -> None:
    assert lamp.title in html(client, "/tim/?q=den")
    assert "Không thấy “khac”" in html(client, "/tim/?q=khac")


def test_unknown_code_says_so(client: Client, city: City, lamp: Found) -> None:
    response = client.get("/theo-doi/", {"code": "PA-<2>"})
    assert response.status_code == 404
    assert "Không thấy mã PA-&lt;2&gt;" in response.content.decode()


def test_followed_codes(client: Client, city: City, lamp: Found) -> None:
    page = client.post("/theo-doi/viec/", {"code": ["PA-1", "PA-9"]}).content.decode()
    assert lamp.title in page
    assert 'data-unfollow="PA-9"' in page
    assert "Nhập mã để theo dõi" in client.post("/theo-doi/viec/", {"code": []}).content.decode()


def test_areas_are_the_base_of_maps(client: Client, city: City) -> None:
    response = client.get("/maps/areas.geojson")
    names = {area["properties"]["name"] for area in json.loads(response.content)["features"]}
    assert names == {"Phường Một", "Phường Hai"}
    assert "max-age" in response["Cache-Control"]


def test_clocks_are_told_only_to_whom_they_were_shown(client: Client, city: City) -> None:
    assert client.post("/dong-ho/", {"c": ["1", "1:forged", CLOCK_SIGNER.sign("x")]}).content == b""
    assert Clock.objects.count() == 0


def test_style_page_is_for_those_who_watch_the_system(client: Client, city: City) -> None:
    assert client.get("/desk/-/components/").status_code == 302  # to sign in
    client.force_login(Account.objects.get(pk=city.hoa.id or 0))
    assert client.get("/desk/-/components/").status_code == 403
    client.force_login(Account.objects.get(pk=city.quan.id or 0))
    assert client.get("/desk/-/components/").status_code == 200
