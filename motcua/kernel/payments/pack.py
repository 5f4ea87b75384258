"""The pack's price tables and the accounts into which fees are paid."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.org.queries import unit_ids
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, text
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.kernel.payments.actions.tables import grow_version
from motcua.kernel.payments.models import FeeTable, Payee
from motcua.lib import fees
from motcua.lib.fees import FeeError

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

FOLDER = "fees/"
PAYEES = Table(
    "payees.csv",
    ("unit_code",),
    (
        Column("unit_code", text(60), required=True),
        Column("bank_bin", text(6, pattern=r"[0-9]{6}", hint=gettext_lazy("6 chữ số")), required=True),
        Column("bank", text(80), required=True),
        Column("account", text(19, pattern=r"[0-9A-Za-z]{1,19}", hint=gettext_lazy("1–19 chữ, số")), required=True),
        Column("account_name", text(120), required=True),
        Column("agency", text(200), required=True),
        Column("tax_code", text(14, pattern=r"\d{10}(-\d{3})?", hint=gettext_lazy("10 chữ số")), required=True),
        Column("address", text(300)),
        Column("receipt_form", text(20)),
        Column("receipt_symbol", text(20)),
    ),
    optional=True,
)
_COLUMNS = tuple(column.name for column in PAYEES.columns if column.name != "unit_code")


def read(pack: Pack) -> None:
    units = pack.keys("units.csv")
    for record in pack.read_table(PAYEES):
        record.check_reference("unit_code", units, "units.csv")
        if bool(record["receipt_form"]) != bool(record["receipt_symbol"]):
            record.problem(_("biên lai có cả mẫu và ký hiệu, hoặc để trống cả hai"), "receipt_symbol")
    pack.tables[FOLDER] = []
    folder = pack.folder / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        file = f"{FOLDER}{path.name}"
        if path.suffix != ".csv":
            pack.problem(file, 1, _("bảng giá có đuôi .csv; đổi tên hoặc bỏ tệp"))
            continue
        content = pack.read_text(file)
        if content is None:
            continue
        try:
            fees.Table.parse(path.stem, content)
        except FeeError as error:
            line, _dot, column = error.path.partition(".")
            pack.problem(file, int(line), f"{column}: {error.message}" if column else error.message)
        else:
            values = {"name": path.stem, "text": content}
            pack.tables[FOLDER].append(Record(pack, file, 1, path.stem, values, set()))


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    changes = [*_apply_tables(pack), *_apply_payees(pack)]
    if changes:
        grow_version()
    return changes


def _apply_tables(pack: Pack) -> list[Change]:
    wanted = {record["name"]: {"text": record["text"]} for record in pack.tables[FOLDER]}
    rows = {row.name: row for row in FeeTable.objects.select_for_update()}
    difference = compare(pack, "fee_tables", wanted, {name: {"text": row.text} for name, row in rows.items()})
    FeeTable.objects.bulk_create(FeeTable(name=name, **wanted[name]) for name in difference.added)
    for name in difference.changed:
        FeeTable.objects.filter(name=name).update(**wanted[name])
    FeeTable.objects.filter(name__in=difference.gone).delete()
    return difference.changes()


def _apply_payees(pack: Pack) -> list[Change]:
    wanted: dict[str, dict[str, Any]] = {
        record["unit_code"]: {name: record[name] for name in _COLUMNS} for record in pack.tables[PAYEES.file]
    }
    rows = {row.unit.code: row for row in Payee.objects.select_for_update(of=("self",)).select_related("unit")}
    found = {code: {name: getattr(row, name) for name in _COLUMNS} for code, row in rows.items()}
    difference = compare(pack, "payees", wanted, found)
    ids = unit_ids(difference.added)
    Payee.objects.bulk_create(Payee(unit_id=ids[code], **wanted[code]) for code in difference.added)
    for code in difference.changed:
        Payee.objects.filter(pk=rows[code].pk).update(**wanted[code])
    Payee.objects.filter(pk__in=[rows[code].pk for code in difference.gone]).delete()
    return difference.changes()


PART = PackPart("payments", (PAYEES.file, FOLDER), read, apply, after=("org",))
