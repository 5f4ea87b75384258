"""The pages of the house through Django's client: finding, following, clocks, areas, what signed-in people see."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.cases.models import Clock
from motcua.kernel.identity.models import Account
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import Unit
from motcua.kernel.packs import queries as packs
from motcua.kernel.packs.models import City as Pack
from motcua.kernel.places.models import Area
from motcua.kernel.web import kind
from motcua.kernel.web.kind import Finder, Found, PortalTile, register_tiles
from motcua.kernel.web.templatetags.motcua import CLOCK_SIGNER
from motcua.kernel.web.views.errors import failed
from motcua.lib import moment
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


SAID = {
    "map": {"lat": 21.03, "lon": 105.85, "zoom": 11},
    "contact": {"hotline": "18001", "hotline_hours": "07:00–21:00"},
    "emergency": {"ambulance": "915", "fire": "914", "police": "913"},
    "legal": {"basis": ["Nghị quyết về <trang> này"]},
}


def says(settings: dict[str, Any]) -> None:
    """The city says this from now on."""
    Pack.objects.update_or_create(
        defaults={"pack": "thu", "number": 1, "settings": settings, "applied_at": moment.now()}
    )
    packs.forget()


def test_pages_say_what_the_city_says(client: Client, city: City) -> None:
    says(SAID)
    page = html(client, "/tro-giup/")
    assert "Gọi <b>18001</b> khi cần người hướng dẫn. Cấp cứu, cháy nổ, tội phạm: gọi 915, 914, 913." in page
    assert "Cấp cứu, cháy nổ, tội phạm đang xảy ra: gọi 915, 914, 913." in page
    assert "Giờ trực: 07:00–21:00." in page
    assert "<li>Nghị quyết về &lt;trang&gt; này</li>" in page
    assert "Muốn dùng quyền này, gọi 18001" in html(client, "/du-lieu-cua-ban/")


def test_pages_of_a_city_that_says_nothing(client: Client, city: City) -> None:
    says({"emergency": {"fire": "914"}})
    page = html(client, "/tro-giup/")
    assert "Gọi <b>chính quyền nơi bạn ở</b> khi cần người hướng dẫn." in page
    assert "Cấp cứu" not in page
    assert "Căn cứ pháp lý" not in page


def test_maps_open_where_the_city_says_else_in_its_middle() -> None:
    def drawn(**values: Any) -> str:
        return render_to_string("components/map.html", values, RequestFactory().get("/"))

    says(SAID)
    assert 'data-centre-lat="21.03" data-centre-lon="105.85" data-zoom="11"' in drawn(zoom=17, edit="a b")
    assert 'data-lat="10.5" data-lon="106.5" data-zoom="17"' in drawn(lat=10.5, lon=106.5, zoom=17)
    assert "data-centre-lat" not in drawn(fit=True)
    says({})
    assert "data-centre-lat" not in drawn()


def test_maps_of_a_city_that_says_nothing_open_in_its_middle(city: City) -> None:
    page = render_to_string("components/map.html", {}, RequestFactory().get("/"))
    region = Area.objects.get(code="68")
    assert f'data-centre-lat="{region.lat}" data-centre-lon="{region.lon}"' in page


def test_when_all_is_broken_the_numbers_are_still_known(
    city: City, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(SAID)
    packs.city_setting("pack", "name")
    monkeypatch.setattr("motcua.lib.versioned.monotonic", lambda: 60.0)  # anybody else would ask again
    with django_assert_num_queries(0):
        page = failed(RequestFactory().get("/")).content.decode()
    assert "Việc gấp: gọi 18001. Cấp cứu, cháy nổ, tội phạm: gọi 915, 914, 913." in page


def test_an_english_page_calls_units_by_their_english_names(client: Client, city: City) -> None:
    def drawn() -> str:
        return client.get("/", headers={"accept-language": "en"}).content.decode()

    province = city.ward_one.parent
    assert province is not None
    assert f'<b><span lang="vi">{province.name}</span></b>' in drawn()  # for those who hear it
    Unit.objects.filter(pk=province.pk).update(name_en="People's Committee of Here")
    org.forget()
    assert "<b>People&#x27;s Committee of Here</b>" in drawn()
    assert f"<b>{province.name}</b>" in client.get("/", headers={"accept-language": "vi"}).content.decode()
