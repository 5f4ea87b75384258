"""``motcua messages``: collects the Vietnamese strings of code and templates for translation, without GNU gettext.

Translations that exist are kept; strings that are gone are dropped; what lacks a translation is counted. The result is
sorted and names files without line numbers, so that two people's changes rarely meet.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[5]
CATALOGUE = ROOT / "motcua" / "locale" / "en" / "LC_MESSAGES" / "django.po"
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
COUNTED = {"ngettext", "ngettext_lazy"}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b(gettext|ngettext|_)\(\s*({_LITERAL})(?:\s*,\s*({_LITERAL}))?", re.DOTALL)

Message = tuple[str, str]  # the string, and its plural or ""


class Command(BaseCommand):
    help = "Collect the strings to translate into motcua/locale/en."
    requires_system_checks: list[str] = []
    needs_database = False

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = polib.pofile(str(CATALOGUE), wrapwidth=118)
        merge(catalogue, collect())
        catalogue.save()
        missing = [entry.msgid for entry in catalogue if not entry.translated()]
        self.stdout.write(f"{len(catalogue)} strings, {len(missing)} without translation")
        for text in missing:
            self.stdout.write(f"  {text}")


def collect() -> dict[Message, set[str]]:
    """Every string marked for translation, and the files it stands in."""
    found: dict[Message, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "motcua").rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" in name or "/testing/" in name:
            continue
        if path.suffix == ".py":
            messages = _of_code(path.read_text())
        elif "/templates/" in name and path.suffix in (".html", ".txt"):
            messages = _of_template(path.read_text(), name)
        else:
            continue
        for message in messages:
            found[message].add(name)
    return found


def merge(catalogue: polib.POFile, found: dict[Message, set[str]]) -> None:
    known = {entry.msgid: entry for entry in catalogue if not entry.obsolete}
    plurals = {message: plural for message, plural in found if plural}
    catalogue.clear()
    for message in sorted({message for message, _ in found}):
        entry = known.get(message) or polib.POEntry(msgid=message)
        entry.occurrences = [
            (name, "") for name in sorted({n for (m, _), ns in found.items() for n in ns if m == message})
        ]
        entry.flags = ["python-format"] if re.search(r"%\(\w+\)[sd]|%%", message) else []
        entry.msgid_plural = plurals.get(message, "")
        if entry.msgid_plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        catalogue.append(entry)


def _of_code(source: str) -> Iterator[Message]:
    nodes = list(ast.walk(ast.parse(source)))
    imported = {
        alias.asname: alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname
    }
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        name = imported.get(name, name)
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in ONE and texts:
            yield texts[0], ""
        elif name in COUNTED and len(texts) > 1:
            yield texts[0], texts[1]


def _of_template(source: str, name: str) -> Iterator[Message]:
    for kind, text, plural in _CALL.findall(templatize(source, origin=name)):
        one = ast.literal_eval(text)
        yield one, ast.literal_eval(plural) if kind == "ngettext" and plural else ""
