"""Statements that are written by hand, for what every page asks: the database plans each once for a connection."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor, RawCursor
from psycopg._queries import PostgresQuery


class _Prepared(Cursor[Any]):
    """Values go beside the text, and Django logs what it finds in ``_query``."""

    def _convert_query(self, query: Any, params: Any = None) -> PostgresQuery:
        self._query = super()._convert_query(query, params)
        return self._query


class _PreparedRaw(_Prepared, RawCursor[Any]):
    pass


def prepared(*, numbered: bool = False) -> CursorWrapper:
    """As ``connection.cursor()``, whose statements are read and planned anew each time: that is four fifths of what a
    small one costs. For texts of which there are few: a connection keeps a hundred. ``numbered``: with $1, not %s."""
    database = connections[DEFAULT_DB_ALIAS]  # each look at ``connection`` costs more than the rest of this
    database.ensure_connection()
    cursor: Any = (_PreparedRaw if numbered else _Prepared)(database.connection)
    return database.make_debug_cursor(cursor) if database.queries_logged else database.make_cursor(cursor)
