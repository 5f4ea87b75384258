"""What strangers, and the people of a report, may read of it. Identity is not even fetched here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from motcua.kernel.cases.kind import KINDS, REPORTERS, FileRole, Sight, State
from motcua.kernel.cases.queries.clocks import ClockView, clock_view, promise_views
from motcua.kernel.cases.queries.people import party_of, sight_of
from motcua.kernel.cases.queries.reading import (
    case_files,
    cases_of,
    files_of,
    may_on,
    newest,
    not_found,
    published_cases,
    visible,
)
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.cases.queries.timeline import TimelineRow
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import opened
from motcua.kernel.org import queries as org
from motcua.kernel.packs.queries import city_setting
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.codes import row_number
from motcua.lib.redaction import contacts_in
from motcua.modules.incidents.kind import REOPEN_DAYS
from motcua.modules.incidents.models import Incident, Rating, Submission
from motcua.modules.incidents.queries.promising import days_not_counted
from motcua.modules.incidents.queries.sight import Reading, names_of, reading_as, veil
from motcua.modules.incidents.queries.timeline import timeline_rows

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile, Category

PAGE = 30


def public_cases() -> QuerySet[Case]:
    """The base of every public list, feed, map and API."""
    return published_cases("incident")


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """What stands in the address of the list and the map. ``state``: open | late | done."""

    state: str = ""
    category: str = ""
    area: str = ""  # code
    unit: int | None = None
    words: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class PublicRow:
    code: str
    subject: str
    state: State
    clock: ClockView | None
    category: str
    icon: str
    area: str
    unit: str
    address: str
    opened_at: datetime
    closed_at: datetime | None
    photo: str  # token of the first public photo
    joined: int
    url: str
    lat: float | None
    lon: float | None


def filtered(wanted: PublicFilter) -> QuerySet[Case]:
    """All but the words."""
    rows = public_cases()
    now = moment.now()
    match wanted.state:
        case "open":
            rows = rows.filter(closed_at__isnull=True)
        case "late":
            rows = rows.filter(closed_at__isnull=True, due_at__lte=now, next_due_at__isnull=False)
        case "done":
            rows = rows.filter(closed_at__isnull=False)
    if wanted.category:
        held = rules()
        rows = rows.filter(
            category_id__in=[number for number in held.categories if wanted.category in held.category_codes(number)]
        )
    if wanted.area:
        area = places.area_by_code(wanted.area)
        rows = rows.filter(area_id=area.id) if area else rows.none()
    if wanted.unit is not None:
        tree = org.tree()
        rows = rows.filter(unit_id__in=tree.ids_under(tree.path(wanted.unit)))
    if (last := row_number(wanted.after)) is not None:
        rows = rows.filter(id__lt=last)
    return rows


LISTED = (
    *("kind", "code", "subject", "state", "unit_id", "category_id", "area_id"),
    *("address", "lat", "lon", "opened_at", "closed_at"),
)


def public_list(wanted: PublicFilter, limit: int = PAGE) -> tuple[list[PublicRow], str]:
    """Newest first, and the key of the next page. Four statements, and one or two more for words."""
    cases = list(newest(filtered(wanted).only(*LISTED), wanted.words, limit + 1)[: limit + 1])
    more, cases = len(cases) > limit, cases[:limit]
    return public_rows(cases), str(cases[-1].id) if more else ""


def rows_by_code(codes: Sequence[str], *, actor: Actor) -> list[PublicRow]:
    """Those of ``codes`` that ``actor`` may read, in that order."""
    found = cases_of("incident").filter(code__in=codes)
    readable = Q(published_at__isnull=False)
    if not actor.is_officer:
        readable |= visible(actor, "incident.read")
    cases = list(found.filter(readable))
    for case in cases:
        if case.published_at is None and sight_of(case, party_of(case.id, actor)) is Sight.VEILED:
            veil(case)
    rows = {row.code: row for row in public_rows(cases)}
    return [rows[code] for code in dict.fromkeys(codes) if code in rows]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    row: PublicRow
    text: str
    published_at: datetime
    updated_at: datetime


def feed_entries(wanted: PublicFilter, limit: int) -> list[FeedEntry]:
    """The newest reports with their public words. Four statements."""
    cases = list(newest(filtered(wanted).select_related("incident").defer("words"), wanted.words, limit)[:limit])
    return [
        FeedEntry(row, case.incident.public_text, case.published_at or case.opened_at, case.updated_at)
        for case, row in zip(cases, public_rows(cases), strict=True)
    ]


def public_rows(cases: Sequence[Case]) -> list[PublicRow]:
    ids = [case.id for case in cases]
    clocks = promise_views(cases)
    photos: dict[int, str] = {}
    for case_id, token in (
        files_of(ids)
        .filter(is_public=True, role__in=["before", "after"], file__type__startswith="image/")
        .order_by("-role", "id")  # before first
        .values_list("case_id", "file__token")
    ):
        photos.setdefault(case_id, token)
    joined = dict(Incident.objects.filter(case_id__in=ids).values_list("case_id", "joined"))
    return [_row(case, clocks.get(case.id), photos.get(case.id, ""), joined.get(case.id, 0)) for case in cases]


def _row(case: Case, clock: ClockView | None, photo: str, joined: int) -> PublicRow:
    kind = KINDS["incident"]
    category = rules().categories.get(case.category_id) if case.category_id else None
    return PublicRow(
        code=case.code,
        subject=case.subject,
        state=kind.state(case.state),
        clock=clock,
        category=category_name(category),
        icon=category.icon if category else kind.icon,
        area=places.area(case.area_id).full_name if case.area_id else "",
        unit=org.tree().unit(case.unit_id).short_name,
        address=case.address,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        photo=photo,
        joined=joined,
        url=kind.public_url(case.code),
        lat=case.lat,
        lon=case.lon,
    )


def category_name(category: Category | None) -> str:
    if category is None:
        return ""
    return category.name_en if get_language() == "en" and category.name_en else category.name


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the category and what was answered, in the reader's language."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class PublicPage:
    """All that the page of one report shows. ``is_party``: the reader holds its private link, or is signed in."""

    case: Case
    incident: Incident
    state: State
    promise: ClockView | None
    calendar_note: str
    category: str
    category_code: str
    icon: str
    unit: org.UnitRow
    body: org.UnitRow | None  # the commune or department that the unit belongs to
    area: str
    area_code: str
    text: str
    reporter: str  # a name only where its owner wished it to be shown
    answers: list[Answer]
    reject_reason: str
    extend_reason: str
    question: str  # what its reporters are asked
    before: list[CaseFile]
    after: list[CaseFile]
    documents: list[CaseFile]
    rows: list[TimelineRow]
    is_party: bool
    has_joined: bool  # the reader did not write this report, but met it too
    wants: str  # which notices the reader wants
    is_public: bool
    is_veiled: bool  # the reader joined what no official has let strangers read yet
    merged_into: str
    merged_count: int
    rating: Rating | None
    rating_mean: float | None
    rating_count: int
    may_rate: bool
    may_reopen: bool
    may_add: bool
    may_answer: bool  # is asked for more, and may answer
    may_join: bool


def public_page(code: str, *, actor: Actor) -> PublicPage:
    """The report by its code. Refused("not_found") unless it is published, or the reader is one of its people."""
    case = cases_of("incident").select_related("incident").filter(code=code.upper()).first()
    if case is None:
        raise not_found()
    is_party = not actor.is_officer and may_on(actor, "incident.read", case)
    if case.published_at is None and not is_party:
        raise not_found()
    incident = case.incident
    party = party_of(case.id, actor) if is_party else None
    party_id = party.id if party else None
    reading = reading_as(case, party)
    if reading.sight is Sight.VEILED:
        veil(case)
    elif reading.sight in (Sight.JOINED, Sight.MERGED):
        reading = replace(reading, names=tuple(names_of(case.id)))
    is_reporter = party is not None and party.role in REPORTERS
    files = reading.files(case_files(case.id))
    mean, number, merged = _said_of(case.id)
    clock = case.clocks.filter(name=KINDS["incident"].promise_clock).order_by("-id").first()
    category = rules().categories.get(case.category_id) if case.category_id else None
    area = places.area(case.area_id) if case.area_id else None
    kind = KINDS["incident"]
    moves = {move.name for move in kind.moves if case.state in move.from_states}
    unit = org.tree().unit(case.unit_id)
    return PublicPage(
        case=case,
        incident=incident,
        state=kind.state(case.state),
        promise=clock_view(clock, case.kind) if clock and case.state not in ("rejected", "merged") else None,
        calendar_note=days_not_counted(clock.unit_id, clock.started_at, clock.due_at) if clock else "",
        category=category_name(category),
        category_code=category.code if category else "",
        icon=category.icon if category else kind.icon,
        unit=unit,
        body=org.tree().unit(unit.parent_id) if unit.parent_id and unit.kind == "office" else None,
        area=area.full_name if area else "",
        area_code=area.code if area else "",
        text=reading.text(incident),
        reporter=_name_shown(case, incident) if reading.sight > Sight.VEILED else "",
        answers=_answers(category, incident.attributes, reading),
        reject_reason=reading.told(incident.reject_reason),
        extend_reason=reading.told_to_all(incident.extend_reason),
        question=reading.told(incident.info_question),
        before=[file for file in files if file.role == FileRole.BEFORE],
        after=[file for file in files if file.role == FileRole.AFTER],
        documents=[file for file in files if file.role == FileRole.DOCUMENT],
        rows=timeline_rows(case, files, reading),
        is_party=is_party,
        has_joined=is_party and not reading.reads_all,
        wants=party.wants if party else "all",
        is_public=case.published_at is not None,
        is_veiled=reading.sight is Sight.VEILED,
        merged_into=case.merged_into.code if case.merged_into else "",
        merged_count=merged,
        rating=Rating.objects.filter(case_id=case.id, party_id=party_id).first() if party_id else None,
        rating_mean=mean,
        rating_count=number,
        may_rate=is_party and "rate" in moves,
        may_reopen=is_reporter and "reopen" in moves and may_reopen(case),
        may_add=is_party and "add_info" in moves,
        may_answer=is_reporter and "provide_info" in moves,
        may_join=not is_party and case.closed_at is None,
    )


_SAID_OF = """
    SELECT avg(score)::float, count(*), (SELECT count(*) FROM cases_case WHERE merged_into_id = %(case)s)
    FROM incidents_rating WHERE case_id = %(case)s
