"""A form that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motcua.kernel.forms.kind.fields import Example, Field, Rule, Step, Words, field_meant
from motcua.kernel.forms.kind.parsing import parse_form
from motcua.kernel.forms.kind.schema import schema_of


@dataclass(frozen=True, eq=False)
class Form:
    """Fields in the order in which they are asked. Compared by identity: one is parsed once for each version."""

    title: Words
    description: Words
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    body: Mapping[str, Any] = field(repr=False)
    by_path: Mapping[str, Field] = field(repr=False)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(one for step in self.steps for one in step.fields)

    @property
    def sources(self) -> frozenset[str]:
        """Names of everything that could be filled in: the caller fetches what it has."""
        return frozenset(one.prefill for one in self.by_path.values() if one.prefill)

    def at(self, path: str) -> Field | None:
        """The field of an answer's path; ``children.0.name`` is the field ``children.*.name``."""
        return self.by_path.get(".".join("*" if part.isdecimal() else part for part in path.split(".")))

    def asks(self, name: str) -> bool:
        """Whether a condition on its answers may look at ``name``."""
        return field_meant(self.by_path, name) is not None

    def step_of(self, path: str) -> int:
        """Number of the step (the first is 0) that asks for this path."""
        top = path.partition(".")[0]
        return next(place for place, step in enumerate(self.steps) if any(one.key == top for one in step.fields))

    def json_schema(self) -> dict[str, Any]:
        """Pure JSON Schema 2020-12 of the answers, for programs; what only sometimes is asked is not required there."""
        return schema_of(self.title, self.fields)

    @staticmethod
    def parse(body: Any) -> Form:
        """Raises ``FormErrors`` that name each mistake by its place in the JSON."""
        return Form(*parse_form(body))
