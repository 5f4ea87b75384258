"""Finding procedures by what people type, by field, level, life event, way of filing and unit.

All that is in force is kept in memory until the catalogue changes. The index brings numpy and scipy and takes a second
or two: it is built at the first search, and after a change beside the searches, which go on with the one before.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.models import Field, LifeEvent, Procedure, ProcedureVersion, Synonym
from motcua.kernel.procedures.queries import catalogue
from motcua.kernel.procedures.queries.catalogue import catalogue_number
from motcua.lib.versioned import Versioned
from motcua.lib.vietnamese import fold, sort_key

if TYPE_CHECKING:
    from motcua.lib.finding import Index

State = ProcedureVersion.State
PRIOR = {Procedure.Source.PACK: 0.22, Procedure.Source.OWN: 0.22, Procedure.Source.NATIONAL: 0.0}
# What is settled near people is asked for more often than what a ministry settles. Measured on queries of our own.
LEVEL_PRIOR = {"commune": 0.12, "province": 0.06}
UNSURE = 0.95  # the best find of each of our 473 questions stands above it, that of most words without sense below
_CODE = re.compile(r"\d\.\d{3,6}[0-9.H]*")


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure in force, as lists show it."""

    version_id: int
    code: str
    name: str
    name_en: str
    field: str
    levels: tuple[str, ...]
    online: str
    life_events: tuple[str, ...]
    is_filed_here: bool
    units: tuple[str, ...]  # of its route, as written
    time: str  # of the quickest way
    fee: int | None  # đồng when it is one sum for everybody; None when it depends
    source: str
    score: float = 0.0

    @property
    def title(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


@dataclass(frozen=True, slots=True)
class Group:
    """A field or a life event, with how many procedures it has."""

    code: str
    name: str
    name_en: str
    icon: str
    count: int
    summary: str = ""
    summary_en: str = ""
    is_imported: bool = False

    @property
    def title(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def words(self) -> str:
        return self.summary_en if self.summary_en and get_language() == "en" else self.summary


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is in force on a day."""

    hits: Mapping[int, Hit]
    in_order: tuple[int, ...]  # the city's own before imported ones, by name
    fields: tuple[Group, ...]
    life_events: tuple[Group, ...]
    texts: Mapping[int, _Texts]
    synonyms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Texts:
    keywords: tuple[str, ...]
    results: tuple[str, ...]
    summary: str
    agency: str


_PARTS = ("keywords", "results", "summary", "agency", "ways", "fees", "legs", "form")


def _load() -> tuple[date, Shelf]:
    today = local_today()
    hits: dict[int, Hit] = {}
    texts: dict[int, _Texts] = {}
    rows = (
        ProcedureVersion.objects.exclude(state=State.DRAFT)
        .filter(valid_from__lte=today)
        .exclude(valid_to__lt=today)
        .exclude(procedure__ended_on__lt=today)
        .order_by("procedure_id", "-number")
        .distinct("procedure_id")
        .values_list(
            "id",
            "procedure__code",
            "procedure__source",
            "name",
            "name_en",
            "field",
            "levels",
            "online",
            "life_events",
            *(f"body__{part}" for part in _PARTS),
        )
    )
    for pk, code, source, name, name_en, field, levels, online, events, *parts in rows:
        part = dict(zip(_PARTS, parts, strict=True))
        hits[pk] = Hit(
            version_id=pk,
            code=code,
            name=name,
            name_en=name_en,
            field=field,
            levels=tuple(levels),
            online=online,
            life_events=tuple(events),
            is_filed_here=online != "info" and all(part[key] for key in ("form", "legs", "ways")),
            units=tuple(leg["unit"] for leg in part["legs"] or ()),
            time=_quickest(part["ways"] or ()),
            fee=_one_sum(part["fees"] or ()),
            source=source,
        )
        texts[pk] = _Texts(
            tuple(part["keywords"] or ()),
            tuple(result["name"] for result in part["results"] or ()),
            part["summary"] or "",
            part["agency"] or "",
        )
    order = sorted(hits.values(), key=lambda hit: (hit.source == Procedure.Source.NATIONAL, sort_key(hit.name)))
    return today, Shelf(
        hits=hits,
        in_order=tuple(hit.version_id for hit in order),
        fields=_fields(hits),
        life_events=_life_events(hits),
        texts=texts,
        synonyms=dict(Synonym.objects.values_list("said", "means")),
    )


def _quickest(ways: Sequence[Mapping[str, Any]]) -> str:
    return next((way["time"] for way in ways if way.get("time")), "")


def _one_sum(fees: Sequence[Mapping[str, Any]]) -> int | None:
    if any(fee["rule"].get("type") != "fixed" or fee.get("by_way") for fee in fees):
        return None
    return sum(int(fee["rule"]["amount"]) for fee in fees)


def _fields(hits: Mapping[int, Hit]) -> tuple[Group, ...]:
    counts: dict[str, int] = {}
    for hit in hits.values():
        counts[hit.field] = counts.get(hit.field, 0) + 1
    rows = sorted(Field.objects.all(), key=lambda row: (row.position, sort_key(row.name)))
    return tuple(
        Group(row.code, row.name, row.name_en, row.icon, counts[row.code], is_imported=row.is_imported)
        for row in rows
        if row.code in counts
    )


def _life_events(hits: Mapping[int, Hit]) -> tuple[Group, ...]:
    counts: dict[str, int] = {}
    for hit in hits.values():
        for code in hit.life_events:
            counts[code] = counts.get(code, 0) + 1
    return tuple(
        Group(row.code, row.name, row.name_en, row.icon, counts[row.code], row.summary, row.summary_en)
        for row in LifeEvent.objects.filter(is_active=True, code__in=counts).order_by("position", "name")
    )


_shelf = Versioned(catalogue_number, _load)


class _Indexed:
    """The index of a shelf. Only the first search of a process waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[Shelf, Index] | None = None
        self._is_building = False

    def of(self, kept: Shelf) -> Index:
        held = self._held
        if held is not None and held[0] is kept:
            return held[1]
        with self._lock:
            if self._held is None:
                self._held = (kept, _build(kept))
            elif self._held[0] is not kept and not self._is_building:
                self._is_building = True
                threading.Thread(target=self._rebuild, args=(kept,), daemon=True).start()
            return self._held[1]

    def _rebuild(self, kept: Shelf) -> None:
        """Asks no database: all of it is on the shelf."""
        try:
            self._held = (kept, _build(kept))
        finally:
            self._is_building = False

    def forget(self) -> None:
        with self._lock:
            self._held = None


_index = _Indexed()


def forget(*, is_changed: bool = False) -> None:
    """After a change in this process (the index is then built anew beside the searches), and between tests."""
    catalogue.forget()
    _shelf.forget()
    if not is_changed:
        _index.forget()


def shelf() -> Shelf:
    day, found = _shelf.get()
    if day != local_today():  # versions begin and end at midnight
        _shelf.forget()
        found = _shelf.get()[1]
    return found


def _build(kept: Shelf) -> Index:
    from motcua.lib.finding import Index, Thing

    names = {group.code: f"{group.name} {group.name_en}" for group in (*kept.fields, *kept.life_events)}
    things = []
    for pk in kept.in_order:
        hit, texts = kept.hits[pk], kept.texts[pk]
        around = " ".join((names.get(hit.field, ""), *(names.get(code, "") for code in hit.life_events), texts.summary))
        things.append(
            Thing(
                pk,
                phrases=(
                    (hit.name, 1.0),
                    (hit.name_en, 1.0),
                    *((keyword, 1.0) for keyword in texts.keywords),
                    *((result, 0.7) for result in (texts.results if hit.source != Procedure.Source.NATIONAL else ())),
                ),
                around=" ".join((around, *texts.results)),
                prior=PRIOR[Procedure.Source(hit.source)] + max(LEVEL_PRIOR.get(level, 0.0) for level in hit.levels),
            )
        )
    return Index(things, kept.synonyms)


def search(
    words: str = "",
    *,
    field: str = "",
    level: str = "",
    online: str = "",
    life_event: str = "",
    unit: str = "",
    most: int = 50,
) -> list[Hit]:
    """With words, the best first; without, the city's own first, by name. ``unit`` is a unit of the route as written
    (``commune``, ``office:kinh-te``, ``68-cong-an``). A code, or its beginning, finds its procedure."""
    kept = shelf()
    among = [
        pk
        for pk in kept.in_order
        if (not field or kept.hits[pk].field == field)
        and (not level or level in kept.hits[pk].levels)
        and (not online or kept.hits[pk].online == online)
        and (not life_event or life_event in kept.hits[pk].life_events)
        and (not unit or unit in kept.hits[pk].units)
    ]
    words = words.strip()
    if not words:
        return [kept.hits[pk] for pk in among[:most]]
    if _CODE.fullmatch(words):
        return [kept.hits[pk] for pk in among if kept.hits[pk].code.startswith(words)][:most]
    if not fold(words).strip():
        return []
    is_all = len(among) == len(kept.in_order)
    found = _index.of(kept).find(words, among=None if is_all else among, most=most)
    return [_scored(kept.hits[each.key], each.score) for each in found if each.key in kept.hits]


def is_unsure(hits: Sequence[Hit]) -> bool:
    """Found by words, and not even the best fits well: the nearest there is."""
    return bool(hits) and 0 < hits[0].score < UNSURE


def _scored(hit: Hit, score: float) -> Hit:
    return replace(hit, score=score)


def names_of(codes: Collection[str], language: str) -> dict[str, str]:
    """Of those in force."""
    wanted = set(codes)
    return {hit.code: _named(hit, language) for hit in shelf().hits.values() if hit.code in wanted}


def search_names(words: str, language: str) -> list[tuple[str, str]]:
    """(code, name), the best first."""
    return [(hit.code, _named(hit, language)) for hit in search(words, most=20)]


def _named(hit: Hit, language: str) -> str:
    return hit.name_en if language == "en" and hit.name_en else hit.name
