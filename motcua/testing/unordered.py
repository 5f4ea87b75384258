"""PostgreSQL promises no order to a query that asks for none, and changes it when it changes its plan.

Most days it is the order of writing, so code and tests come to rely on it and fail on the day it is not. Under test
such rows therefore come backwards.
"""

from typing import Any

from django.db.models import QuerySet


def turn_unordered_rows() -> None:
    fetch = QuerySet._fetch_all

    def fetch_turned(rows: Any) -> None:
        is_new = rows._result_cache is None
        fetch(rows)
        if is_new and not rows.ordered and not rows.query.is_sliced:
            rows._result_cache.reverse()

    setattr(QuerySet, "_fetch_all", fetch_turned)  # noqa: B010  no type checker lets a method be replaced
