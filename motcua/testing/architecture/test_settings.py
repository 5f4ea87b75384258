"""Whoever runs a city finds every setting in one table."""

import ast

from motcua.testing.architecture.sources import ROOT, in_use


def _variables() -> set[str]:
    found: set[str] = set()
    for source in in_use():
        for name, call in source.calls:
            if name.rsplit(".", 1)[-1].startswith("env_") and call.args and isinstance(call.args[0], ast.Constant):
                found.add(str(call.args[0].value))
    return found


def test_every_setting_is_described() -> None:
    described = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = sorted(name for name in _variables() if f"`{name}" not in described)
    assert not missing, f"docs/settings.md lacks {', '.join(missing)}"


def test_the_search_finds_settings() -> None:
    assert {"PORT", "DATABASE_URL", "MOTCUA_DEMO"} <= _variables()
