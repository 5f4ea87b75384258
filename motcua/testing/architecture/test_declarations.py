"""What is declared is complete and used: addresses, permissions, events, tables."""

import ast
import io
import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation

from motcua.kernel.events.kind import EVENTS
from motcua.kernel.identity.kind import PERMISSIONS
from motcua.kernel.identity.views import PUBLIC
from motcua.testing.architecture.sources import in_use

# Login pages of the library: they decide themselves, and each is for everybody or for whoever is signed in.
LIBRARY_ADDRESSES = ("accounts/",)


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def _permissions(view: object) -> list[object]:
    """Of a function, of a class-based view, or of each operation behind one address of the JSON API."""
    for cell in getattr(view, "__closure__", None) or ():  # ninja's views keep theirs there
        if operations := getattr(cell.cell_contents, "operations", None):
            return [getattr(operation.view_func, "permission", None) for operation in operations]
    owner = getattr(view, "view_class", view)
    return [getattr(view, "permission", getattr(owner, "permission", None))]


def test_every_address_has_a_permission_or_is_public() -> None:
    problems = []
    for address, view in _views(get_resolver().url_patterns):
        if address.startswith(LIBRARY_ADDRESSES):
            continue
        for permission in _permissions(view):
            if permission != PUBLIC and permission not in PERMISSIONS:
                problems.append(f"/{address}: {permission!r} (mark the view with @public or @requires)")
    assert not problems, "\n" + "\n".join(problems)


def test_the_guard_sees_the_operations_of_the_api() -> None:
    assert _permissions(resolve("/api/v1/inbox").func) == ["desk.enter"]
    assert _permissions(resolve("/api/v1/incidents").func) == [PUBLIC, PUBLIC]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_event_has_a_sentence(language: str) -> None:
    with translation.override(language):
        problems = [name for name, kind in EVENTS.items() if not str(kind.sentence).strip()]
    assert not problems


def test_both_languages_say_the_same_things_of_an_event() -> None:
    def gaps(sentence: object, language: str) -> set[str]:
        with translation.override(language):
            return set(re.findall(r"{(\w+)", str(sentence)))

    problems = [
        f"{name}: {gaps(kind.sentence, 'vi')} ≠ {gaps(kind.sentence, 'en')}"
        for name, kind in EVENTS.items()
        if gaps(kind.sentence, "vi") != gaps(kind.sentence, "en")
    ]
    assert not problems, "\n" + "\n".join(problems)


def test_every_recorded_event_is_declared() -> None:
    problems = []
    for source in in_use():
        for name, call in source.calls:
            first = call.args[0] if call.args else None
            is_record = name.rsplit(".", 1)[-1] == "record" and isinstance(first, ast.Constant)
            if is_record and isinstance(first, ast.Constant) and first.value not in EVENTS:
                problems.append(f"{source.name}:{call.lineno} records {first.value!r}")
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.django_db
def test_the_tables_are_as_the_models_say() -> None:
    output = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output, stderr=output)
    except SystemExit:
        pytest.fail(f"run `motcua makemigrations`:\n{output.getvalue()}")
