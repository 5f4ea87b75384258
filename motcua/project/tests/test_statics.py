"""What is served under a name of its content, compressed once."""

from pathlib import Path

import brotli
from django.core.files.base import ContentFile

from motcua.project.statics import NamedStaticFiles

STYLE = b".page { color: black }\n" * 200


def test_what_pages_ask_for_is_compressed_and_nothing_twice(tmp_path: Path) -> None:
    storage = NamedStaticFiles(location=tmp_path, base_url="/static/")
    storage.save("mc/desk.css", ContentFile(STYLE))
    storage.save("mc/logo.png", ContentFile(b"\x89PNG"))
    done = list(storage.post_process({name: (storage, name) for name in ("mc/desk.css", "mc/logo.png")}))
    assert not [problem for _name, _hashed, problem in done if isinstance(problem, Exception)]
    named = storage.stored_name("mc/desk.css")
    assert named != "mc/desk.css"
    assert brotli.decompress((tmp_path / f"{named}.br").read_bytes()) == STYLE
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*z")} == {f"{named}.gz"}
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.br")} == {f"{named}.br"}
