"""``motcua pack check|diff|apply FOLDER``: a city's configuration from plain files."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.packs.actions import apply_pack, compare_pack
from motcua.kernel.packs.kind import Change
from motcua.kernel.packs.queries import Pack, read_pack


class Command(BaseCommand):
    help = "check, compare or apply a city's pack"

    @staticmethod
    def needs_database(arguments: Sequence[str]) -> bool:
        return "check" not in arguments

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "diff", "apply"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--only", default="", help="parts to compare or apply, separated by commas")
        parser.add_argument("--language", choices=["vi", "en"], default="vi")

    def handle(self, *, what: str, folder: Path, only: str, language: str, **options: Any) -> None:
        began = time.monotonic()
        parts = [part for part in only.split(",") if part]
        with translation.override(language):
            pack = read_pack(folder)
            if pack.problems:
                self._refuse(pack)
            if what == "check":
                lines = sum(len(records) for records in pack.tables.values())
                self.stdout.write(_("{folder}: đúng, {lines} dòng.").format(folder=folder, lines=lines))
                return
            if what == "diff":
                changes = compare_pack(pack, actor=SYSTEM, only=parts)
                for change in changes:
                    self.stdout.write(str(change))
            else:
                changes = apply_pack(pack, actor=SYSTEM, only=parts)
            self._sum_up(changes, is_applied=what == "apply", seconds=time.monotonic() - began)

    def _refuse(self, pack: Pack) -> None:
        for problem in pack.problems:
            self.stderr.write(f"{pack.folder}/{problem}")
        self.stderr.write(_("{count} lỗi; chưa thay đổi gì.").format(count=len(pack.problems)))
        sys.exit(1)

    def _sum_up(self, changes: list[Change], *, is_applied: bool, seconds: float) -> None:
        if not changes:
            self.stdout.write(_("Không có gì thay đổi."))
            return
        counts = {
            kind: sum(change.kind == kind for change in changes) for kind in ("added", "changed", "ended", "removed")
        }
        line = _("{added} thêm, {changed} sửa, {ended} kết thúc, {removed} bỏ").format(**counts)
        end = _("đã ghi trong {seconds:.1f} giây").format(seconds=seconds) if is_applied else _("chưa ghi gì")
        self.stdout.write(f"{line}; {end}.")
