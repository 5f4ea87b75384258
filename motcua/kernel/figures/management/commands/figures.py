"""``motcua figures rebuild``: fold every event again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from motcua.kernel.events.actions import read_on
from motcua.kernel.events.kind import READERS
from motcua.kernel.figures.actions import READER, rebuild_figures


class Command(BaseCommand):
    help = "Tính lại số liệu từ sự kiện."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["rebuild"])

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild_figures()
        total = 0
        while taken := read_on(READERS[READER]):
            total += taken
        self.stdout.write(f"OK: {total} events.")
