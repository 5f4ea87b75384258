"""Income of an hour by year, and what standard activities take: what a pack says until people here say otherwise."""

from typing import TYPE_CHECKING, Any

from motcua.kernel.costs.actions import add_input
from motcua.kernel.costs.kind import ACTIVITIES, BASES, MOST_MINUTES, SITUATIONS
from motcua.kernel.costs.models import Input
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, text, whole, word
from motcua.kernel.packs.queries import Pack

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

MOST_OF_CELL = 999_999_999  # đồng
YEARS = Table(
    "cost_years.csv",
    ("year",),
    (
        Column("year", whole(2000, 2999), required=True),
        Column("basis", word(*BASES), required=True),
        Column("amount", whole(1, MOST_OF_CELL), required=True),
        Column("source", text(400), required=True),
    ),
    optional=True,
)
NUMBERS = {
    f"{situation}_{what}": most
    for situation in SITUATIONS
    for what, most in (("minutes", MOST_MINUTES), ("expense", MOST_OF_CELL))
}
NORMS = Table(
    "cost_activities.csv",
    ("activity",),
    (
        Column("activity", word(*ACTIVITIES), required=True),
        *(Column(name, whole(0, most), required=True) for name, most in NUMBERS.items()),
        Column("source", text(400), required=True),
    ),
    optional=True,
)


def read(pack: Pack) -> None:
    for table in (YEARS, NORMS):
        pack.read_table(table)


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    """A row that the pack changed is stated anew; what was stated before stays, and so does what people stated."""
    wanted: dict[str, tuple[dict[str, Any], str]] = {}
    for year, record in pack.keys(YEARS.file, "year").items():
        wanted[f"year:{year}"] = {"basis": record["basis"], "amount": record["amount"]}, record["source"]
    for activity, record in pack.keys(NORMS.file, "activity").items():
        wanted[f"activity:{activity}"] = {name: record[name] for name in NUMBERS}, record["source"]
    rows = list(Input.objects.select_for_update().filter(subject__in=wanted).order_by("number"))
    newest = {row.subject: row for row in rows}
    packed = {row.subject: row for row in rows if row.is_from_pack}
    told = []
    for subject, (values, source) in wanted.items():
        before = packed.get(subject)
        if before is None or (before.values, before.source) != (values, source):
            add_input(subject, values, actor=actor, source=source, newest=newest.get(subject), is_from_pack=True)
            told.append(Change("costs", "changed" if before else "added", subject))
    return told


PART = PackPart("costs", (YEARS.file, NORMS.file), read, apply)
