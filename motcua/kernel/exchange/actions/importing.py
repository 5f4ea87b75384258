"""Taking in what other systems tell of their dossiers (the hub's part): many at once, in any order, twice or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.exchange.kind import NATIONAL_STATES, REPORT, Reported, UnreadError
from motcua.kernel.exchange.models import Foreign, Source, Unread
from motcua.kernel.exchange.queries.foreign import secret_index
from motcua.kernel.identity.queries import require
from motcua.kernel.identity.queries.sealed import keyed_index, sealer
from motcua.lib import moment
from motcua.lib.identifiers import read_national_id
from motcua.lib.vietnamese import clean

if TYPE_CHECKING:
    from motcua.kernel.exchange.ports import Shape
    from motcua.kernel.identity.kind import Actor

AT_ONCE = 10_000
AHEAD = timedelta(days=1)  # that another system's clock may be before ours


@dataclass(frozen=True, slots=True)
class Row:
    """``data`` is None where the text is no JSON; ``text`` can always be written."""

    line: int
    service: str
    data: Any
    text: str


@dataclass(slots=True)
class Imported:
    total: int = 0
    changed: int = 0  # dossiers that are new, or of which something new was said
    new: int = 0  # of these
    problems: list[tuple[int, str, str]] = field(default_factory=list)  # line, reason, text


_COLUMNS = (
    "line", "code", "state", "rank", "said_at", "procedure", "procedure_name", "agency", "accepted_at", "due_at",
    "finished_at", "returned_at", "applicant_index", "secret_index",
)  # fmt: skip
_COMING = """
    CREATE TEMPORARY TABLE exchange_coming (
        service text, line bigint, code text, state smallint, rank smallint, said_at timestamptz, procedure text,
        procedure_name text, agency text, accepted_at timestamptz, due_at timestamptz, finished_at timestamptz,
        returned_at timestamptz, applicant_index bytea, secret_index bytea
    ) ON COMMIT DROP"""
_COPY = f"COPY exchange_coming (service, {', '.join(_COLUMNS)}) FROM STDIN"


def _merge() -> str:
    """The last word of each dossier in this service, laid over what we have: an older one only fills what is blank."""
    table = Foreign._meta.db_table
    ranks = " ".join(f"WHEN {code} THEN {state.rank}" for code, state in NATIONAL_STATES.items())
    is_newer = (
        f"(EXCLUDED.said_at, CASE EXCLUDED.state {ranks} END) >= ({table}.said_at, CASE {table}.state {ranks} END)"
    )
    texts = ("procedure", "procedure_name", "agency")
    others = ("accepted_at", "due_at", "finished_at", "returned_at", "applicant_index", "secret_index")
    becomes = {
        name: f"CASE WHEN {is_newer} THEN EXCLUDED.{name} ELSE {table}.{name} END" for name in ("state", "said_at")
    }
    for name in texts:
        becomes[name] = (
            f"CASE WHEN EXCLUDED.{name} <> '' AND ({is_newer} OR {table}.{name} = '')"
            f" THEN EXCLUDED.{name} ELSE {table}.{name} END"
        )
    for name in others:
        becomes[name] = (
            f"CASE WHEN EXCLUDED.{name} IS NOT NULL AND ({is_newer} OR {table}.{name} IS NULL)"
            f" THEN EXCLUDED.{name} ELSE {table}.{name} END"
        )
    names = ", ".join(becomes)
    return f"""
        WITH merged AS (INSERT INTO {table} (source, code, {names}, received_at)
        SELECT %(source)s, code, {names}, %(now)s FROM (
            SELECT DISTINCT ON (code) * FROM exchange_coming WHERE service = %(service)s
            ORDER BY code, said_at DESC, rank DESC, line DESC) AS last
        ON CONFLICT (code, source) DO UPDATE
        SET {", ".join(f"{name} = {words}" for name, words in becomes.items())}, received_at = EXCLUDED.received_at
        WHERE ({", ".join(f"{table}.{name}" for name in becomes)}) IS DISTINCT FROM ({", ".join(becomes.values())})
        RETURNING (xmax = 0) AS is_new)
        SELECT count(*), count(*) FILTER (WHERE is_new) FROM merged"""  # noqa: S608  our own names


@transaction.atomic
def take_in_reports(
    rows: Iterable[Row],
    *,
    shape: Shape,
    source: str,
    actor: Actor,
    tell: Callable[[int], object] | None = None,
) -> Imported:
    """Read and merge. What cannot be read is kept sealed, with its line and reason, and reported; the rest goes in."""
    require(actor, REPORT)
    done = Imported()
    with connection.cursor() as cursor:
        cursor.execute(_COMING)
        for chunk in _chunks(rows):
            read: list[tuple[Any, ...]] = []
            unread: list[tuple[Row, str]] = []
            for row in chunk:
                try:
                    read.append((row.service, row.line, *_values(shape, row)))
                except UnreadError as error:
                    unread.append((row, str(error)))
            with cursor.copy(_COPY) as copy:
                for values in read:
                    copy.write_row(values)
            _keep(unread, source)
            done.problems += [(row.line, reason, row.text) for row, reason in unread]
            done.total += len(chunk)
            if tell is not None:
                tell(len(chunk))
        for service in shape.services:
            cursor.execute(_merge(), {"source": source, "service": service, "now": moment.now()})
            changed, new = cursor.fetchone()
            done.changed, done.new = done.changed + changed, done.new + new
        cursor.execute("DROP TABLE exchange_coming")
    known, _created = Source.objects.select_for_update().get_or_create(name=source)
    known.count, known.received_at = known.count + done.new, moment.now()
    known.save()
    if done.changed:
        record("exchange.imported", actor=actor, data={"count": done.changed, "source": source})
    return done


def _chunks(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    there = iter(rows)
    while chunk := list(islice(there, AT_ONCE)):
        yield chunk


def _values(shape: Shape, row: Row) -> tuple[Any, ...]:
    if row.data is None:
        raise UnreadError(_("Không phải JSON."))
    try:
        json.dumps([row.service, row.data], ensure_ascii=False).encode()
    except UnicodeEncodeError:  # JSON may escape half of a letter, which no text can hold
        raise UnreadError(_("Có ký tự hỏng.")) from None
    told = shape.read(row.service, row.data)
    _check(told)
    person = read_national_id(told.applicant) if told.applicant else None
    return (
        told.code,
        told.state,
        NATIONAL_STATES[told.state].rank,
        told.said_at,
        clean(told.procedure)[:40],
        clean(told.procedure_name)[:300],
        clean(told.agency)[:200],
        told.accepted_at,
        told.due_at,
        told.finished_at,
        told.returned_at,
        sealer().index(person.number) if person is not None else None,
        secret_index(told.secret),
    )


def _check(told: Reported) -> None:
    if told.state not in NATIONAL_STATES:
        raise UnreadError(_("Không có trạng thái %(state)s.") % {"state": told.state})
    if told.said_at > moment.now() + AHEAD:  # it would stand before every true word that is still to come
        raise UnreadError(_("Thời điểm ở tương lai."))


def _keep(unread: Sequence[tuple[Row, str]], source: str) -> None:
    now = moment.now()
    Unread.objects.bulk_create(
        (
            Unread(
                source=source,
                service=clean(row.service)[:40],
                line=row.line,
                reason=reason[:300],
                digest=keyed_index(f"{source}\n{row.text}"),
                text_sealed=sealer().seal(row.text),
                came_at=now,
            )
            for row, reason in unread
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )


@transaction.atomic
def forget_unread() -> int:
    """What could not be read holds whatever its sender wrote, also names and numbers: it goes when it is old, looked at
    or not. Whoever sent it was told at once, and may send it again."""
    old = moment.now() - timedelta(days=settings.EXCHANGE_UNREAD_KEPT_DAYS)
    gone, _by_table = Unread.objects.filter(came_at__lt=old).delete()
    return gone


def lines_of(texts: Iterable[str], shape: Shape) -> Iterator[Row]:
    """Lines of a file: each one row of a request, or ``{"service": …, "data": row}``."""
    for number, text in enumerate(texts, start=1):
        stripped = text.strip()
        if not stripped:
            continue
        try:
            data = json.loads(stripped)
        except (ValueError, RecursionError):
            yield Row(number, "", None, stripped)
            continue
        if isinstance(data, dict) and set(data) == {"service", "data"}:
            yield Row(number, str(data["service"]), data["data"], stripped)
        else:
            yield Row(number, shape.service_of(data), data, stripped)
