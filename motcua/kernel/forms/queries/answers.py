"""Whether answers are right: the one check that pages, the counter and programs share."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import translation
from jsonschema import Draft202012Validator

from motcua.kernel.forms.kind import GROUPS, Field, Form, Kind, Prefilled
from motcua.kernel.forms.queries import saying
from motcua.kernel.forms.queries.reading import Unreadable, is_empty, read_value
from motcua.kernel.places.queries import local_today
from motcua.lib.jsonlogic import look_up


@dataclass(frozen=True, slots=True)
class Checked:
    """``values`` is what counts: what is shown, brought to one spelling, with computed values; nothing else.

    ``errors`` and ``warnings`` (worth a look, no reason to refuse) are by path, in the order of the form; paths count
    the items as they were given.
    """

    values: dict[str, Any]
    errors: dict[str, str]
    shown: frozenset[str]
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        return not self.errors


def check(
    form: Form,
    answers: Mapping[str, Any],
    *,
    language: str = "vi",
    today: date | None = None,
    step: int | None = None,
    known: Mapping[str, Prefilled] | None = None,
) -> Checked:
    """With ``step`` (the first is 0) only errors of that step are told. Values ``known`` under lock stand, whatever the
    answers say."""
    with translation.override(language):
        walk = _Walk(form, language, today or local_today(), known or {})
        walk.top(answers)
        walk.validate()
        walk.rules()
    errors = walk.errors
    if step is not None:
        own = {one.key for one in form.steps[step].fields}
        errors = {path: words for path, words in errors.items() if path.partition(".")[0] in own}
    ordered = dict(sorted(errors.items(), key=lambda item: walk.place(item[0])))
    return Checked(walk.values, ordered, frozenset(walk.shown), walk.warnings)


@lru_cache(maxsize=256)
def _validator(form: Form) -> Draft202012Validator:
    return Draft202012Validator(form.json_schema())


@lru_cache(maxsize=256)
def _places(form: Form) -> dict[str, int]:
    return {path: place for place, path in enumerate(one.path for top in form.fields for one in top.walk())}


class _Walk:
    """One pass over the fields in their order: conditions and sums look only at what was asked before."""

    def __init__(self, form: Form, language: str, today: date, known: Mapping[str, Prefilled]) -> None:
        self.form, self.language, self.today = form, language, today
        self.locked = {path: one.value for path, one in known.items() if one.is_locked}
        self.values: dict[str, Any] = {}
        self.errors: dict[str, str] = {}
        self.warnings: dict[str, str] = {}
        self.shown: set[str] = set()
        self.kept: dict[str, list[int]] = {}  # of a repeating group: which of the given items were not empty

    def place(self, path: str) -> tuple[int, tuple[int, ...]]:
        one = self.form.at(path) or self.form.at(path.rpartition(".")[0])
        numbers = tuple(int(part) for part in path.split(".") if part.isdecimal())
        return _places(self.form).get(one.path if one else "", 0), numbers

    def top(self, answers: Mapping[str, Any]) -> None:
        for one in self.form.fields:
            self.ask(one, answers.get(one.key), one.key, self.values, self.values)
        self.look_again(self.form.fields, self.values, "")

    def ask(self, one: Field, given: Any, path: str, into: dict[str, Any], scope: Mapping[str, Any]) -> None:
        """Put the value of one field, if it is shown and has one, into ``into``."""
        if one.show is not None and not one.show.holds(scope):
            return
        self.shown.add(path)
        if path in self.locked:
            given = self.locked[path]
        if one.value is not None:
            given = _computed(one, one.value.value(scope))
        if one.kind in GROUPS:
            self.group(one, given, path, into, scope)
        elif one.kind is Kind.REPEAT:
            self.repeat(one, given, path, into)
        else:
            self.leaf(one, given, path, into)

    def group(self, one: Field, given: Any, path: str, into: dict[str, Any], scope: Mapping[str, Any]) -> None:
        parts = given if isinstance(given, Mapping) else {}
        if not one.is_required and self.is_blank(one, parts, path):
            self.mark(one, path, scope)
            return
        before = len(self.errors)
        # There before its parts are read, so that their conditions can name each other in full.
        held = into[one.key] = {}
        for child in one.children:
            self.ask(child, parts.get(child.key), f"{path}.{child.key}", held, scope)
        self.look_again(one.children, held, f"{path}.")
        if is_empty(held):
            into.pop(one.key)
            if one.is_required and len(self.errors) == before:
                first = one.children[0]
                self.errors[f"{path}.{first.key}"] = saying.missing(first, self.language)

    def is_blank(self, one: Field, parts: Mapping[str, Any], path: str) -> bool:
        """Nobody said anything: what stands there, if anything, is what the page offered by itself."""
        if any(name.startswith(f"{path}.") for name in self.locked):
            return False
        by_key = {child.key: child for child in one.children}
        return all(is_empty(given) or (key in by_key and given == by_key[key].default) for key, given in parts.items())

    def mark(self, one: Field, path: str, scope: Mapping[str, Any]) -> None:
        for child in one.children:
            if child.show is None or child.show.holds(scope):
                self.shown.add(f"{path}.{child.key}")
                self.mark(child, f"{path}.{child.key}", scope)

    def repeat(self, one: Field, given: Any, path: str, into: dict[str, Any]) -> None:
        items = given if isinstance(given, list) else []
        held: list[dict[str, Any]] = []
        self.kept[path] = []
        for number, item in enumerate(items[: one.most_items + 1]):
            parts = item if isinstance(item, Mapping) else {}
            if self.is_blank(one, parts, f"{path}.{number}"):
                continue
            values: dict[str, Any] = {}
            scope = _Scope(values, self.values)
            for child in one.children:
                self.ask(child, parts.get(child.key), f"{path}.{number}.{child.key}", values, scope)
            self.look_again(one.children, values, f"{path}.{number}.")
            held.append(values)
            self.kept[path].append(number)
        if held:
            into[one.key] = held
        elif one.is_required:
            self.errors[path] = saying.missing(one, self.language)

    def leaf(self, one: Field, given: Any, path: str, into: dict[str, Any]) -> None:
        if is_empty(given) or (one.kind is Kind.DECLARATION and given is not True):
            if one.is_required:
                self.errors[path] = saying.missing(one, self.language)
            return
        try:
            value = read_value(one, given, self.language)
        except Unreadable as error:
            at = f"{path}.{error.part}" if error.part else path
            self.errors[at] = str(error)
            return
        if is_empty(value):
            if one.is_required:
                self.errors[path] = saying.missing(one, self.language)
            return
        into[one.key] = value
        if outside := saying.day_outside(one, value, self.today):
            self.errors[path] = outside
        wanted = look_up(self.values, one.same_as) if one.same_as and path not in self.locked else None
        if wanted and str(wanted).casefold() != value.casefold():
            self.errors[path] = saying.not_the_same(str(wanted))

    def look_again(self, fields: Iterable[Field], held: Mapping[str, Any], prefix: str) -> None:
        """Worth a look, when all that was said about somebody is there."""
        for one in fields:
            is_there = one.kind is Kind.NATIONAL_ID and one.key in held
            if is_there and (warning := saying.odd_national_id(held[one.key], held)):
                self.warnings[f"{prefix}{one.key}"] = warning

    def validate(self) -> None:
        """JSON Schema sees everything once more: lengths, limits, patterns, choices, numbers of items."""
        for error in _validator(self.form).iter_errors(self.values):
            if error.validator == "required":
                continue  # told already, and better: only of what is shown
            path = self.given_path(list(error.absolute_path))
            while path and self.form.at(path) is None:  # one of several files or choices
                path = path.rpartition(".")[0]
            one = self.form.at(path)
            if one is not None and path not in self.errors:
                self.errors[path] = saying.invalid(one, str(error.validator), error.instance, self.language)

    def given_path(self, parts: list[str | int]) -> str:
        """Numbers of items as they were given: empty ones were left out of the values."""
        path: list[str] = []
        for part in parts:
            kept = self.kept.get(".".join(path))
            path.append(str(kept[part]) if kept is not None and isinstance(part, int) else str(part))
        return ".".join(path)

    def rules(self) -> None:
        for rule in self.form.rules:
            is_clean = not any(path == rule.at or path.startswith(f"{rule.at}.") for path in self.errors)
            if rule.at in self.shown and is_clean and rule.when.holds(self.values):
                self.errors[rule.at] = rule.error.in_language(self.language)


class _Scope(dict[str, Any]):
    """What conditions inside an item see: the item's own answers, and all others under ``form``."""

    def __init__(self, item: dict[str, Any], form: Mapping[str, Any]) -> None:
        super().__init__()
        self.item, self.form = item, form

    def get(self, key: str, default: Any = None) -> Any:
        return self.form if key == "form" else self.item.get(key, default)


def _computed(one: Field, value: Any) -> Any:
    """Half a đồng is rounded up, as in the browser."""
    if one.kind in (Kind.INTEGER, Kind.MONEY) and isinstance(value, float):
        return math.floor(value + 0.5)
    return value
