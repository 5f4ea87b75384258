"""``motcua areas import FILE`` and ``motcua areas where LAT LON``."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.kernel.places.actions import import_areas


class Command(BaseCommand):
    help = "import official boundaries, or tell which commune holds a point"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=["vi", "en"], default="vi")
        what = parser.add_subparsers(dest="what", required=True)
        bring = what.add_parser(
            "import", help="boundaries from a GeoJSON file take the place of what is there, by code"
        )
        bring.add_argument("file", type=Path, help="FILE.geojson or FILE.geojson.gz; each feature has properties.code")
        bring.add_argument(
            "--level", choices=["province", "district", "commune"], default="", help="told by the codes unless said"
        )
        bring.add_argument("--province", default="", help="code: the file holds areas of this province only")
        bring.add_argument(
            "--add-from", type=date.fromisoformat, default=None, metavar="DATE",
            help="add areas whose code is unknown, in force from this day; otherwise they are refused",
        )  # fmt: skip
        bring.add_argument("--legal-basis", default="", help="of the areas that are added")
        where = what.add_parser("where", help="which commune holds a point")
        where.add_argument("lat", type=float)
        where.add_argument("lon", type=float)

    def handle(self, *, what: str, language: str, **options: Any) -> None:
        with translation.override(language):
            if what == "import":
                count = import_areas(
                    options["file"],
                    actor=SYSTEM,
                    level=options["level"],
                    province=options["province"],
                    add_from=options["add_from"],
                    legal_basis=options["legal_basis"],
                )
                self.stdout.write(_("Đã nạp ranh giới {count} địa bàn.").format(count=count))
                return
            found = places.commune_at(options["lat"], options["lon"])
            if found is None:
                self.stdout.write(_("Điểm này không nằm trong xã, phường nào."))
                return
            unit = org.tree().commune_unit(found.id)
            line = f"{found.code}  {found.full_name}"
            if found.id not in org.served():
                line += "  " + _("(ngoài địa bàn: không nhận phản ánh ở đây)")
            if unit is not None:
                line += f"  → {unit.name}"
            if found.is_approximate:
                line += "  " + _("(ranh giới gần đúng)")
            self.stdout.write(line)
