from pathlib import Path

import pytest

from motcua.lib.errors import Refused
from motcua.project.env import env_bool, env_int, env_list, env_path, env_secret, env_str


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THING", raising=False)
    monkeypatch.delenv("THING_FILE", raising=False)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "")
    assert env_str("THING", "default") == "default"
    assert env_bool("THING", True) is True
    assert env_int("THING", 7) == 7
    assert env_list("THING", ["a"]) == ["a"]
    assert env_path("THING", Path("/x")) == Path("/x")


def test_a_required_one_that_is_missing_is_named() -> None:
    with pytest.raises(Refused, match="THING must be set"):
        env_str("THING")


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("Yes", True), ("off", False), ("0", False)])
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
    monkeypatch.setenv("THING", raw)
    assert env_bool("THING", not value) is value


@pytest.mark.parametrize("raw", ["maybe", "2", "tru"])
def test_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("THING", raw)
    with pytest.raises(Refused, match="THING="):
        env_bool("THING", False)


@pytest.mark.parametrize("raw", ["8000x", "-1", "70000", "1.5"])
def test_a_number_outside_its_range_is_refused(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("THING", raw)
    with pytest.raises(Refused, match="whole number"):
        env_int("THING", 1, least=0, most=65535)


def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", " a, b,,c ")
    assert env_list("THING") == ["a", "b", "c"]


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env_secret("THING") == "s3cret"


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THING", "a")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    with pytest.raises(Refused, match="both set"):
        env_secret("THING")


@pytest.mark.parametrize("content", [None, " \n"])
def test_a_secret_file_that_is_missing_or_empty_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "secret").write_text(content, encoding="utf-8")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    with pytest.raises(Refused, match="THING_FILE"):
        env_secret("THING")
