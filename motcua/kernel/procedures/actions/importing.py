"""The national list becomes part of the catalogue, as information: what the city has itself stays the city's."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.actions.bulk import publish_all
from motcua.kernel.procedures.actions.catalogue import grow_catalogue
from motcua.kernel.procedures.kind import Body
from motcua.kernel.procedures.models import Field, ImportState, Procedure
from motcua.kernel.procedures.queries.catalogue import newest_bodies
from motcua.kernel.procedures.queries.national import ROW_PARTS, Row, read_row
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

MOST_PROBLEMS = 5_000  # kept to be looked at


@dataclass
class Imported:
    total: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0  # the city has its own
    parsed: dict[str, list[int]] = field(default_factory=lambda: {part: [0, 0] for part in ROW_PARTS})
    problems: list[dict[str, Any]] = field(default_factory=list)  # {line, code, part, text}

    @property
    def left_out(self) -> int:
        return self.total - self.added - self.changed - self.unchanged - self.kept

    def note(self, line: int, row: Row) -> None:
        for part, is_read in row.read.items():
            self.parsed[part][0] += is_read
            self.parsed[part][1] += 1
        self.problems += [{"line": line, "code": row.code, "part": part, "text": text} for part, text in row.problems]


@transaction.atomic
def import_national(
    rows: Iterable[Mapping[str, Any] | None],
    *,
    actor: "Actor",
    source: str,
    tell: Callable[[], None] = lambda: None,
) -> Imported:
    """``rows`` as the file has them; None is a line that is no JSON object. ``tell`` is called after each.

    Raises ``Refused`` when no row can become a procedure: a file of another shape is no import that found nothing.
    """
    done = Imported()
    today = local_today()
    newest = newest_bodies()
    names = {fold(name): code for code, name in Field.objects.values_list("code", "name")}
    fields: dict[str, str] = {}
    bodies: dict[str, Body] = {}
    for line, given in enumerate(rows, start=1):
        done.total += 1
        row = read_row(given, on=today) if given is not None else Row("")
        if given is None:
            row.problems.append(("line", _("dòng này không phải JSON")))
        done.note(line, row)
        if row.body is not None and row.body.code in bodies:
            done.problems.append({"line": line, "code": row.code, "part": "code", "text": _("mã có hai lần")})
        elif row.body is not None and _is_wanted(row.body, newest, done):
            field_code = names.get(fold(row.field_name)) or row.body.field
            fields.setdefault(field_code, row.field_name)
            bodies[row.code] = replace(row.body, field=field_code)
        tell()
    if done.left_out == done.total:
        raise Refused("unreadable", _("Không dòng nào nạp được: mỗi dòng là một JSON có ma_thu_tuc và ten_thu_tuc."))
    _add_fields(fields)
    publish_all(list(bodies.values()), Procedure.Source.NATIONAL, actor=actor)
    ImportState.objects.update_or_create(
        pk=1,
        defaults={
            "source": source[:200],
            "finished_at": moment.now(),
            **{name: getattr(done, name) for name in ("total", "added", "changed", "unchanged", "kept", "parsed")},
            "problems": done.problems[:MOST_PROBLEMS],
        },
    )
    if bodies:
        record("procedures.imported", actor=actor, data={"count": len(bodies), "source": source[:200]})
        grow_catalogue()
    return done


def _is_wanted(body: Body, newest: Mapping[str, Any], done: Imported) -> bool:
    before = newest.get(body.code)
    if before is None:
        done.added += 1
        return True
    if before.source != Procedure.Source.NATIONAL:
        done.kept += 1
        return False
    same = {"valid_from", "field"}  # the day of the import; and a field that has the city's code
    now, then = body.plain(), before.body
    if {k: v for k, v in now.items() if k not in same} == {k: v for k, v in then.items() if k not in same}:
        done.unchanged += 1
        return False
    done.changed += 1
    return True


def _add_fields(fields: Mapping[str, str]) -> None:
    known = set(Field.objects.values_list("code", flat=True))
    Field.objects.bulk_create(
        Field(code=code, name=name[:200], is_imported=True) for code, name in fields.items() if code not in known
    )
