"""``motcua restore FILE``: what ``motcua backup`` wrote, into the empty database of a new data folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.kernel.events.actions import rebase
from motcua.project.copies import load


class Command(BaseCommand):
    help = "what backup wrote, into the empty database of a new DATA_DIR"
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_EMBEDDED:
            raise CommandError("DATABASE_URL is set: use the pg_restore of that PostgreSQL (docs/operations.md)")
        load(settings.POSTGRES_DIR, options["file"].resolve())
        call_command("migrate", interactive=False, verbosity=0)
        rebase()
        self.stdout.write("OK: restored. Put back the two keys and the files, then `make run`, then `motcua verify`.")
