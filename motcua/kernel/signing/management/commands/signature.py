"""``motcua signature verify FILE``; ``key add|list|remove``; ``root add|list|remove``; ``demo``."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.queries import tree
from motcua.kernel.signing.actions import (
    NewKey,
    add_remote_key,
    add_root,
    add_software_key,
    add_token_key,
    make_demo_keys,
    remove_key,
    remove_root,
)
from motcua.kernel.signing.ports import REMOTE_SIGNERS
from motcua.kernel.signing.queries import list_roots, managed_keys, one_by_one, verdict, verify_distrusted
from motcua.lib.errors import Refused

# What a script asks: 0 every signature holds, 1 something does not, 3 there is none; 2 is a refusal, as everywhere.
EXIT = {"good": 0, "test": 1, "broken": 1, "doubtful": 1, "none": 3}


class Command(BaseCommand):
    help = "Chữ ký số: verify TỆP; key add|list|remove; root add|list|remove; demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=["vi", "en"], default="vi")
        nouns = parser.add_subparsers(dest="noun", required=True, metavar="verify|key|root|demo")
        check = nouns.add_parser("verify", help="kiểm tra chữ ký của tệp PDF; 0: tốt, 1: không, 3: không có chữ ký")
        check.add_argument("file", type=Path, metavar="TỆP")
        check.add_argument("--test-is-good", action="store_true", help="chữ ký thử nghiệm cũng là tốt")
        keys = nouns.add_parser("key", help="khoá").add_subparsers(
            dest="verb", required=True, metavar="add|list|remove"
        )
        add = keys.add_parser("add", help="thêm khoá; mật khẩu được hỏi, hoặc đọc từ --password-file")
        add.add_argument("file", nargs="?", type=Path, metavar="TỆP.p12")
        add.add_argument("--unit", metavar="MÃ", help="dấu của đơn vị này")
        add.add_argument("--officer", metavar="SỐ", type=int, help="chữ ký của cán bộ này")
        add.add_argument("--label", default="")
        add.add_argument("--picture", type=Path, metavar="ẢNH.png")
        add.add_argument(
            "--size", nargs=2, type=float, default=(36.0, 36.0), metavar=("RỘNG", "CAO"), help="của ảnh, mm"
        )
        add.add_argument("--password-file", type=Path)
        add.add_argument("--token", metavar="NHÃN", help="khoá trong thiết bị PKCS#11 (PKCS11_MODULE); cần --key")
        add.add_argument("--key", metavar="NHÃN")
        add.add_argument("--remote", metavar="NGƯỜI", help="khoá của người này ở dịch vụ ký số từ xa")
        add.add_argument("--credential", default="")
        keys.add_parser("list", help="các khoá đang có, hết hạn trước xếp trước")
        keys.add_parser("remove", help="gỡ").add_argument("id", type=int, metavar="SỐ")
        roots = nouns.add_parser("root", help="chứng thư gốc được tin").add_subparsers(
            dest="verb", required=True, metavar="add|list|remove"
        )
        roots.add_parser("add", help="tin").add_argument("file", type=Path, metavar="TỆP.pem")
        roots.add_parser("list", help="đang tin")
        roots.add_parser("remove", help="thôi tin").add_argument("id", type=int, metavar="SỐ")
        nouns.add_parser("demo", help="làm khoá thử nghiệm, chỉ khi chạy thử và chưa có khoá nào")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            if options["noun"] == "verify":
                sys.exit(self._verify(options))
            getattr(self, f"_{options['noun']}{'_' + options['verb'] if 'verb' in options else ''}")(options)

    def _verify(self, options: dict[str, Any]) -> int:
        found = verify_distrusted(_read(options["file"]))
        told = verdict(found)
        self.stdout.write(f"{told.title}. {told.text}")
        for number, one in enumerate(one_by_one(found), 1):
            self.stdout.write(f"\n{number}. {one.title}: {one.text}")
            for name, value in one.facts:
                self.stdout.write(f"   {name}: {value}")
        return 0 if found.verdict == "test" and options["test_is_good"] else EXIT[found.verdict]

    def _key_add(self, options: dict[str, Any]) -> None:
        new = NewKey(
            label=options["label"],
            unit_id=_unit(options["unit"]) if options["unit"] else None,
            officer_id=options["officer"],
            picture=_read(options["picture"]) if options["picture"] else b"",
            picture_width=options["size"][0],
            picture_height=options["size"][1],
        )
        if options["remote"]:
            key = _remote(new, options["remote"], options["credential"])
        elif options["token"]:
            if not options["key"]:
                raise CommandError("--token cần --key")
            key = add_token_key(new, options["token"], _password(options, "PIN: "), options["key"], actor=SYSTEM)
        elif options["file"]:
            key = add_software_key(new, _read(options["file"]), _password(options, "Mật khẩu: "), actor=SYSTEM)
        else:
            raise CommandError("Cần TỆP.p12, --token hoặc --remote")
        self.stdout.write(f"{key.pk}  {key.label}: {key.signer}, đến {timezone.localtime(key.valid_to):%d/%m/%Y}")

    def _key_list(self, options: dict[str, Any]) -> None:
        for row in managed_keys(SYSTEM):
            test = "  (thử nghiệm)" if row.key.is_test else ""
            until = timezone.localtime(row.key.valid_to)
            self.stdout.write(
                f"{row.key.pk}  {row.key.kind:<9} {row.owner}: {row.key.label}, đến {until:%d/%m/%Y}{test}"
            )

    def _key_remove(self, options: dict[str, Any]) -> None:
        remove_key(options["id"], actor=SYSTEM)

    def _root_add(self, options: dict[str, Any]) -> None:
        for root in add_root(_read(options["file"]), actor=SYSTEM):
            self.stdout.write(f"{root.pk}  {root.name}  {bytes(root.sha256).hex()}")

    def _root_list(self, options: dict[str, Any]) -> None:
        for root in list_roots():
            self.stdout.write(
                f"{root.pk}  {root.name}  {bytes(root.sha256).hex()}{'  (thử nghiệm)' if root.is_test else ''}"
            )

    def _root_remove(self, options: dict[str, Any]) -> None:
        remove_root(options["id"], actor=SYSTEM)

    def _demo(self, options: dict[str, Any]) -> None:
        if number := make_demo_keys():
            self.stdout.write(f"{number} khoá thử nghiệm")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused("not_found", f"{file}: {error.strerror}") from error


def _password(options: dict[str, Any], words: str) -> str:
    """From a file or the keyboard: what stands in a command line is seen by everybody on the machine."""
    if options["password_file"]:
        return _read(options["password_file"]).decode().rstrip("\r\n")
    return getpass.getpass(words)


def _unit(code: str) -> int:
    unit = tree().by_code(code)
    if unit is None:
        raise CommandError(f"Không có đơn vị “{code}”.")
    return unit.id


def _remote(new: NewKey, user: str, wanted: str) -> Any:
    signers = [signer for signer in REMOTE_SIGNERS.values() if signer.is_configured()]
    if not signers:
        raise CommandError("Chưa nối dịch vụ ký số từ xa (SIGNING_URL).")
    found: Sequence[Any] = [one for one in signers[0].credentials(user) if wanted in ("", one.id)]
    if len(found) != 1:
        listed = "; ".join(f"{one.id} ({one.label})" for one in found) or "không có"
        raise CommandError(f"Chọn một chứng thư bằng --credential: {listed}")
    return add_remote_key(new, signers[0].name, user, found[0], actor=SYSTEM)
