"""Telling every process that the catalogue changed."""

from django.db import connection

from motcua.kernel.procedures.queries.search import forget


def grow_catalogue() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procedures_catalogueversion (id, number) VALUES (1, 1)"
            " ON CONFLICT (id) DO UPDATE SET number = procedures_catalogueversion.number + 1"
        )
    forget(is_changed=True)
