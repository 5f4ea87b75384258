"""What import-linter cannot say about who may import whom."""

import re

import pytest

from motcua.testing.architecture.sources import ROOT, Source, in_use, sources

PURE_ROOMS = {"kind", "models", "queries", "actions", "ports"}
WEB_ONLY = ("django.http", "django.views", "django.shortcuts", "ninja")
FORBIDDEN = {
    "django.dispatch": "no signals: a reader of events does it",
    "django.db.models.signals": "no signals: a reader of events does it",
    "django.contrib.contenttypes.fields": "no generic relations",
    "django.contrib.contenttypes.generic": "no generic relations",
}
LONGEST_FILE = 500
FOREIGN_MODELS = re.compile(r"motcua\.(?:kernel|modules|connectors)\.(\w+)\.models\b")


def _found(problems: list[str]) -> str:
    return "\n" + "\n".join(problems)


def test_rooms_below_the_views_know_no_http() -> None:
    problems = [
        f"{source.name}:{found.line} imports {found.module}"
        for source in in_use()
        if source.room in PURE_ROOMS
        for found in source.imports
        if not found.only_types and found.module.startswith(WEB_ONLY)
    ]
    assert not problems, _found(problems)


def test_nobody_imports_the_models_of_another_package() -> None:
    problems = []
    for source in in_use():
        own = source.package.rsplit(".", 1)[-1]
        for found in source.imports:
            owners = {match[1] for name in found.full_names if (match := FOREIGN_MODELS.match(name))}
            if owners - {own} and not found.only_types:
                problems.append(f"{source.name}:{found.line} imports {found.module}: use its queries or actions")
    assert not problems, _found(problems)


@pytest.mark.parametrize("module", FORBIDDEN)
def test_what_we_do_without_is_not_imported(module: str) -> None:
    problems = [
        f"{source.name}:{found.line} imports {module}: {FORBIDDEN[module]}"
        for source in sources()
        for found in source.imports
        if module in found.full_names
    ]
    assert not problems, _found(problems)


def test_nothing_waits_for_the_commit() -> None:
    problems = [
        f"{source.name}:{call.lineno} calls {name}: a reader of events does it"
        for source in in_use()
        for name, call in source.calls
        if name.rsplit(".", 1)[-1] == "on_commit"
    ]
    assert not problems, _found(problems)


def test_time_is_asked_of_moment_alone() -> None:
    """So that tests and the demonstration can move the clock."""
    clocks = {
        "timezone.now",
        "timezone.localtime",
        "timezone.localdate",
        "datetime.now",
        "datetime.utcnow",
        "date.today",
    }
    problems = []
    for source in in_use():
        # A camera's clock is compared with the real one.
        if source.name in ("motcua/lib/moment.py", "motcua/lib/pictures.py") or source.parts[0] == "project":
            continue
        for name, call in source.calls:
            is_clock = ".".join(name.split(".")[-2:]) in clocks
            is_now = not (name.endswith(("localtime", "localdate")) and call.args)
            if is_clock and is_now:
                problems.append(f"{source.name}:{call.lineno} calls {name}: use motcua.lib.moment")
    assert not problems, _found(problems)


def _action_files() -> list[Source]:
    return [source for source in in_use() if source.room == "actions" and source.parts[0] != "connectors"]


def test_actions_reach_no_network_and_no_mail() -> None:
    network = ("django.core.mail", "smtplib", "urllib.request", "http.client", "requests", "httpx", "socket")
    problems = [
        f"{source.name}:{found.line} imports {found.module}: a connector does it"
        for source in _action_files()
        for found in source.imports
        if found.module.startswith(network)
    ]
    assert not problems, _found(problems)


def test_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    problems = [source.name for source in sources() if drawers & set(source.parts)]
    assert not problems, _found(problems)


def test_files_stay_readable() -> None:
    lengths = {source.name: source.text.count("\n") for source in sources()}
    problems = [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST_FILE]
    assert not problems, _found(problems)


def test_the_locks_name_no_registry() -> None:
    for lock in (*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json"):
        text = lock.read_text(encoding="utf-8")
        assert "--index-url" not in text, lock.name
        assert '"resolved"' not in text, lock.name
