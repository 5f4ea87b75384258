from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.statements.queries import prepared

pytestmark = pytest.mark.django_db


def plans(beginning: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [beginning + "%"])
        return int(cursor.fetchone()[0])


def test_a_statement_is_planned_once() -> None:
    for number in (1, 2, 3):
        with prepared() as cursor:
            cursor.execute("SELECT %s + 1 AS once", [number])
            assert cursor.fetchone() == (number + 1,)
    assert plans("SELECT $1 + 1 AS once") == 1


def test_values_go_as_they_are() -> None:
    at = datetime(2026, 11, 22, 7, tzinfo=UTC)
    given = ["'; DROP TABLE cases_case; --", "100%", None, at, [], [7]]
    with prepared() as cursor:
        cursor.execute("SELECT %s::text, %s::text, %s::text, %s::timestamptz, %s::bigint[], %s::bigint[]", given)
        assert list(cursor.fetchone()) == given
    with prepared(numbered=True) as cursor:
        cursor.execute("SELECT $2::text, $1::text", ["a", "b"])
        assert cursor.fetchone() == ("b", "a")


def test_tests_count_it_and_errors_are_djangos(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1) as seen, prepared() as cursor:
        cursor.execute("SELECT %s::int AS seen", [1])
    assert seen.captured_queries[0]["sql"] == "SELECT $1::int AS seen"
    with pytest.raises(IntegrityError), prepared() as cursor:
        cursor.execute("INSERT INTO django_content_type (app_label) SELECT NULL")
