"""The inbox: one list of open cases, the one that ends first on top. Reads only partial indexes of open cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.clocks import ClockView, next_views
from motcua.kernel.cases.queries.reading import search, visible
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.identity.kind import Actor, Role
from motcua.kernel.identity.queries import masked_person
from motcua.kernel.org import queries as org
from motcua.lib import moment

PAGE = 30  # a screen shows seventeen
COUNT_TO = 999  # chips say "999+": nobody acts on an exact larger number, and counting it costs

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
    counts: dict[str, int]  # all, late, soon, on, paused; COUNT_TO + 1 means more
    next_key: str


LISTED = ("kind", "code", "subject", "state", "unit_id", "officer_id", "category_id", "next_due_at", "flag")


def inbox(
    actor: Actor, wanted: InboxFilter, now: datetime | None = None, *, fields: Sequence[str] = LISTED
) -> InboxPage:
    """One page and the counts of the time chips. Three statements: rows, counts, clocks.

    Of each case only ``fields`` are read: reading them all for fifty rows costs a tenth of the page.
    """
    at = now or moment.now()
    everything = _filtered(actor, wanted)
    rows = after_key(_in_time(everything, wanted.time, at), wanted.after).select_related("person")
    rows = rows.only(*fields, "person_id", *(f"person__{name}_sealed" for name in ("name", "phone", "email")))
    rows = rows.order_by(F("next_due_at").asc(nulls_last=True), "id")
    cases: list[Case] = list(rows.annotate(officer_name=F("officer__name"))[: PAGE + 1])
    more, cases = len(cases) > PAGE, cases[:PAGE]
    views = next_views(cases, at)
    return InboxPage(
        rows=[_row(case, views.get(case.id), at) for case in cases],
        counts=_counts(everything, at),
        next_key=key_of(cases[-1]) if more else "",
    )


def first_look(actor: Actor) -> InboxFilter:
    """What the inbox shows when nothing is asked: their own to whoever works on cases, all to who hands them out."""
    works = bool(actor.held) and all(held.role is Role.SPECIALIST for held in actor.held)
    return InboxFilter(whose="mine" if works else "unit")


def count_waiting(actor: Actor) -> int:
    """How many cases the inbox opens with, up to COUNT_TO + 1: for the side bar."""
    return count_few(_filtered(actor, first_look(actor)))


def count_in_state(actor: Actor, state: str) -> int:
    """Open cases in one state within the actor's reach, up to COUNT_TO + 1."""
    return count_few(_filtered(actor, InboxFilter(whose="unit", state=state)))


def count_few(rows: QuerySet[Case]) -> int:
    """Up to COUNT_TO + 1. The ORM writes the filter and nothing more: the rest costs more than counting."""
    try:
        sql, given = rows.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:  # Django saw that nothing can match, such as a category that does not exist
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql} LIMIT {COUNT_TO + 1}) AS few", given)  # noqa: S608  the ORM's own SQL
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
    base = _in_time(_filtered(actor, wanted), wanted.time, moment.now())
    after = after_key(base, key_of(case)).order_by(F("next_due_at").asc(nulls_last=True), "id")
    before = _before(base, case).order_by(F("next_due_at").desc(nulls_first=True), "-id")
    return before.values_list("id", flat=True).first(), after.values_list("id", flat=True).first()


def _filtered(actor: Actor, wanted: InboxFilter) -> QuerySet[Case]:
    rows = Case.objects.filter(closed_at__isnull=True)
    if wanted.whose == "mine":
        rows = rows.filter(officer_id=actor.id)
    else:
        readable: dict[Q, list[str]] = {}
        for kind in KINDS:
            readable.setdefault(visible(actor.by_post, f"{kind}.read"), []).append(kind)
        if len(readable) == 1:  # most often; the indexes of open cases know no kinds
            rows = rows.filter(*readable)
        else:
            rows = rows.filter(reduce(or_, (Q(kind__in=kinds) & ours for ours, kinds in readable.items())))
        if wanted.whose == "unassigned":
            rows = rows.filter(officer__isnull=True)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.category:
        rows = rows.filter(category_id__in=_category_ids(wanted.category))
    if wanted.area:
        rows = rows.filter(area_id=wanted.area)
    if wanted.unit:
        rows = rows.filter(unit_id__in=org.tree().ids_under(org.tree().path(wanted.unit)))
    if wanted.flagged:
        rows = rows.filter(flag=True)
    return search(rows, wanted.words) if wanted.words else rows


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


def _counts(rows: QuerySet[Case], at: datetime) -> dict[str, int]:
    """Of all and of each chip, up to COUNT_TO + 1. Only when all are more does each chip ask its own index range."""
    try:
        sql, given = rows.order_by().values("next_due_at", "next_soon_at").query.sql_with_params()
    except EmptyResultSet:
        return dict.fromkeys(("all", *TIMES), 0)
    chips = [(TIME_SQL[name], [at] * TIME_SQL[name].count("%s")) for name in TIMES]
    filters = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition, _moments in chips)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), {filters} FROM ({sql} LIMIT {COUNT_TO + 1}) AS few",  # noqa: S608  the ORM's own SQL
            [*(moment for _condition, moments in chips for moment in moments), *given],
        )
        every, *times = cursor.fetchone()
        if every > COUNT_TO:
            ranges = [f"({sql} AND {condition} LIMIT {COUNT_TO + 1}) AS few" for condition, _moments in chips]
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
    due, _sep, number = key.partition(":")
    if not number.isdecimal():
        return rows
    if due == "-":
        return rows.filter(next_due_at__isnull=True, id__gt=int(number))
    try:
        at = datetime.fromtimestamp(float(due), tz=moment.now().tzinfo)
    except (ValueError, OverflowError, OSError):
        return rows
    return rows.filter(Q(next_due_at__gt=at) | Q(next_due_at=at, id__gt=int(number)) | Q(next_due_at__isnull=True))


def _before(rows: QuerySet[Case], case: Case) -> QuerySet[Case]:
    if case.next_due_at is None:
        return rows.filter(Q(next_due_at__isnull=False) | Q(next_due_at__isnull=True, id__lt=case.id))
    return rows.filter(Q(next_due_at__lt=case.next_due_at) | Q(next_due_at=case.next_due_at, id__lt=case.id))


def _initials(case: Case) -> str:
    return masked_person(case.person).name if case.person is not None else ""


def _row(case: Case, clock: ClockView | None, at: datetime) -> InboxRow:
    kind = KINDS[case.kind]
    category = rules().categories.get(case.category_id) if case.category_id else None
    return InboxRow(
        case=case,
        clock=clock,
        group=clock.state if clock else "paused",
        unit_name=org.tree().unit(case.unit_id).short_name,
        category_name=category.label if category else _("Chưa phân loại"),
        officer_name=getattr(case, "officer_name", None) or "",  # annotated by the query of the list
        initials=_initials(case) if kind.shows_initials else "",
        state_label=str(kind.state(case.state).label),
        icon=category.icon if category else kind.icon,
        url=kind.desk_url(case.id),
    )
