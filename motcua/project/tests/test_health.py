import pytest
from django.db import connection
from django.test import Client

from motcua.kernel.events.kind import READERS
from motcua.kernel.events.models import Cursor


def test_the_process_answers_without_a_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_it_is_ready_when_the_database_answers_and_is_migrated(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": True, "migrations": True}


@pytest.mark.django_db
def test_a_failing_reader_is_named_and_holds_up_nobody(client: Client) -> None:
    name = next(iter(READERS))
    Cursor.objects.create(reader=name, failures=3, error="no such thing")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["warnings"] == [f"reader {name}: 3 failures"]


@pytest.mark.django_db
def test_it_is_not_ready_while_a_migration_is_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'events'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] is False
