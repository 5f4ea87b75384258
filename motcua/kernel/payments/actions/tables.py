"""Price tables and payees of the city."""

from django.db import connection

from motcua.kernel.payments.queries.accounts import forget


def grow_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_moneyversion (id, number) VALUES (1, 1)"
            " ON CONFLICT (id) DO UPDATE SET number = payments_moneyversion.number + 1"
        )
    forget()
