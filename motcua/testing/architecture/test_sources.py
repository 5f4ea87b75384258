"""The guards themselves can see: planted violations are found."""

from pathlib import Path

from motcua.testing.architecture.sources import CODE, Source


def _source(tmp_path: Path, text: str) -> Source:
    file = tmp_path / "planted.py"
    file.write_text(text, encoding="utf-8")
    return Source(file)


def test_an_import_inside_a_function_is_seen(tmp_path: Path) -> None:
    source = _source(tmp_path, "def f():\n    from motcua.kernel.cases.models import Case\n")
    (found,) = source.imports
    assert (found.module, found.names, found.line, found.only_types) == (
        "motcua.kernel.cases.models",
        ("Case",),
        2,
        False,
    )


def test_an_import_of_a_module_by_its_package_is_seen(tmp_path: Path) -> None:
    (found,) = _source(tmp_path, "from motcua.kernel.cases import models\n").imports
    assert "motcua.kernel.cases.models" in found.full_names


def test_an_import_for_types_only_is_told_apart(tmp_path: Path) -> None:
    text = "if TYPE_CHECKING:\n    import a\nelse:\n    import b\n"
    assert [(found.module, found.only_types) for found in _source(tmp_path, text).imports] == [
        ("a", True),
        ("b", False),
    ]


def test_calls_are_named_by_their_dots(tmp_path: Path) -> None:
    source = _source(tmp_path, "timezone.now()\ntransaction.on_commit(send)\n")
    assert [name for name, _ in source.calls] == ["timezone.now", "transaction.on_commit"]


def test_places_in_the_house_are_read_from_the_path() -> None:
    source = Source(CODE / "kernel" / "cases" / "actions" / "moving.py")
    assert (source.package, source.room, source.is_test) == ("motcua.kernel.cases", "actions", False)
    assert Source(CODE / "lib" / "errors.py").package == "motcua.lib"
