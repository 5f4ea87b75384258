"""How an answer is read: ``CodeResult == 100``, ``status in 200,201``, ``data.0.state != FAILED``, ``body ~ ^OK``."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from motcua.lib.dotted import part_at

_CONDITION = re.compile(r"\s*([\w.-]+)\s*(==|!=|in|~)\s*(.*?)\s*", re.DOTALL)
_GAP = re.compile(r"\{(to|to84|to0|text|id|sender|unicode)\}")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    def at(self, path: str) -> str:
        """``status``, ``body``, or keys and positions of the JSON between dots; "" where there is nothing."""
        if path == "status":
            return str(self.status)
        if path == "body":
            return self.text
        try:
            return value_at(json.loads(self.text), path)
        except ValueError:
            return ""


def value_at(data: Any, path: str) -> str:
    found = part_at(data, path)
    if isinstance(found, bool | dict | list):
        return json.dumps(found)
    return "" if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Condition:
    path: str
    operator: str
    value: str

    @staticmethod
    def read(text: str) -> "Condition | None":
        """None for an empty text. Raises ValueError when it is not understood."""
        if not text.strip():
            return None
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise ValueError(text)
        condition = Condition(*found.groups())
        if condition.operator == "~":
            try:
                re.compile(condition.value)
            except re.error as error:
                raise ValueError(f"{text}: {error}") from error
        return condition

    def holds(self, found: str) -> bool:
        match self.operator:
            case "==":
                return found == self.value
            case "!=":
                return found != self.value
            case "in":
                return found in [value.strip() for value in self.value.split(",")]
        return re.search(self.value, found) is not None


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """A copy of the JSON template with the gaps of its strings filled: what is filled in can never become structure."""
    if isinstance(template, str):
        return _GAP.sub(lambda gap: values[gap.group(1)], template)
    if isinstance(template, list):
        return [filled(part, values) for part in template]
    if isinstance(template, dict):
        return {key: filled(part, values) for key, part in template.items()}
    return template
