"""Answers as people read them: in inputs, in the summary before sending, and on the desk."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.files.queries import files_by_token
from motcua.kernel.forms.kind import GROUPS, Field, Form, Kind, Prefilled
from motcua.kernel.forms.queries.addresses import address_words
from motcua.kernel.forms.queries.prefill import source_words
from motcua.kernel.forms.queries.reading import is_empty
from motcua.lib import contacts
from motcua.lib.money import money

if TYPE_CHECKING:
    from motcua.kernel.files.models import File


def language_now() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


# ── In an input ─────────────────────────────────────────────────────────────────────────────────────────────────────


def typed(one: Field, value: Any) -> str:
    """As it stands in the input. What could not be read stands there as it was typed."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if one.kind is Kind.DATE and isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return f"{day:%d/%m}/{day.year:04d}"
    if one.kind is Kind.MONEY and isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if one.kind is Kind.PHONE:
        return contacts.shown_phone(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


# ── To read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer_words(one: Field, value: Any, language: str, *, is_masked: bool = False) -> str:
    """One answer in words; empty for none. Of groups and files: see ``summarise``."""
    if is_empty(value):
        return ""
    masked = _MASKED.get(one.kind) if is_masked else None
    if masked is not None:
        return masked(str(value))
    match one.kind:
        case Kind.MONEY:
            return money(value, language)
        case Kind.YES_NO | Kind.DECLARATION:
            return _("Có") if value else _("Không")
        case Kind.ADDRESS:
            return address_words(value)
        case Kind.CHOICE | Kind.CHOICES:
            labels = {option.value: option.label.in_language(language) for option in one.options}
            return ", ".join(
                labels.get(str(part), str(part)) for part in (value if isinstance(value, list) else [value])
            )
    unit = one.unit.in_language(language)
    return f"{typed(one, value)} {unit}".strip()


_MASKED: dict[Kind, Callable[[str], str]] = {
    Kind.NATIONAL_ID: contacts.masked_national_id,
    Kind.PHONE: contacts.masked_phone,
    Kind.EMAIL: contacts.masked_email,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary. ``level`` 0 is the form itself, 1 inside a group; a group has no words of its own."""

    path: str
    title: str
    words: str = ""
    level: int = 0
    is_group: bool = False
    files: "tuple[File, ...]" = ()
    source: str = ""  # where it came from
    was: str = ""  # what the source says, where somebody answered differently
    error: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    step: int
    title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def errors(self) -> list[Row]:
        return [row for row in self.rows if row.error]


def summarise(
    form: Form,
    values: Mapping[str, Any],
    *,
    language: str | None = None,
    known: Mapping[str, Prefilled] | None = None,
    errors: Mapping[str, str] | None = None,
    is_masked: bool = False,
) -> list[Section]:
    """Steps with what was answered in them; ``values`` are those of ``Checked``. Steps without an answer are left out,
    unless something is wrong there. ``is_masked`` hides identity numbers and contacts."""
    teller = _Teller(language or language_now(), known or {}, dict(errors or {}), is_masked)
    tokens = [str(token) for one in form.fields for token in _tokens(one, values.get(one.key))]
    teller.files = files_by_token(tokens)
    sections = []
    for number, step in enumerate(form.steps):
        rows = [row for one in step.fields for row in teller.rows(one, values.get(one.key), one.key, 0)]
        if rows:
            sections.append(Section(number, step.title.in_language(teller.language), rows))
    return sections


def _tokens(one: Field, value: Any) -> Iterator[Any]:
    if one.kind is Kind.FILE:
        yield from value if isinstance(value, list) else ()
    elif one.kind is Kind.REPEAT:
        for item in value if isinstance(value, list) else ():
            for child in one.children:
                yield from _tokens(child, item.get(child.key))
    elif isinstance(value, Mapping):
        for child in one.children:
            yield from _tokens(child, value.get(child.key))


class _Teller:
    def __init__(self, language: str, known: Mapping[str, Prefilled], errors: dict[str, str], is_masked: bool) -> None:
        self.language, self.known, self.errors, self.is_masked = language, known, errors, is_masked
        self.files: dict[str, File] = {}

    def rows(self, one: Field, value: Any, path: str, level: int) -> Iterator[Row]:
        title = one.title.in_language(self.language)
        error = self.errors.get(path, "")
        if one.kind in GROUPS:
            inner = [
                row
                for child in one.children
                for row in self.rows(child, (value or {}).get(child.key), f"{path}.{child.key}", level + 1)
            ]
            if inner or error:
                yield Row(path, title, level=level, is_group=True, error=error)
                yield from inner
        elif one.kind is Kind.REPEAT:
            yield from self.items(one, value if isinstance(value, list) else [], path, level, error)
        elif one.kind is Kind.FILE:
            files = tuple(self.files[token] for token in value or () if token in self.files)
            if files or error:
                yield Row(path, title, level=level, files=files, error=error)
        elif not is_empty(value) or error or f"{path}.area" in self.errors:
            yield self.leaf(one, value, path, level, error or self.errors.get(f"{path}.area", ""))

    def leaf(self, one: Field, value: Any, path: str, level: int, error: str) -> Row:
        known = self.known.get(path)
        is_changed = known is not None and not is_empty(value) and known.value != value
        return Row(
            path,
            one.title.in_language(self.language),
            answer_words(one, value, self.language, is_masked=self.is_masked),
            level=level,
            source=source_words(known, self.language) if known is not None else "",
            was=answer_words(one, known.value, self.language, is_masked=self.is_masked)
            if known is not None and is_changed
            else "",
            error=error,
        )

    def items(self, one: Field, items: list[Any], path: str, level: int, error: str) -> Iterator[Row]:
        if error:
            yield Row(path, one.title.in_language(self.language), level=level, is_group=True, error=error)
        for number, item in enumerate(items):
            inner = [
                row
                for child in one.children
                for row in self.rows(child, item.get(child.key), f"{path}.{number}.{child.key}", level + 1)
            ]
            if inner:
                yield Row(f"{path}.{number}", item_title(one, number, self.language), level=level, is_group=True)
                yield from inner


def item_title(one: Field, number: int, language: str) -> str:
    """ "Con 1"."""
    return f"{(one.item_title or one.title).in_language(language)} {number + 1}"
