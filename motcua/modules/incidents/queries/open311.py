"""What Open311 tells: services, published reports as service requests, what happened to them. Never who sent them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.reading import cases_of, newest, not_found
from motcua.kernel.cases.queries.rules import leaf_categories, rules
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import histories, sentence, told
from motcua.kernel.packs.queries import applied_at
from motcua.modules.incidents.models import Addition
from motcua.modules.incidents.queries.near import DEGREE_METRES
from motcua.modules.incidents.queries.public import public_cases
from motcua.modules.incidents.queries.sight import STRANGER

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile, Category
    from motcua.kernel.events.models import Event
    from motcua.kernel.identity.kind import Actor

MOST_ROWS = 1_000  # the standard's "first 1000 requests"


@dataclass(frozen=True, slots=True)
class Span:
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Around:
    lat: float
    lon: float
    metres: float


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """``ids`` overrides all the others, as the standard has it. Pages count from 1."""

    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    requested: Span | None = None
    updated: Span | None = None
    statuses: frozenset[str] = frozenset()
    around: Around | None = None
    words: str = ""
    page: int = 1
    page_size: int = MOST_ROWS


def services() -> list[Category]:
    return leaf_categories("incident")


def group_of(category: Category) -> str:
    parent = rules().categories.get(category.parent_id) if category.parent_id else None
    told = str(category.options.get("open311_group", ""))  # in English
    if parent is None or (told and get_language() == "en"):
        return told
    return parent.label


def keywords_of(category: Category) -> str:
    """Words that people look for it by, with commas between. The kept ones are Vietnamese, the city's own; in English
    they are its examples, or else the parts of its name."""
    if get_language() != "en" or not category.name_en:
        return ", ".join(filter(None, category.keywords.split("|")))
    examples = str(category.options.get("examples_en", ""))
    return examples or ", ".join(category.name_en.replace(" and ", ", ").split(", "))


def changeset() -> str:
    """Grows whenever services or their questions change: sorts as text."""
    at = applied_at()
    return f"{at:%Y-%m-%d %H:%M} {rules().number:06d}" if at else f"{rules().number:06d}"


# ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────


def service_requests(wanted: RequestFilter, *, actor: Actor | None = None) -> list[Case]:
    """Newest first, with ``incident`` and ``files``. By their ids a client also gets what it sent itself and what is
    not published. Three statements; one more for how closed ones ended."""
    first = (wanted.page - 1) * wanted.page_size
    last = first + wanted.page_size
    if wanted.ids:
        rows = _readable(actor).filter(code__in=wanted.ids).order_by("-opened_at", "-id")
    else:
        rows = newest(_filtered(public_cases(), wanted), wanted.words, last, by="opened_at")
    return list(_told(rows)[first:last])


def endings(cases: Iterable[Case]) -> dict[int, str]:
    """How those of them that are closed ended, by their ids: the result that was published last, or why they were
    rejected. What was answered to the person alone is told to nobody else. One statement, where there are any."""
    closed = [case.id for case in cases if case.closed_at is not None]
    names = ("incident.published", "incident.answered", "incident.rejected")
    found: dict[int, str] = {}
    for case_id, events in (histories(closed, names) if closed else {}).items():
        last = events[-1]
        if last.name == "incident.published":
            found[case_id] = str(last.data.get("result", ""))
        elif last.name == "incident.rejected":
            found[case_id] = STRANGER.told(str(last.data.get("reason", "")))
    return found


def service_request(code: str, *, actor: Actor | None = None) -> Case:
    case = _told(_readable(actor).filter(code=code.upper())).first()
    if case is None:
        raise not_found()
    return case


def is_request(code: str, *, actor: Actor | None = None) -> bool:
    return _readable(actor).filter(code=code.upper()).exists()


def _readable(actor: Actor | None) -> QuerySet[Case]:
    """Published reports; for a client also its own."""
    published = public_cases()
    if actor is None or actor.id is None:
        return published
    own = Q(published_at__isnull=False) | Q(incident__service_key_id=actor.id)
    return cases_of("incident").filter(own)


def _told(rows: QuerySet[Case]) -> QuerySet[Case]:
    return (
        rows.select_related("incident")
        .defer("folded", "words", "incident__text")
        .annotate(merged_code=F("merged_into__code"))
        .prefetch_related("files__file")
    )


def _filtered(rows: QuerySet[Case], wanted: RequestFilter) -> QuerySet[Case]:
    """All but the words."""
    if wanted.requested:
        rows = rows.filter(opened_at__range=(wanted.requested.since, wanted.requested.until))
    if wanted.updated:
        # A request that is closed counts as changed when it was closed, and never after.
        since, until = wanted.updated.since, wanted.updated.until
        rows = rows.filter(
            Q(closed_at__isnull=True, updated_at__range=(since, until)) | Q(closed_at__range=(since, until)),
            updated_at__gte=since,
        )
    if wanted.codes:
        held = rules().categories
        rows = rows.filter(category_id__in=[number for number, one in held.items() if one.code in wanted.codes])
    if len(wanted.statuses) == 1:
        rows = rows.filter(closed_at__isnull="open" in wanted.statuses)
    if wanted.around:
        rows = _near(rows, wanted.around)
    return rows


def _near(rows: QuerySet[Case], around: Around) -> QuerySet[Case]:
    """Within so many metres, on a plane that touches the earth at the point: exact enough for a city."""
    shrink = max(cos(radians(around.lat)), 0.01)
    high = around.metres / DEGREE_METRES
    wide = high / shrink
    away = (F("lat") - around.lat) ** 2.0 + ((F("lon") - around.lon) * shrink) ** 2.0
    inside = rows.filter(
        lat__range=(around.lat - high, around.lat + high), lon__range=(around.lon - wide, around.lon + wide)
    )
    return inside.alias(away=away).filter(away__lte=high**2)


def public_files(case: Case) -> list[CaseFile]:
    """Pictures that anybody may see: what was reported first, then what was done. None of a hidden report, which its
    own client still reads: the addresses would not open."""
    if case.published_at is None:
        return []
    order = ("before", "more", "visit", "after")
    shown = [file for file in case.files.all() if file.is_public and file.file.is_picture and file.role in order]
    return sorted(shown, key=lambda file: (order.index(file.role), file.id))


# ── Updates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Update:
    id: int
    case: Case
    at: datetime
    is_open: bool  # the request, after it
    text: str
    media: CaseFile | None


def updates(wanted: RequestFilter) -> list[Update]:
    """What happened to published reports and is told to everybody, oldest first. Six statements."""
    rows, span = public_cases(), wanted.updated
    if wanted.ids:
        rows = rows.filter(code__in=wanted.ids)
    if span:
        rows = rows.filter(updated_at__gte=span.since)
    events = told(
        rows.values("id"),
        Audience.PUBLIC,
        since=span.since if span else None,
        until=span.until if span else None,
        first=(wanted.page - 1) * wanted.page_size,
        limit=wanted.page_size,
    )
    ids = {event.case_id for event in events if event.case_id is not None}
    cases = {case.id: case for case in _told(rows.filter(pk__in=ids))}
    open_after = _open_after(ids)
    said = dict(Addition.objects.filter(case_id__in=ids).values_list("event_id", "public_text"))
    return [
        Update(
            id=event.id,
            case=cases[event.case_id],
            at=event.at,
            is_open=open_after[event.id],
            text="\n".join(filter(None, [sentence(event.name, event.data), _words(event, said)])),
            media=_media(event, cases[event.case_id]),
        )
        for event in events
        if event.case_id in cases  # hidden between two statements
    ]


def _words(event: Event, said: Mapping[int, str]) -> str:
    """What came with it: the result, once it is published, or what somebody added, masked."""
    return str(event.data.get("result", "")) if event.name == "incident.published" else said.get(event.id, "")


def _open_after(case_ids: Iterable[int]) -> dict[int, bool]:
    """Event → whether its case was open after it."""
    states = {state.name: state.is_open for state in KINDS["incident"].states}
    found = {}
    for history in histories(case_ids).values():
        is_open = True
        for event in history:
            is_open = states.get(event.data.get("to", ""), is_open)
            found[event.id] = is_open
    return found


def _media(event: Event, case: Case) -> CaseFile | None:
    """A picture of what the event tells; of a result that was published, one of that result and of no earlier one."""
    shown = public_files(case)
    if event.name == "incident.submitted":
        return next((file for file in shown if file.role == "before"), None)
    source = event.id
    if event.name == "incident.published":
        came = [file.event_id or 0 for file in shown if file.role == "after"]
        source = max((number for number in came if number < event.id), default=0)
    return next((file for file in shown if file.event_id == source), None)
