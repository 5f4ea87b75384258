"""How moments come out of the database."""

from datetime import UTC, datetime

from django.apps import AppConfig
from django.db.backends.postgresql.psycopg_any import BaseTzLoader, get_adapters_template
from psycopg.abc import Buffer


class MomentLoader(BaseTzLoader):  # type: ignore[misc]  # Django's has no types
    """Django's own costs ten times as much, and a page reads hundreds of moments. Asked of sessions in UTC."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # what only PostgreSQL writes, such as infinity
            at: datetime = super().load(data)
            return at


class ProjectConfig(AppConfig):
    name = "motcua.project"

    def ready(self) -> None:
        get_adapters_template(True, UTC).register_loader("timestamptz", MomentLoader)
