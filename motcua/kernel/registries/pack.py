"""Invented people, households, land, cars and companies for a demonstration. A city in earnest takes none of them."""

from typing import TYPE_CHECKING

from django.conf import settings

from motcua.kernel.packs.kind import Change, PackPart
from motcua.kernel.packs.queries import Pack
from motcua.kernel.registries.actions.records import Line, put_records, read_file
from motcua.kernel.registries.kind import REGISTRIES, RegistryKind

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

FOLDER = "registries/"


def _lines(pack: Pack, kind: RegistryKind) -> list[Line]:
    """The records of one file; its mistakes become the pack's."""
    file = f"{FOLDER}{kind.name}.csv"
    content = pack.read_text(file)
    if content is None:
        return []
    lines, problems = read_file(kind, content)
    for problem in problems:
        pack.problem(file, problem.line, problem.text)
    return lines


def read(pack: Pack) -> None:
    folder = pack.folder / FOLDER
    known = {f"{name}.csv" for name in REGISTRIES}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known:
            pack.problem(f"{FOLDER}{path.name}", 1, f"{path.name} ∉ {', '.join(sorted(known))}")
    for kind in REGISTRIES.values():
        _lines(pack, kind)


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    """What people wrote over a record since then is replaced; what the pack no longer has stays."""
    if not settings.DEMO:
        return []
    changes: list[Change] = []
    for kind in REGISTRIES.values():
        told = put_records(kind, [line.values for line in _lines(pack, kind)], is_pack=True)
        for how, count in (("added", told.added), ("changed", told.changed)):
            if count:
                changes.append(Change("registries", how, f"{kind.name} ×{count}"))
    return changes


PART = PackPart("registries", (FOLDER,), read, apply, after=("identity",))
