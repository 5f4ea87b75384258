"""Telling every process that areas changed."""

from django.db import connection

from motcua.kernel.places.queries import forget


def grow_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_areaversion (id, number) VALUES (1, 1)"
            " ON CONFLICT (id) DO UPDATE SET number = places_areaversion.number + 1"
        )
    forget()
