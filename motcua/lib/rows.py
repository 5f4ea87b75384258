"""Several INSERTs as one statement: a case, its people, clocks and events reach the database in one round trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows for one table. All rows have the same columns. Names are ours, never a user's."""

    table: str
    rows: Sequence[Mapping[str, Any]]


def together(inserts: Sequence[Insert]) -> tuple[str, list[Any]]:
    """``WITH a AS (INSERT …), b AS (INSERT …) SELECT 1`` and its parameters. Empty inserts are left out."""
    parts: list[str] = []
    parameters: list[Any] = []
    for number, insert in enumerate(insert for insert in inserts if insert.rows):
        columns = list(insert.rows[0])
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(insert.rows))
        parts.append(f'w{number} AS (INSERT INTO "{insert.table}" ({names}) VALUES {marks})')  # noqa: S608  our own names
        parameters.extend(row[column] for row in insert.rows for column in columns)
    return f"WITH {', '.join(parts)} SELECT 1", parameters
