import stat
from base64 import b64encode
from pathlib import Path

import pytest

from motcua.lib.errors import Refused
from motcua.project.keys import field_keys, kept_secret, new_field_key, new_secret_key


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret.key"
    first = kept_secret(file, new_secret_key)
    assert kept_secret(file, new_secret_key) == first
    assert len(first) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_whoever_was_first_counts(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"

    def slow() -> str:
        file.write_text("theirs\n", encoding="ascii")
        return "ours"

    assert kept_secret(file, slow) == "theirs"


def test_an_empty_file_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "field.key"
    file.touch()
    with pytest.raises(Refused, match=r"field\.key is empty"):
        kept_secret(file, new_field_key)
    assert file.read_text(encoding="ascii") == ""


def test_the_ring_keeps_its_order() -> None:
    new, old = new_field_key(), new_field_key()
    for text in (f"{new},{old}", f"{new}\n{old}\n"):
        keys = field_keys(text)
        assert [b64encode(key).decode() for key in keys] == [new, old]
        assert all(len(key) == 32 for key in keys)


@pytest.mark.parametrize("text", ["", "c2hvcnQ=", "not base64!", f"{b64encode(b'x' * 32).decode()},short"])
def test_a_wrong_key_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="FIELD_KEY"):
        field_keys(text)
