"""``motcua readers``: how those who follow the events fare; and what they need after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from motcua.kernel.events.actions import rebase
from motcua.kernel.events.queries import reader_states


class Command(BaseCommand):
    help = "Các bộ đọc sự kiện đang ở đâu; rebase: nối tiếp sau khi phục hồi dữ liệu vào PostgreSQL khác."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=["list", "rebase"], default="list")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "rebase":
            was_needed = rebase()
            self.stdout.write(
                "OK: dữ liệu đến từ PostgreSQL khác; sự kiện mới sẽ đứng sau sự kiện cũ."
                if was_needed
                else "OK: không cần gì, sự kiện vẫn theo đúng thứ tự."
            )
            return
        for state in reader_states():
            behind = f"còn {state.behind} sự kiện" if state.behind else "đã đọc hết"
            trouble = f"; hỏng {state.failures} lần: {state.error}" if state.failures else ""
            self.stdout.write(f"{state.name:16} {behind}{trouble}")
