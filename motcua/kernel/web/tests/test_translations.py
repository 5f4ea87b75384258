"""Every sentence that a person can meet exists in English, with the same places for names and numbers."""

import re

import polib
import pytest
from django.forms import CharField
from django.utils import translation

from motcua.kernel.web.management.commands.messages import CATALOGUE, ROOT, collect, merge

PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[^}]*\}|%%|</?\w+")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_string_is_translated(catalogue: polib.POFile) -> None:
    known = {entry.msgid for entry in catalogue if entry.translated()}
    missing = sorted({message for message, _plural in collect()} - known)
    assert not missing, "run `motcua messages`, then write the English of:\n" + "\n".join(missing)


def test_translations_keep_names_and_numbers(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for text in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(entry.msgid)), entry.msgid


def test_both_catalogues_are_used() -> None:
    with translation.override("en"):
        assert translation.gettext("Trang chủ") == "Home"
    with translation.override("vi"):
        assert translation.gettext("Trang chủ") == "Trang chủ"
        assert str(CharField().error_messages["required"]) == "Hãy điền mục này."


def test_collecting_finds_code_and_templates_and_keeps_translations() -> None:
    found = collect()
    assert ("Có {n} chỗ cần sửa".replace("{n}", "%(n)s"), "Có %(n)s chỗ cần sửa") in found
    assert "motcua/kernel/web/views/errors.py" in found["Không thấy trang này", ""]
    # imported by another name: ``gettext_lazy as _lazy``
    assert "motcua/kernel/cases/views/inbox.py" in found["Chọn dải xuống", ""]
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Không thấy trang này", msgstr="Page not found"))
    catalogue.append(polib.POEntry(msgid="đã bỏ", msgstr="gone"))
    merge(catalogue, {("Không thấy trang này", ""): {"a.py"}, ("mới", ""): {"b.py"}})
    assert [(entry.msgid, entry.msgstr) for entry in catalogue] == [
        ("Không thấy trang này", "Page not found"),
        ("mới", ""),
    ]


def test_vietnamese_catalogue_changes_only_django_s_sentences() -> None:
    for entry in polib.pofile(str(ROOT / "motcua/locale/vi/LC_MESSAGES/django.po")):
        assert entry.msgid.isascii()