"""


def _said_of(case_id: int) -> tuple[float | None, int, int]:
    """The mean rating, how many rated, and how many reports were merged into this one."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID_OF, {"case": case_id})
        mean, rated, merged = cursor.fetchone()
    return mean, rated, merged


def _name_shown(case: Case, incident: Incident) -> str:
    return "" if incident.hides_name or case.person is None else opened(case.person).name


WORDS = ("string", "text")  # answers in one's own words
_MEASURED = re.compile(r"[\d.:T+-]+")  # a number, a moment


def public_answers(category_id: int | None, given: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Those that strangers read as well."""
    category = rules().categories.get(category_id) if category_id else None
    asked = {question["code"]: question for question in (category.attributes if category else ())}
    return {code: value for code, value in given.items() if code in asked and not _is_words(asked[code], value)}


def _is_words(question: Mapping[str, Any], given: str | list[str]) -> bool:
    """Whether it was answered in one's own words: also to a question of the category before, which had this name."""
    values = given if isinstance(given, list) else [given]
    if question["datatype"] in ("singlevaluelist", "multivaluelist"):
        return not {one["key"] for one in question.get("values") or ()}.issuperset(values)
    return question["datatype"] in WORDS or any(contacts_in(one) or not _MEASURED.fullmatch(one) for one in values)


def _answers(category: Category | None, given: dict[str, str | list[str]], reading: Reading) -> list[Answer]:
    """Free words may name somebody: they are for the people of the case. Choices and numbers are for everybody."""
    is_english = get_language() == "en"
    found = []
    for question in category.attributes if category and reading.sight > Sight.VEILED else ():
        value = given.get(question["code"])
        if not value or (not reading.reads_all and _is_words(question, value)):
            continue
        names = {
            one["key"]: (one.get("name_en") if is_english else "") or one["name"]
            for one in question.get("values") or ()
        }
        told = ", ".join(str(names.get(one, one)) for one in (value if isinstance(value, list) else [value]))
        found.append(Answer((question.get("question_en") if is_english else "") or question["question"], told))
    return found


def reopen_days() -> int:
    """How long after the end of a report people may have it reopened."""
    return int(city_setting("reports", "reopen_days", REOPEN_DAYS))


def may_reopen(case: Case) -> bool:
    """Whether a person still can."""
    return case.closed_at is not None and moment.now() <= case.closed_at + timedelta(days=reopen_days())


def earlier_submission(key: str) -> tuple[str, int] | None:
    """(code, party) of the report that this key became, when it was sent before."""
    submission = Submission.objects.filter(pk=key).first() if key else None
    if submission is None:
        return None
    return cases_of("incident").values_list("code", flat=True).get(pk=submission.case_id), submission.party_id


@dataclass(frozen=True, slots=True)
class MapPoint:
    """``count`` > 1: so many reports around here, of which the most urgent is in ``state``; ``code`` is then empty."""

    lat: float
    lon: float
    state: str  # on | soon | late | paused | done
    code: str = ""
    category_id: int | None = None
    count: int = 1


POINTS_AT_MOST = 2_000  # drawn one by one; beyond, the server gathers them
POINTS_READ = 50_000
URGENCY_OF_STATE = ("done", "paused", "on", "soon", "late")


def map_points(
    wanted: PublicFilter, box: tuple[float, float, float, float], zoom: float, limit: int = POINTS_READ
) -> list[MapPoint]:
    """Published reports inside (west, south, east, north), gathered where they are many. One statement."""
    west, south, east, north = box
    now = moment.now()
    inside = filtered(wanted).filter(lon__range=(west, east), lat__range=(south, north))
    rows = newest(inside, wanted.words, limit).values_list(
        "lat", "lon", "code", "closed_at", "due_at", "next_due_at", "next_soon_at", "category_id"
    )[:limit]
    points = [
        MapPoint(lat, lon, _point_state(closed_at, due_at, next_due_at, soon_at, now), code, category_id)
        for lat, lon, code, closed_at, due_at, next_due_at, soon_at, category_id in rows
        if lat is not None and lon is not None
    ]
    return points if len(points) <= POINTS_AT_MOST else _gathered(points, zoom)


def _gathered(points: list[MapPoint], zoom: float) -> list[MapPoint]:
    """A cluster shows the state of its most urgent member, so that lateness is not hidden by zooming out."""
    from motcua.lib.geometry import cluster  # brings numpy and shapely, a third of a second

    ranks = [URGENCY_OF_STATE.index(point.state) for point in points]
    urgent_first = sorted(range(len(points)), key=lambda number: -ranks[number])
    ordered = [points[number] for number in urgent_first]
    found = cluster([point.lat for point in ordered], [point.lon for point in ordered], zoom)
    return [
        ordered[one.first] if one.count == 1 else MapPoint(one.lat, one.lon, ordered[one.first].state, count=one.count)
        for one in found
    ]


def _point_state(
    closed_at: datetime | None,
    due_at: datetime | None,
    next_due_at: datetime | None,
    soon_at: datetime | None,
    now: datetime,
) -> str:
    """Of the promise to the public, as on the page of the report; clocks inside the office do not show here."""
    if closed_at is not None:
        return "done"
    if next_due_at is None:
        return "paused"
    if due_at is not None and due_at <= now:
        return "late"
    return "soon" if due_at == next_due_at and soon_at is not None and soon_at <= now else "on"
