"""The inbox: one list of open cases, the one that ends first on top. Reads only partial indexes of open cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial, reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case, Category
from motcua.kernel.cases.queries.clocks import ClockView, next_views
from motcua.kernel.cases.queries.reading import Scope, holding, scope
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.identity.kind import Actor, Role
from motcua.kernel.identity.queries import masked_name
from motcua.kernel.org import queries as org
from motcua.kernel.statements.queries import prepared
from motcua.lib import moment
from motcua.lib.codes import row_number

PAGE = 30  # a screen shows seventeen
COUNT_TO = 999  # chips say "999+": nobody acts on an exact larger number, and counting it costs
FOUND_TO = 99  # of what holds common words
IN_ORDER = (F("next_due_at").asc(nulls_last=True), "id")

TIMES = ("late", "soon", "on", "paused")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What stands in the address. ``whose``: mine | unit | unassigned."""

    whose: str = "mine"
    time: str = ""  # late | soon | on | paused
    kind: str = ""
    state: str = ""
    category: str = ""
    area: int | None = None
    unit: int | None = None
    words: str = ""
    flagged: bool = False
    after: str = ""  # key of the last row of the page before


@dataclass(frozen=True, slots=True)
class InboxRow:
    case: Case
    clock: ClockView | None
    group: str  # late | soon | on | paused
    unit_name: str
    category_name: str
    officer_name: str
    initials: str  # of whose case it is, where the kind shows them; the name is on the case's page
    state_label: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    rows: list[InboxRow]
    counts: dict[str, int]  # all, late, soon, on, paused; most + 1 means more
    most: int
    next_key: str


LISTED = (
    "kind", "code", "subject", "state", "unit_id", "officer_id", "category_id", "next_due_at", "due_at", "flag",
)  # fmt: skip


