"""Several INSERTs as one statement: a case, its people, clocks and events reach the database in one round trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

Shape = tuple[str, tuple[str, ...], int]  # table, columns, rows


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows for one table. All rows have the same columns. Names are ours, never a user's."""

    table: str
    rows: Sequence[Mapping[str, Any]]


def together(inserts: Sequence[Insert]) -> tuple[str, list[Any]]:
    """``WITH a AS (INSERT …), b AS (INSERT …) SELECT 1`` with ``$1, $2 …``, and its parameters. Empty inserts are left
    out. Equal shapes have equal texts: the database prepares each once."""
    shapes = tuple((insert.table, tuple(insert.rows[0]), len(insert.rows)) for insert in inserts if insert.rows)
    values = (row[column] for insert in inserts for row in insert.rows for column in insert.rows[0])
    # To psycopg 1 is a smallint and 70000 an integer, each another statement to prepare; a text is whatever is wanted.
    return _statement(shapes), [str(value) if type(value) is int else value for value in values]


@lru_cache(maxsize=256)
def _statement(shapes: Sequence[Shape]) -> str:
    numbers = count(1)
    parts = []
    for place, (table, columns, rows) in enumerate(shapes):
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("(" + ", ".join(f"${next(numbers)}" for _ in columns) + ")" for _ in range(rows))
        parts.append(f'w{place} AS (INSERT INTO "{table}" ({names}) VALUES {marks})')  # noqa: S608  our own names
    return f"WITH {', '.join(parts)} SELECT 1"
