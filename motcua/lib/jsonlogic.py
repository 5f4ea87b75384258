"""Conditions and sums as data: a small JSON-Logic (jsonlogic.com), parsed once, then evaluated without a side effect.

Two rules differ from JavaScript's, so that browser and server cannot disagree: nothing is converted from one type to
another (``"1" == 1`` is false, ``==`` and ``===`` are the same), and what is not there makes every sum and every
comparison of size come out as nothing (``null``), or false. An empty object is as false as an empty list.
``kernel/forms/static/forms/logic.js`` is the same evaluator; both are tried on ``lib/tests/jsonlogic_cases.json``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

Evaluate = Callable[[Any], Any]
_Operands = Sequence[Evaluate]
DEEPEST: Final = 20
LONGEST_LIST: Final = 500


class LogicError(ValueError):
    """``code``: not_an_operation | unknown_operator | wrong_count | not_a_name | too_deep | too_long. ``path`` leads
    to the place: ``("and", 1, "var")``; ``what`` is the operator, or what stands there instead."""

    def __init__(self, code: str, path: tuple[str | int, ...], what: str = "") -> None:
        super().__init__(f"{code} {what} at {'.'.join(map(str, path)) or 'the top'}")
        self.code, self.path, self.what = code, path, what


@dataclass(frozen=True, slots=True, eq=False)
class Logic:
    """One rule, parsed. ``names`` are those that it looks up in the data itself (``father.alive``), not in items."""

    source: Any
    names: frozenset[str]
    _evaluate: Evaluate = field(repr=False)

    def value(self, data: Any) -> Any:
        return self._evaluate(data)

    def holds(self, data: Any) -> bool:
        return truth(self._evaluate(data))


def parse(source: Any) -> Logic:
    """Raises ``LogicError`` for the first mistake."""
    names: set[str] = set()
    evaluate = _parse(source, (), names, is_top=True)
    return Logic(source, frozenset(names), evaluate)


def truth(value: Any) -> bool:
    return bool(value) and value == value  # NaN is not true


def look_up(data: Any, name: str) -> Any:
    """``children.0.name`` in nested objects and lists; None when any part is not there. "" is the data itself."""
    if name == "":
        return data
    for part in name.split("."):
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def same(left: Any, right: Any) -> bool:
    """Equal in type and value; 1 and 1.0 are both numbers."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# ── Parsing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parse(source: Any, path: tuple[str | int, ...], names: set[str], *, is_top: bool) -> Evaluate:
    if len(path) > DEEPEST * 2:
        raise LogicError("too_deep", path)
    if isinstance(source, list):
        if len(source) > LONGEST_LIST:
            raise LogicError("too_long", path)
        parts = [_parse(part, (*path, place), names, is_top=is_top) for place, part in enumerate(source)]
        return lambda data: [part(data) for part in parts]
    if not isinstance(source, dict):
        return lambda data: source
    if len(source) != 1:
        raise LogicError("not_an_operation", path, ", ".join(map(str, source)))
    operator, written = next(iter(source.items()))
    operands = written if isinstance(written, list) else [written]
    if operator not in COUNTS:
        raise LogicError("unknown_operator", path, str(operator))
    least, most = COUNTS[operator]
    if not least <= len(operands) <= most:
        raise LogicError("wrong_count", (*path, operator), operator)
    if operator == "var":
        return _variable(operands, (*path, operator), names, is_top=is_top)
    is_list_operator = operator in _OVER_LISTS
    parsed = [
        # Behind the list of some, all, none and reduce, names are looked up in its items.
        _parse(part, (*path, operator, place), names, is_top=is_top and not (is_list_operator and place == 1))
        for place, part in enumerate(operands)
    ]
    if operator == "missing":
        names.update(str(part) for part in operands if is_top and isinstance(part, str))
    return _MAKERS[operator](parsed)


def _variable(operands: Sequence[Any], path: tuple[str | int, ...], names: set[str], *, is_top: bool) -> Evaluate:
    name = str(operands[0]) if isinstance(operands[0], int) and not isinstance(operands[0], bool) else operands[0]
    if not isinstance(name, str):
        raise LogicError("not_a_name", path, str(name))
    if is_top:
        names.add(name)
    default = operands[1] if len(operands) > 1 else None

    def evaluate(data: Any) -> Any:
        found = look_up(data, name)
        return default if found is None else found

    return evaluate


# ── Operators ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _strict(parsed: _Operands, is_wanted: bool) -> Evaluate:
    left, right = parsed
    return lambda data: same(left(data), right(data)) is is_wanted


def _ordered(parsed: _Operands, holds: Callable[[Any, Any], bool]) -> Evaluate:
    def evaluate(data: Any) -> bool:
        values = [part(data) for part in parsed]
        if not (all(map(_is_number, values)) or all(isinstance(value, str) for value in values)):
            return False
        return all(holds(left, right) for left, right in pairwise(values))

    return evaluate


def _and(parsed: _Operands) -> Evaluate:
    def evaluate(data: Any) -> Any:
        value: Any = None
        for part in parsed:
            value = part(data)
            if not truth(value):
                return value
        return value

    return evaluate


def _or(parsed: _Operands) -> Evaluate:
    def evaluate(data: Any) -> Any:
        value: Any = None
        for part in parsed:
            value = part(data)
            if truth(value):
                return value
        return value

    return evaluate


