"""Telling every process that units or calendars changed."""

from django.db import connection

from motcua.kernel.org.queries import forget


def grow_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO org_orgversion (id, number) VALUES (1, 1)"
            " ON CONFLICT (id) DO UPDATE SET number = org_orgversion.number + 1"
        )
    forget()
