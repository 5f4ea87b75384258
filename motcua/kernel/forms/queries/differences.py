"""What two versions of a form say differently, line by line."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """``path`` is the place in the JSON; before or after is empty where it was added or taken away."""

    path: str
    kind: str  # added | changed | removed
    before: str
    after: str


def differences(before: Any, after: Any) -> list[Difference]:
    return list(_walk(before, after, ""))


def _walk(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            at = f"{path}.{key}" if path else str(key)
            if key not in after:
                yield Difference(at, "removed", _text(before[key]), "")
            elif key not in before:
                yield Difference(at, "added", "", _text(after[key]))
            else:
                yield from _walk(before[key], after[key], at)
        common = [key for key in before if key in after]
        if path.endswith("properties") and common != [key for key in after if key in before]:
            yield Difference(f"{path}", "changed", ", ".join(before), ", ".join(after))  # their order
    elif _is_keyed(before) and _is_keyed(after):
        yield from _walk({one["key"]: one for one in before}, {one["key"]: one for one in after}, path)
    elif before != after:
        yield Difference(path, "changed", _text(before), _text(after))


def _is_keyed(value: Any) -> bool:
    """The steps of a layout: compared by their names, not by their numbers."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) and "key" in one for one in value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