def _if(parsed: _Operands) -> Evaluate:
    def evaluate(data: Any) -> Any:
        for place in range(0, len(parsed) - 1, 2):
            if truth(parsed[place](data)):
                return parsed[place + 1](data)
        return parsed[-1](data) if len(parsed) % 2 else None

    return evaluate


def _in(parsed: _Operands) -> Evaluate:
    needle, hay = parsed

    def evaluate(data: Any) -> bool:
        wanted, among = needle(data), hay(data)
        if isinstance(among, str):
            return isinstance(wanted, str) and wanted != "" and wanted in among
        return isinstance(among, list) and any(same(wanted, one) for one in among)

    return evaluate


def _sum(parsed: _Operands, reckon: Callable[[Sequence[Any]], Any]) -> Evaluate:
    """Nothing when any part is no number, or the outcome is none (1/0)."""

    def evaluate(data: Any) -> Any:
        values = [part(data) for part in parsed]
        if len(values) == 1 and isinstance(values[0], list):
            values = values[0]
        if not values or not all(map(_is_number, values)):
            return None
        try:
            return _plain(reckon(values))
        except (ZeroDivisionError, OverflowError, ValueError):
            return None

    return evaluate


def _plain(number: float) -> float | None:
    """Whole numbers as ``int``, as JavaScript shows them."""
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else number


def _minus(values: Sequence[Any]) -> Any:
    return -values[0] if len(values) == 1 else values[0] - values[1]


def _remainder(values: Sequence[Any]) -> Any:
    """With the sign of the first, as in JavaScript."""
    rest = abs(values[0]) % abs(values[1])
    return -rest if values[0] < 0 else rest


def written(value: Any) -> str:
    """As JavaScript writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(written, value))
    if isinstance(value, Mapping):
        return ""
    plain = _plain(value) if isinstance(value, float) else value
    return str(plain)


def _cat(parsed: _Operands) -> Evaluate:
    return lambda data: "".join(written(part(data)) for part in parsed)


def _missing(parsed: _Operands) -> Evaluate:
    def evaluate(data: Any) -> list[str]:
        names = [part(data) for part in parsed]
        if len(names) == 1 and isinstance(names[0], list):
            names = names[0]
        return [name for name in names if isinstance(name, str) and look_up(data, name) in (None, "")]

    return evaluate


def _each(parsed: _Operands, decide: Callable[[Sequence[bool]], bool]) -> Evaluate:
    items, condition = parsed

    def evaluate(data: Any) -> bool:
        found = items(data)
        return decide([truth(condition(item)) for item in found] if isinstance(found, list) else [])

    return evaluate


def _reduce(parsed: _Operands) -> Evaluate:
    items, step, first = parsed

    def evaluate(data: Any) -> Any:
        found, so_far = items(data), first(data)
        for item in found if isinstance(found, list) else ():
            so_far = step({"current": item, "accumulator": so_far})
        return so_far

    return evaluate


_MANY: Final = LONGEST_LIST
COUNTS: Final[dict[str, tuple[int, int]]] = {
    "var": (1, 2), "==": (2, 2), "===": (2, 2), "!=": (2, 2), "!==": (2, 2),
    "<": (2, 3), "<=": (2, 3), ">": (2, 2), ">=": (2, 2),
    "and": (1, _MANY), "or": (1, _MANY), "!": (1, 1), "!!": (1, 1), "if": (2, _MANY), "in": (2, 2),
    "+": (1, _MANY), "-": (1, 2), "*": (1, _MANY), "/": (2, 2), "%": (2, 2), "min": (1, _MANY), "max": (1, _MANY),
    "cat": (1, _MANY), "missing": (1, _MANY), "some": (2, 2), "all": (2, 2), "none": (2, 2), "reduce": (3, 3),
}  # fmt: skip
"""Operator → how many operands it may have."""

_OVER_LISTS: Final = frozenset({"some", "all", "none", "reduce"})
_MAKERS: Final[dict[str, Callable[[_Operands], Evaluate]]] = {
    "==": lambda parsed: _strict(parsed, True),
    "===": lambda parsed: _strict(parsed, True),
    "!=": lambda parsed: _strict(parsed, False),
    "!==": lambda parsed: _strict(parsed, False),
    "<": lambda parsed: _ordered(parsed, lambda left, right: left < right),
    "<=": lambda parsed: _ordered(parsed, lambda left, right: left <= right),
    ">": lambda parsed: _ordered(parsed, lambda left, right: left > right),
    ">=": lambda parsed: _ordered(parsed, lambda left, right: left >= right),
    "and": _and,
    "or": _or,
    "!": lambda parsed: lambda data: not truth(parsed[0](data)),
    "!!": lambda parsed: lambda data: truth(parsed[0](data)),
    "if": _if,
    "in": _in,
    "+": lambda parsed: _sum(parsed, sum),
    "-": lambda parsed: _sum(parsed, _minus),
    "*": lambda parsed: _sum(parsed, math.prod),
    "/": lambda parsed: _sum(parsed, lambda values: values[0] / values[1]),
    "%": lambda parsed: _sum(parsed, _remainder),
    "min": lambda parsed: _sum(parsed, min),
    "max": lambda parsed: _sum(parsed, max),
    "cat": _cat,
    "missing": _missing,
    "some": lambda parsed: _each(parsed, any),
    "all": lambda parsed: _each(parsed, lambda found: bool(found) and all(found)),
    "none": lambda parsed: _each(parsed, lambda found: not any(found)),
    "reduce": _reduce,
}
