"""``motcua open311 key add NAME | list | revoke NAME``: the keys with which other programs send reports."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from motcua.kernel.identity.actions import create_service_key, revoke_service_key
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import list_service_keys

GRANTS = ("incident.submit", "incident.read_public")


class Command(BaseCommand):
    help = "Khoá kết nối Open311: key add TÊN, key list, key revoke TÊN."

    def add_arguments(self, parser: CommandParser) -> None:
        nouns = parser.add_subparsers(dest="noun", required=True, metavar="key")
        verbs = nouns.add_parser("key", help="khoá của ứng dụng gửi phản ánh").add_subparsers(
            dest="verb", required=True, metavar="add|list|revoke"
        )
        verbs.add_parser("add", help="tạo khoá; chỉ in ra một lần").add_argument("name", metavar="TÊN")
        verbs.add_parser("list", help="các khoá đang có")
        verbs.add_parser("revoke", help="thu hồi").add_argument("name", metavar="TÊN")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "add":
                # Alone on its line, so that a script can take it.
                self.stdout.write(create_service_key(options["name"], GRANTS, actor=SYSTEM))
            case "list":
                for key in self._keys():
                    until = f", thu hồi {timezone.localtime(key.revoked_at):%d/%m/%Y}" if key.revoked_at else ""
                    self.stdout.write(f"{key.name}: từ {timezone.localtime(key.created_at):%d/%m/%Y}{until}")
            case "revoke":
                held = [key for key in self._keys() if key.name == options["name"] and key.revoked_at is None]
                if not held:
                    raise CommandError(f"Không có khoá đang dùng tên “{options['name']}”.")
                revoke_service_key(held[0].pk, actor=SYSTEM)
                self.stdout.write(f"Đã thu hồi khoá {options['name']}.")

    def _keys(self) -> list[Any]:
        return [key for key in list_service_keys(actor=SYSTEM) if GRANTS[0] in key.grants]
