"""``motcua backup FILE``: the embedded database into one file, while the city works on."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.project.copies import save


class Command(BaseCommand):
    help = "the database into a file, while all goes on (docs/operations.md tells what else to keep)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_EMBEDDED:
            raise CommandError("DATABASE_URL is set: use the pg_dump of that PostgreSQL (docs/operations.md)")
        file = options["file"].resolve()
        save(settings.POSTGRES_DIR, file)
        self.stdout.write(f"OK: {file} ({file.stat().st_size / 2**20:.1f} MB)")
