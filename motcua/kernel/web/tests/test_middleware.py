"""Security headers, refusals as pages, problems and notes, limits, addresses, language."""

import json
from urllib.parse import unquote

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import include, path
from pytest_django import Settings

from motcua.kernel.identity.views import public
from motcua.kernel.web.views.middleware import (
    Buckets,
    GetResponse,
    SecurityHeaders,
    buckets,
    client_address,
    limited,
)
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db


@public
def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("stale", "Việc này vừa có người đổi.", fields={"unit": "Chọn đơn vị."}, since=3)


@public
def crash(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("secret words")


@public
def lose(request: HttpRequest) -> HttpResponse:
    raise OperationalError("password of a host") from psycopg.errors.AdminShutdown("password of a host")


@public
def wait(request: HttpRequest) -> HttpResponse:
    raise OperationalError("too slow") from psycopg.errors.QueryCanceled("too slow")


def break_beside(get_response: GetResponse) -> GetResponse:
    """A middleware that asks the database, as sessions do."""

    def ask(request: HttpRequest) -> HttpResponseBase:
        if request.path == "/report/":
            raise OperationalError("gone") from psycopg.OperationalError("gone")
        return get_response(request)

    return ask


@public
@limited("test", per_hour=2)
def report(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("refuse/", refuse),
    path("api/refuse/", refuse),
    path("crash/", crash),
    path("api/crash/", crash),
    path("lose/", lose),
    path("api/lose/", lose),
    path("wait/", wait),
    path("report/", report),
    path("", include("motcua.project.urls")),
]
handler404 = "motcua.kernel.web.views.errors.not_found"
handler500 = "motcua.kernel.web.views.errors.failed"
here = pytest.mark.urls(__name__)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@here
def test_policy_allows_nothing_inline(client: Client, settings: Settings) -> None:
    settings.LIVE_URL = "https://live.example.vn/x"
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert policy.endswith("connect-src 'self' https://live.example.vn")


@here
def test_policy_names_the_tiles_only(settings: Settings) -> None:
    settings.MAP_TILES_URL = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    policy = SecurityHeaders(lambda _: HttpResponse())(RequestFactory().get("/"))["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://*.tiles.example;" in policy


@here
def test_streams_are_on_this_host_by_default(client: Client, settings: Settings) -> None:
    settings.LIVE_URL, settings.LIVE_PORT, settings.ALLOWED_HOSTS = "", 9001, ["*"]
    assert client.get("/", headers={"host": "h.example:80"})["Content-Security-Policy"].endswith(
        "http://h.example:9001"
    )
    assert client.get("/", headers={"host": "[::1]:80"})["Content-Security-Policy"].endswith("http://[::1]:9001")


@here
def test_refusal_is_a_page(client: Client) -> None:
    response = client.get("/refuse/", headers={"accept": "text/html"})
    assert response.status_code == 409
    assert "Việc này vừa có người đổi." in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()


@here
@pytest.mark.parametrize(("address", "accept"), [("/api/refuse/", "text/html"), ("/refuse/", "application/json")])
def test_refusal_is_problem_json(client: Client, address: str, accept: str) -> None:
    response = client.get(address, headers={"accept": accept})
    problem = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert response.status_code == problem["status"] == 409
    assert problem["detail"] == "Việc này vừa có người đổi."
    assert (problem["code"], problem["since"], problem["instance"]) == ("stale", 3, address)
    assert problem["errors"] == {"unit": "Chọn đơn vị."}


@here
def test_refusal_is_a_note_for_htmx(client: Client) -> None:
    response = client.post("/refuse/", headers={"hx-request": "true"})
    assert response.status_code == 409
    assert unquote(response["X-Refused"]) == "Việc này vừa có người đổi."
    assert response.content == b""


@here
def test_bug_tells_nothing(client: Client) -> None:
    for address in ("/crash/", "/api/crash/"):
        response = client.get(address)
        assert response.status_code == 500
        assert b"secret words" not in response.content
        assert response["X-Request-ID"] in response.content.decode()


@here
@pytest.mark.parametrize("address", ["/lose/", "/report/"])
@pytest.mark.parametrize(("language", "words"), [("vi", "quay lại trang trước rồi gửi lại"), ("en", "go back")])
def test_while_the_database_is_away_a_page_says_so(
    client: Client, settings: Settings, address: str, language: str, words: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.break_beside"]
    response = client.post(address, headers={"accept": "text/html", "accept-language": language})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    page = response.content.decode()
    assert words in page
    assert f'<html lang="{language}">' in page
    assert "password" not in page


@here
def test_while_the_database_is_away_programs_and_parts_of_pages_are_told(client: Client) -> None:
    problem = client.get("/api/lose/")
    assert (problem.status_code, problem.json()["code"], problem["Retry-After"]) == (503, "unavailable", "5")
    part = client.get("/lose/", headers={"hx-request": "true"})
    assert (part.status_code, part.content) == (503, b"")
    assert "gửi lại" in unquote(part["X-Refused"])


@here
def test_what_the_database_itself_refuses_is_a_bug_of_ours(client: Client) -> None:
    assert client.get("/wait/").status_code == 500


@here
def test_unknown_address(client: Client) -> None:
    assert "Không thấy trang này" in client.get("/khong-co/").content.decode()
    assert client.get("/api/khong-co/")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("address", "kind"), [("/", "text/html"), ("/api/v1/incidents", "application/problem+json")])
@pytest.mark.parametrize("host", ["elsewhere.example", "bad host"])
def test_a_host_that_is_not_ours(settings: Settings, address: str, kind: str, host: str) -> None:
    settings.ALLOWED_HOSTS, settings.LIVE_URL = ["ours.example"], ""
    response = Client().get(address, headers={"host": host, "referer": f"http://{host}/x"})  # any crash would be raised
    assert response.status_code == 400
    assert response["Content-Type"].startswith(kind)
    assert host not in response.content.decode()
    assert host not in response["Content-Security-Policy"]
    assert "default-src 'self'" in response["Content-Security-Policy"]


@here
def test_too_many(client: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    buckets.clear()
    assert [client.post("/report/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/report/").status_code == 200  # reading is free
    assert client.post("/report/", REMOTE_ADDR="203.0.113.9").status_code == 200
    refused = client.post("/report/")
    assert 1 <= int(refused["Retry-After"]) <= 1800
    buckets.clear()


def test_buckets_forget_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Buckets, "MOST", 2)
    held = Buckets()
    assert [held.take("n", who, burst=1, per_second=0.001) for who in "abc"] == [0, 0, 0]
    assert held.take("n", "a", burst=1, per_second=0.001) == 0  # was forgotten
    assert held.take("n", "c", burst=1, per_second=0.001) > 0


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "address"),
    [
        (0, "198.51.100.7", "192.0.2.1", "192.0.2.1"),  # nobody of ours wrote it
        (1, "6.6.6.6, 198.51.100.7", "192.0.2.1", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.2", "192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1", "192.0.2.1"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "rubbish", "192.0.2.1", "unknown"),
    ],
)
def test_client_address(settings: Settings, proxies: int, forwarded: str, remote: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR=remote)
    assert client_address(request) == address


@here
def test_language_goes_back_only_to_us(client: Client) -> None:
    answer = client.post("/ngon-ngu/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert answer.cookies["motcua_language"].value == "en"
    assert "motcua_language" not in client.post("/ngon-ngu/", {"language": "xx", "next": "/"}).cookies


@here
def test_public_pages_set_no_cookie(client: Client) -> None:
    for address in ("/", "/theo-doi/", "/tim/?q=den", "/du-lieu-cua-ban/", "/tro-giup/"):
        assert not client.get(address).cookies, address


@here
def test_forged_form_is_refused_readably() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/report/")
    assert response.status_code == 403
    assert "Trang đã mở quá lâu" in response.content.decode()


def test_who_comes_back_to_where_a_form_was_sent_is_told_so(client: Client) -> None:
    answer = client.get("/ngon-ngu/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Quay lại trang đó rồi bấm lại" in answer.content.decode()
    told = client.get("/ngon-ngu/", headers={"Accept": "application/json"}).json()
    assert told["code"] == "method_not_allowed"
