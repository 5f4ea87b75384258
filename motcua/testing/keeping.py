"""What every test begins with is made by the house's own actions once; the tests after it get the same rows back.

Numbers of new rows come from sequences, which no rollback turns back, so rows that come back meet no others.
"""

import pickle
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from motcua.kernel.cases.actions import ids
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.org import queries as org
from motcua.kernel.packs import queries as packs
from motcua.kernel.payments.queries import accounts as payments
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.queries import search as procedures
from motcua.modules.incidents.queries.understanding import forget_model, forget_scope

T = TypeVar("T")
_KEPT: dict[str, tuple[str, bytes]] = {}  # statements that write the rows, and what the builder gave


def once(name: str, build: Callable[[], T]) -> T:
    """What ``build`` gives, and every row that it makes or changes; from the second time on without building.

    Rows come back as they were made: to be asked for before a test writes any of its own (chains of events begin here).
    """
    if name not in _KEPT:
        before = _rows()
        made = build()
        _KEPT[name] = _changes(before, _rows()), pickle.dumps(made)
        return made
    statements, pickled = _KEPT[name]
    with connection.cursor() as cursor:
        cursor.execute(statements)
    forget_everything()  # a page that was still being made may have read the empty tables
    given: T = pickle.loads(pickled)  # noqa: S301  our own, of a moment ago; no test gets another's objects
    return given


def forget_everything() -> None:
    """What is kept in memory."""
    for queries in (org, places, packs, procedures, payments):
        queries.forget()
    ids.forget()  # so that no test is the one in 64 that takes new numbers
    forget_rules()
    forget_model()
    forget_scope()


def _rows() -> dict[str, set[str]]:
    """Of each table that is not empty, its rows as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT oid::regclass::text FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0"""
        )
        rows: dict[str, set[str]] = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT to_jsonb(row)::text FROM {table} AS row")  # noqa: S608  from the catalogue
            rows[table] = {row for (row,) in cursor.fetchall()}
    return rows


def _changes(before: dict[str, set[str]], after: dict[str, set[str]]) -> str:
    """One text of statements; who points to whom is checked when the test's transaction ends."""
    statements = []
    for table, rows in after.items():
        was = before.get(table, set())
        if gone := was - rows:
            statements.append(
                f"DELETE FROM {table} AS row WHERE to_jsonb(row) IN (SELECT jsonb_array_elements({_array(gone)}));"  # noqa: S608
            )
        if new := rows - was:
            names = _written_columns(table)
            statements.append(
                f"INSERT INTO {table} ({names}) "  # noqa: S608
                f"SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, {_array(new)});"
            )
    return "\n".join(statements)


def _written_columns(table: str) -> str:
    """Not those that the database makes of others."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
               WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''""",
            [table],
        )
        return str(cursor.fetchone()[0])


def _array(rows: set[str]) -> str:
    text = ",".join(sorted(rows)).replace("'", "''")
    return f"'[{text}]'"
