"""``motcua verify``: prove that no event was changed or removed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from motcua.kernel.events.queries import verify


class Command(BaseCommand):
    help = "Kiểm tra chuỗi băm của mọi sự kiện; nêu mắt xích hỏng đầu tiên của mỗi chuỗi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", type=int, help="chỉ một hồ sơ (mã số trong cơ sở dữ liệu)")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for fault in verify(options["case"]):
            broken += 1
            where = f"case {fault.case_id}" if fault.case_id else "events without a case"
            self.stdout.write(f"BROKEN {where}, event {fault.event_id}: {fault.reason}")
        if broken:
            sys.exit(1)
        self.stdout.write("OK: every chain is whole.")