def inbox(
    actor: Actor, wanted: InboxFilter, now: datetime | None = None, *, fields: Sequence[str] = LISTED
) -> InboxPage:
    """One page and the counts of the time chips. Three statements: rows, counts, clocks; one more for words.

    Of each case only ``fields`` are read: reading them all for fifty rows costs a tenth of the page.
    """
    at = now or moment.now()
    everything, are_common = _holding(actor, wanted)
    found = _listed(after_key(_in_time(everything, wanted.time, at), wanted.after), fields)
    more, found = len(found) > PAGE, found[:PAGE]
    most = FOUND_TO if are_common else COUNT_TO
    views = next_views([one.case for one in found], at)
    row = partial(_row, units=org.tree(), held=rules().categories, language=get_language() or "")
    return InboxPage(
        rows=[row(one, views.get(one.case.id)) for one in found],
        counts=_counts(everything, most, at, in_order=are_common),
        most=most,
        next_key=key_of(found[-1].case) if more else "",
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    case: Case  # with only the fields that were asked for
    officer_name: str
    person_name: bytes  # sealed


def _listed(rows: QuerySet[Case], fields: Sequence[str]) -> list[_Listed]:
    """The first of ``rows`` in the order of the inbox, and one more than fit on a page. The ORM writes the filter and
    nothing more: to write all of it and to make what it finds takes three times as long."""
    try:
        where, given = _condition(rows)
    except EmptyResultSet:
        return []
    names = [field.attname for field in Case._meta.concrete_fields if field.attname in ("id", *fields)]
    with prepared() as cursor:
        cursor.execute(
            f"""SELECT account.name, person.name_sealed, {", ".join(f"listed.{name}" for name in names)}
                FROM (SELECT id FROM cases_case WHERE {where} ORDER BY next_due_at, id LIMIT {PAGE + 1}) AS few
                JOIN cases_case listed ON listed.id = few.id
                LEFT JOIN identity_account account ON account.id = listed.officer_id
                LEFT JOIN identity_person person ON person.id = listed.person_id
                ORDER BY listed.next_due_at, listed.id""",  # noqa: S608  names of ours
            given,
        )
        return [
            _Listed(Case.from_db(connection.alias, names, values), officer_name or "", bytes(person_name or b""))
            for officer_name, person_name, *values in cursor.fetchall()
        ]


def _condition(rows: QuerySet[Case]) -> tuple[str, Sequence[Any]]:
    """What stands behind WHERE, for statements that are written by hand. Of conditions on the case's own columns."""
    written: tuple[str, Sequence[Any]] = rows.query.where.as_sql(
        rows.query.get_compiler(connection=connection), connection
    )
    return written


def first_look(actor: Actor) -> InboxFilter:
    """What the inbox shows when nothing is asked: their own to whoever works on cases, all to who hands them out."""
    works = bool(actor.held) and all(held.role is Role.SPECIALIST for held in actor.held)
    return InboxFilter(whose="mine" if works else "unit")


def count_waiting(actor: Actor) -> int:
    """How many cases the inbox opens with, up to COUNT_TO + 1: for the side bar."""
    if first_look(actor).whose == "mine":
        return count_open("officer_id = %s", [actor.id])
    return count_open(*_reached(actor))


def count_in_state(actor: Actor, state: str) -> int:
    """Open cases in one state within the actor's reach, up to COUNT_TO + 1."""
    reached, given = _reached(actor)
    return count_open(f"state = %s AND {reached}", [state, *given])


def _reached(actor: Actor) -> tuple[str, list[Any]]:
    """What the inbox of the unit shows, as a condition for ``count_open``."""
    conditions, given = [], []
    for ours, kinds in _readable(actor):
        condition, values = ours.written
        conditions.append(f"kind = ANY(%s) AND {condition}" if kinds else condition)
        given += [kinds, *values] if kinds else values
    return f"({' OR '.join(conditions) or 'false'})", given


def count_open(condition: str, given: Sequence[Any]) -> int:
    """Open cases that meet ``condition``, up to COUNT_TO + 1. By hand, because side bars count on every page, and the
    ORM takes ten times as long to write the question as the database takes to answer it."""
    with prepared() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM cases_case WHERE closed_at IS NULL AND {condition}"  # noqa: S608  of ours
            f" LIMIT {COUNT_TO + 1}) AS few",
            given,
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Load:
    """What an officer has on the desk."""

    open: int = 0
    late: int = 0


def loads(officer_ids: Iterable[int]) -> dict[int, Load]:
    """How much each of these officers works on now; who has nothing is left out. One query."""
    rows = (
        Case.objects.filter(closed_at__isnull=True, officer_id__in=set(officer_ids))
        .order_by()
        .values("officer_id")
        .annotate(open=Count("id"), late=Count("id", filter=Q(next_due_at__lte=moment.now())))
    )
    return {row["officer_id"]: Load(row["open"], row["late"]) for row in rows}


def neighbours(actor: Actor, wanted: InboxFilter, case: Case) -> tuple[int | None, int | None]:
    """The ids of the cases before and after ``case`` in the same list, for the keys K and J."""
    base = _in_time(_holding(actor, wanted)[0], wanted.time, moment.now())
    after = after_key(base, key_of(case)).order_by(*IN_ORDER)
    before = _before(base, case).order_by(F("next_due_at").desc(nulls_first=True), "-id")
    return before.values_list("id", flat=True).first(), after.values_list("id", flat=True).first()


def _holding(actor: Actor, wanted: InboxFilter) -> tuple[QuerySet[Case], bool]:
    """What is wanted, and whether it holds words that are common there."""
    return holding(_filtered(actor, wanted).order_by(*IN_ORDER), wanted.words, FOUND_TO + 1)


def _filtered(actor: Actor, wanted: InboxFilter) -> QuerySet[Case]:
    """All but the words."""
    met = Q(closed_at__isnull=True)
    if wanted.whose == "mine":
        met &= Q(officer_id=actor.id)
    else:
        parts = [ours.condition & (Q(kind__in=kinds) if kinds else Q()) for ours, kinds in _readable(actor)]
        met &= reduce(or_, parts) if parts else Q(pk__in=[])
        if wanted.whose == "unassigned":
            met &= Q(officer__isnull=True)
    if wanted.kind:
        met &= Q(kind=wanted.kind)
    if wanted.state:
        met &= Q(state=wanted.state)
    if wanted.category:
        met &= Q(category_id__in=_category_ids(wanted.category))
    if wanted.area:
        met &= Q(area_id=wanted.area)
    if wanted.unit:
        met &= Q(unit_id__in=org.tree().ids_under(org.tree().path(wanted.unit)))
    if wanted.flagged:
        met &= Q(flag=True)
    return Case.objects.filter(met)


def _readable(actor: Actor) -> list[tuple[Scope, list[str]]]:
    """What an official may read of which kinds of cases. No kinds: of all, as most often: indexes know none."""
    kinds_of: dict[Scope, list[str]] = {}
    official = actor.by_post
    for kind in KINDS:
        kinds_of.setdefault(scope(official, f"{kind}.read"), []).append(kind)
    if len(kinds_of) == 1:
        return [(ours, []) for ours in kinds_of]
    return [(ours, kinds) for ours, kinds in kinds_of.items() if ours != Scope()]


def _category_ids(code: str) -> list[int]:
    held = rules()
    return [number for number in held.categories if code in held.category_codes(number)]


def _in_time(rows: QuerySet[Case], time: str, at: datetime) -> QuerySet[Case]:
    match time:
        case "late":
            return rows.filter(next_due_at__lte=at)
        case "soon":
            return rows.filter(next_due_at__gt=at, next_soon_at__lte=at)
        case "on":
            return rows.filter(next_due_at__gt=at, next_soon_at__gt=at)
        case "paused":
            return rows.filter(next_due_at__isnull=True)
        case _:
            return rows


TIME_SQL = {
    "late": "next_due_at <= %s",
    "soon": "next_due_at > %s AND next_soon_at <= %s",
    "on": "next_due_at > %s AND next_soon_at > %s",  # the first follows from the second, and has an index
    "paused": "next_due_at IS NULL",
}


def _counts(rows: QuerySet[Case], most: int, at: datetime, *, in_order: bool) -> dict[str, int]:
    """Of all and of each chip, up to ``most`` + 1. Only when all are more does each chip ask its own index range.
    ``in_order``: they lie thick in the list, and the first of it are enough."""
    try:
        where, given = _condition(rows)
    except EmptyResultSet:
        return dict.fromkeys(("all", *TIMES), 0)
    sql = f"SELECT next_due_at, next_soon_at FROM cases_case WHERE {where}"  # noqa: S608  as the ORM wrote it
    order = "ORDER BY next_due_at, id" if in_order else ""
    chips = [(TIME_SQL[name], [at] * TIME_SQL[name].count("%s")) for name in TIMES]
    filters = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition, _moments in chips)
    with prepared() as cursor:
        cursor.execute(
            f"SELECT count(*), {filters} FROM ({sql} {order} LIMIT {most + 1}) AS few",  # noqa: S608  the ORM's
            [*(moment for _condition, moments in chips for moment in moments), *given],
        )
        every, *times = cursor.fetchone()
        if every > most:
            ranges = [f"({sql} AND {condition} LIMIT {most + 1}) AS few" for condition, _moments in chips]
            cursor.execute(
                "SELECT " + ", ".join(f"(SELECT count(*) FROM {one})" for one in ranges),  # noqa: S608
                [value for _condition, moments in chips for value in (*given, *moments)],
            )
            times = cursor.fetchone()
    return dict(zip(("all", *TIMES), (every, *times), strict=True))


