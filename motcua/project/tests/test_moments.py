"""Moments come out of the database as exact as they went in."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-21 23:12:16.11143+00", datetime(2026, 11, 21, 23, 12, 16, 111430, UTC)),
        ("2026-11-22 06:12:16.5+07", datetime(2026, 11, 21, 23, 12, 16, 500000, UTC)),
        ("1900-01-01 00:00:00+00", datetime(1900, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)),
    ],
)
def test_a_moment(written: str, read: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        found = cursor.fetchone()[0]
    assert found == read
    assert found.tzinfo is UTC


def test_what_python_cannot_say_is_refused_as_ever() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchone()
