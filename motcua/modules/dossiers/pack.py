"""The pack's printed forms: which number and title each slip has, by which legal act, from which day."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.packs.kind import Change, Column, PackPart, Table, day, text, word
from motcua.kernel.packs.queries import Pack, compare
from motcua.modules.dossiers.kind import Slip
from motcua.modules.dossiers.models import SlipForm

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

SLIPS = Table(
    "slips.csv",
    ("valid_from", "slip"),
    (
        Column("valid_from", day, required=True),
        Column("slip", word(*Slip.values), required=True),
        Column("number", text(4, pattern=r"\d{2}", hint=gettext_lazy("hai chữ số, như 01")), required=True),
        Column("title", text(160), required=True),
        Column("basis", text(120), required=True),
    ),
    optional=True,
)
_SHOWN = ("number", "title", "basis")


def read(pack: Pack) -> None:
    numbers: set[tuple[Any, str]] = set()
    for record in pack.read_table(SLIPS):
        key = (record["valid_from"], record["number"])
        if key in numbers:
            record.problem(_("mẫu số {number} đã có trong bộ mẫu này").format(number=record["number"]), "number")
        numbers.add(key)


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    wanted = {
        (record["valid_from"], record["slip"]): {name: record[name] for name in _SHOWN}
        for record in pack.tables[SLIPS.file]
    }
    rows = {(row.valid_from, row.slip): row for row in SlipForm.objects.all()}
    found = {key: {name: getattr(row, name) for name in _SHOWN} for key, row in rows.items()}
    difference = compare(pack, "slips", wanted, found, lambda key: f"{key[0]} {key[1]}")
    SlipForm.objects.bulk_create(SlipForm(valid_from=key[0], slip=key[1], **wanted[key]) for key in difference.added)
    for key in difference.changed:
        SlipForm.objects.filter(pk=rows[key].pk).update(**wanted[key])
    SlipForm.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).delete()
    return difference.changes("removed")


PART = PackPart("dossiers", (SLIPS.file,), read, apply)