def key_of(case: Case) -> str:
    return f"{case.next_due_at.timestamp():.6f}:{case.id}" if case.next_due_at else f"-:{case.id}"


def after_key(rows: QuerySet[Case], key: str) -> QuerySet[Case]:
    """Those that come after the row of which ``key_of`` gave ``key``, in the order of the inbox."""
    due, _sep, text = key.partition(":")
    number = row_number(text)
    if number is None:
        return rows
    if due == "-":
        return rows.filter(next_due_at__isnull=True, id__gt=number)
    try:
        at = datetime.fromtimestamp(float(due), tz=moment.now().tzinfo)
    except (ValueError, OverflowError, OSError):
        return rows
    return rows.filter(Q(next_due_at__gt=at) | Q(next_due_at=at, id__gt=number) | Q(next_due_at__isnull=True))


def _before(rows: QuerySet[Case], case: Case) -> QuerySet[Case]:
    if case.next_due_at is None:
        return rows.filter(Q(next_due_at__isnull=False) | Q(next_due_at__isnull=True, id__lt=case.id))
    return rows.filter(Q(next_due_at__lt=case.next_due_at) | Q(next_due_at=case.next_due_at, id__lt=case.id))


@lru_cache(maxsize=512)  # lists draw dozens of the same
def _state_label(kind: str, state: str, _language: str) -> str:
    return str(KINDS[kind].state(state).label)


def _row(
    one: _Listed, clock: ClockView | None, *, units: org.Tree, held: dict[int, Category], language: str
) -> InboxRow:
    case = one.case
    kind = KINDS[case.kind]
    category = held.get(case.category_id) if case.category_id else None
    return InboxRow(
        case=case,
        clock=clock,
        group=clock.state if clock else "paused",
        unit_name=units.unit(case.unit_id).short_name,
        category_name=category.label if category else _("Chưa phân loại"),
        officer_name=one.officer_name,
        initials=masked_name(one.person_name) if kind.shows_initials else "",
        state_label=_state_label(case.kind, case.state, language),
        icon=category.icon if category else kind.icon,
        url=kind.desk_url(case.id),
    )
