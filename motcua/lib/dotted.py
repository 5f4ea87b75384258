"""A place in the answer of another's system, as configuration names it: ``data.items.0.status``."""

from collections.abc import Mapping
from typing import Any


def part_at(data: Any, path: str) -> Any:
    """What stands at keys and positions between dots, all of it for an empty path; None where there is nothing."""
    for step in path.split(".") if path else ():
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data
