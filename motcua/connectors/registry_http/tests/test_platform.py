"""The connector to a data-sharing platform against a faithful local server."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from motcua.connectors.registry_http import actions
from motcua.connectors.registry_http.actions import SharingPlatform
from motcua.connectors.registry_http.kind import read_map
from motcua.connectors.registry_http.tests.platform import CLIENT_ID, KEY, SECRET, Platform
from motcua.kernel.registries.ports import Asking, source_of
from motcua.lib.errors import ConnectorError

AN_ID, BINH_ID = "068190000101", "068085000102"
MAP = """
[population]
path = "/v1/citizens"
ask = { citizen = { pid = "{national_id}" }, purpose = "{purpose}", never = "{plate}" }
record = "data.0"
ok = "code == OK"
none = "status == 404"
updated = "updatedAt"

[population.fields]
national_id = "pid"
name = "fullName"
born_on = { at = "birth.date", date = "%d/%m/%Y" }
sex = { at = "gender", values = { "1" = "nam", "2" = "nu" } }
address = { area = "home.ward", line = "home.street" }

[vehicles]
path = "/v1/vehicles"
method = "GET"
ask = { pid = "{national_id}", plate = "{plate}" }
record = "data.0"
none = "code == NOT_FOUND"
fields = { plate = "plate", owner_national_id = "pid", owner_name = "fullName" }
"""
ASKING = Asking("11111111-2222-3333-4444-555555555555", "procedure", "officer:7")


@pytest.fixture(scope="module")
def server() -> Iterator[Platform]:
    platform = Platform()
    yield platform
    platform.shutdown()


@pytest.fixture
def platform(server: Platform, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    file = tmp_path / "map.toml"
    file.write_text(MAP, encoding="utf-8")
    settings.CONNECTORS = {
        **settings.CONNECTORS,
        "registry_http": {
            "url": server.url, "map": str(file), "token_url": f"{server.url}/token", "client_id": CLIENT_ID,
            "client_secret": SECRET, "scope": "", "signing_key": KEY, "timeout": "0.6",
        },
    }  # fmt: skip
    monkeypatch.setattr(actions, "_token", {})
    server.people = {
        AN_ID: {"pid": AN_ID, "fullName": "Nguyễn Thị Mẫu An", "birth": {"date": "02/05/1990"}, "gender": 2,
                "home": {"ward": "24778", "street": "Số 1 đường Thử"}},
        BINH_ID: {"pid": BINH_ID, "fullName": "Trần Văn Mẫu Bình", "plate": "49A-123.45"},
    }  # fmt: skip
    server.script, server.is_token_down, server.token_seconds = [], False, 3600
    server.asked.clear()
    server.tokens.clear()
    server.token_count = 0
    return server


def ask(national_id: str = AN_ID, registry: str = "population") -> Any:
    return SharingPlatform().look_up(registry, {"national_id": national_id}, ASKING)


def test_it_answers_in_our_words(platform: Platform) -> None:
    record = ask()
    assert record.values == {
        "national_id": AN_ID, "name": "Nguyễn Thị Mẫu An", "born_on": "1990-05-02", "sex": "nu",
        "address": {"area": "24778", "line": "Số 1 đường Thử"},
    }  # fmt: skip
    assert record.as_of.isoformat() == "2026-11-01T08:00:00+07:00"
    assert record.source == "registry_http"
    assert platform.asked == [{"X-Request-Id": ASKING.request_id, "X-Purpose": "procedure", "X-Requester": "officer:7"}]


def test_by_get_as_well(platform: Platform) -> None:
    assert ask(BINH_ID, "vehicles").values["plate"] == "49A12345"


def test_nobody_there(platform: Platform) -> None:
    assert ask("068190000999") is None


def test_one_token_for_many_questions_until_its_end(platform: Platform) -> None:
    for _ in range(3):
        ask()
    assert platform.token_count == 1
    actions._token.clear()
    platform.token_seconds = 10  # less than the margin: never used twice
    ask()
    ask()
    assert platform.token_count == 3


def test_a_token_that_ended_early_is_renewed_once(platform: Platform) -> None:
    ask()
    platform.script = ["expired"]
    assert ask().values["name"] == "Nguyễn Thị Mẫu An"
    assert platform.token_count == 2


@pytest.mark.parametrize("trouble", ["slow", "cut", "500", "429"])
def test_a_read_is_repeated_with_the_same_number(platform: Platform, trouble: str) -> None:
    platform.script = [trouble]
    assert ask().values["name"] == "Nguyễn Thị Mẫu An"
    assert [asked["X-Request-Id"] for asked in platform.asked] == [ASKING.request_id] * 2


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (["500"] * 3, "HTTP 500"),
        (["slow"] * 3, "time"),
        (["refuse"], "says no"),
        (["no-json"], "no JSON"),
        (["list"], "says no|no object"),
        (["huge"], "too long"),
        (["other"], "about another national_id"),
        (["expired", "expired"], "401"),
    ],
)
def test_trouble_is_an_error_and_names_nobody(platform: Platform, script: list[str], words: str) -> None:
    ask()
    platform.script = list(script)
    with pytest.raises(ConnectorError) as error:
        ask()
    assert re.search(words, str(error.value), re.IGNORECASE)
    assert AN_ID not in str(error.value)
    assert "Mẫu" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda person: person.pop("fullName"), "name"),
        (lambda person: person.update(birth={"date": "1990-05-02"}), "born_on"),
        (lambda person: person.update(gender="unknown"), "sex"),
        (lambda person: person.update(pid="12"), "national_id"),
    ],
)
def test_a_wrong_shape_names_the_field(platform: Platform, change: Callable[[Any], object], field: str) -> None:
    change(platform.people[AN_ID])
    with pytest.raises(ConnectorError, match=rf"population\.{field}"):
        ask()


def test_a_wrong_secret_or_key_is_refused(platform: Platform, settings: Any) -> None:
    values = settings.CONNECTORS["registry_http"]
    settings.CONNECTORS = {**settings.CONNECTORS, "registry_http": {**values, "signing_key": "wrong"}}
    with pytest.raises(ConnectorError, match=r"403|says no"):
        ask()
    settings.CONNECTORS = {**settings.CONNECTORS, "registry_http": {**values, "client_secret": "wrong"}}
    actions._token.clear()
    with pytest.raises(ConnectorError, match="no token"):
        ask()


def test_the_check_asks_about_nobody(platform: Platform) -> None:
    assert "http" in SharingPlatform().check("population")  # well, but not encrypted
    assert platform.asked == []
    platform.is_token_down = True
    assert "REGISTRY_TOKEN_URL" in SharingPlatform().check("population")
    assert SharingPlatform().check("land")


def test_nobody_listens(platform: Platform, settings: Any) -> None:
    values = {**settings.CONNECTORS["registry_http"], "url": "http://127.0.0.1:9", "token_url": ""}
    settings.CONNECTORS = {**settings.CONNECTORS, "registry_http": values}
    with pytest.raises(ConnectorError):
        ask()


def test_it_is_asked_before_our_own_tables_once_it_is_set_up(platform: Platform, settings: Any) -> None:
    assert source_of("population").name == "registry_http"
    assert source_of("land").name == "local"
    broken = {**settings.CONNECTORS["registry_http"], "map": "/nowhere.toml"}
    settings.CONNECTORS = {**settings.CONNECTORS, "registry_http": broken}
    assert source_of("land").name == "registry_http", "a wrong set-up is an outage, not silently another source"
    with pytest.raises(ConnectorError, match="REGISTRY_MAP"):
        ask()
    settings.CONNECTORS = {**settings.CONNECTORS, "registry_http": {**broken, "url": ""}}
    assert source_of("population").name == "local"


@pytest.mark.parametrize(
    "text",
    [
        "[people]\npath='/x'\nfields={name='a'}",
        "[population]\npath='/x'",
        "[population]\nfields={name='a'}",
        "[population]\npath='/x'\nfields={surname='a'}",
        "[population]\npath='/x'\nmethod='PUT'\nfields={name='a'}",
        "[population]\npath='/x'\nok='code'\nfields={name='a'}",
        "[population]\npath='/x'\nretry=3\nfields={name='a'}",
        "[population]\npath='/x'\nfields={name={where='a'}}",
        "[population",
    ],
)
def test_a_wrong_map_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_map(text)
