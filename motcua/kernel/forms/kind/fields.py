"""What a form is made of, once its JSON was read (docs/forms.md). Declarations only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from motcua.lib.jsonlogic import Logic


class Kind(StrEnum):
    TEXT = "text"
    TEXT_LONG = "text-long"
    NUMBER = "number"
    INTEGER = "integer"
    MONEY = "money"  # whole đồng
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    DECLARATION = "declaration"
    PHONE = "phone"
    EMAIL = "email"
    NATIONAL_ID = "national-id"
    TAX_CODE = "tax-code"
    PLATE = "plate"
    SIGNATURE = "signature"
    FILE = "file"
    ADDRESS = "address"
    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    REPEAT = "repeat"


GROUPS = frozenset({Kind.PERSON, Kind.ORGANISATION, Kind.GROUP})
NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.MONEY})
TEXTS = frozenset(
    {
        Kind.TEXT, Kind.TEXT_LONG, Kind.PHONE, Kind.EMAIL, Kind.NATIONAL_ID, Kind.TAX_CODE, Kind.PLATE, Kind.SIGNATURE,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What people read, in Vietnamese and in English; without English the Vietnamese stands in both."""

    vi: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.vi

    def __bool__(self) -> bool:
        return bool(self.vi)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """``path`` leads to its value in the answers: ``father.name``; in a repeating group ``children.*.name``."""

    key: str
    path: str
    kind: Kind
    title: Words
    description: Words = Words()
    is_required: bool = False
    default: Any = None
    children: tuple[Field, ...] = ()
    options: tuple[Option, ...] = ()
    show: Logic | None = None
    value: Logic | None = None
    prefill: str = ""  # the source, such as "person.name"
    is_locked: bool = True  # what a source gave cannot be changed in the form
    least: float | None = None
    most: float | None = None
    first_day: str = ""  # "2020-01-31", "today", "today-18y"
    last_day: str = ""
    shortest: int = 0
    longest: int = 0
    pattern: str = ""
    pattern_hint: Words = Words()
    fewest_items: int = 0
    most_items: int = 0
    item_title: Words = Words()
    unit: Words = Words()
    same_as: str = ""
    accept: str = "document"  # document | photo
    is_list: bool = False  # a choice drawn as a list instead of as rows

    def walk(self) -> Iterator[Field]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    title: Words
    description: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """``when`` it holds, ``error`` is said at the field ``at``."""

    when: Logic
    error: Words
    at: str


@dataclass(frozen=True, slots=True)
class Example:
    """Answers to try the form with. ``errors`` are the paths at which they are wrong; none: they can be sent."""

    name: str
    answers: Mapping[str, Any]
    errors: frozenset[str]
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A value that somebody else knows already. ``as_of`` is when it was fetched."""

    value: Any
    source: Words
    is_locked: bool = True
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """``path``: ``$.properties.born_on.x-max``; ``text`` says what is wrong and what to write."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class FormErrors(ValueError):  # noqa: N818  it holds all of them
    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


def field_meant(by_path: Mapping[str, Field], name: str) -> str | None:
    """Path of the field that a condition on the whole form means by ``name``; None when there is none. A part of an
    address is the address."""
    path = ".".join("*" if part.isdecimal() else part for part in name.split("."))
    holder = by_path.get(path.rpartition(".")[0])
    if holder is not None and holder.kind is Kind.ADDRESS:
        return holder.path
    return path if path in by_path else None
