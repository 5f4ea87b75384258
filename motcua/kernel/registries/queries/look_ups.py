"""Who looked at what: for the person, for administrators, and how the sources fare."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncHour
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import own_accesses, proved_national_id, require
from motcua.kernel.registries.kind import PURPOSES, REGISTRIES
from motcua.kernel.registries.models import LookUp, SourceState
from motcua.kernel.registries.ports import source_of
from motcua.kernel.registries.queries.records import subject_index
from motcua.lib import moment


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One line of "who looked at my data": a look-up in a registry, or an access that identity noted."""

    at: datetime
    words: str
    reason: str
    detail: str  # which register, by which right; "" for accesses
    case_id: int | None


def _who(row: LookUp, reader: Actor) -> str:
    if row.actor_name:
        return row.actor_name
    if row.actor == reader.key:
        return _("Bạn")
    if row.actor.startswith("person:"):
        return _("Người được bạn ủy quyền") if row.outcome == LookUp.Outcome.FOUND else _("Một người khác")
    return _("Hệ thống này")


def _sentence(row: LookUp, reader: Actor) -> str:
    who = _who(row, reader)
    registry = str(REGISTRIES[row.registry].title) if row.registry in REGISTRIES else row.registry
    match row.outcome:
        case LookUp.Outcome.OUTAGE:
            words = _("{who} đã hỏi dữ liệu {registry} nhưng hệ thống không trả lời")
        case LookUp.Outcome.NONE:
            words = _("{who} đã hỏi dữ liệu {registry}, không có dữ liệu")
        case LookUp.Outcome.NOT_THEIRS:
            words = _("{who} đã hỏi dữ liệu {registry} nhưng không được xem")
        case _:
            words = _("{who} đã xem dữ liệu {registry}")
    return words.format(who=who, registry=f"“{registry}”")


def _purpose(row: LookUp) -> str:
    purpose = PURPOSES.get(row.purpose)
    return str(purpose.title) if purpose else row.purpose


def _detail(row: LookUp) -> str:
    purpose = PURPOSES.get(row.purpose)
    if row.consent_id is not None:
        return _("Theo đồng ý của bạn")
    return str(purpose.law) if purpose else ""


def _about(actor: Actor) -> Q:
    """Look-ups about the signed-in person: by their own card, and by the national id that they proved. What somebody
    merely says of themselves shows nothing."""
    about = Q(person_id=actor.person_id)
    if national_id := proved_national_id(actor):
        about |= Q(subjects__index=subject_index(national_id))
    return about


def own_look_ups(actor: Actor, *, limit: int = 100) -> list[SeenRow]:
    if actor.kind != "person" or actor.id is None:
        return []
    rows = LookUp.objects.filter(_about(actor)).distinct().order_by("-pk")[:limit]
    return [
        SeenRow(
            row.at,
            _sentence(row, actor),
            " – ".join(filter(None, (_purpose(row), row.reason))),
            _detail(row),
            row.case_id,
        )
        for row in rows
    ]


def who_looked(actor: Actor, *, limit: int = 100) -> list[SeenRow]:
    """Everything together, the newest first: look-ups in registries, contact cards and originals that were opened."""
    if actor.kind != "person" or actor.id is None:
        return []
    noted = [SeenRow(row.at, row.words, row.reason, "", row.case_id) for row in own_accesses(actor, limit=limit)]
    return sorted([*own_look_ups(actor, limit=limit), *noted], key=lambda row: row.at, reverse=True)[:limit]


def export_look_ups(actor: Actor) -> list[dict[str, Any]]:
    """For the download of one's own data."""
    return [
        {"at": row.at, "what": row.words, "reason": row.reason, "basis": row.detail}
        for row in own_look_ups(actor, limit=10_000)
    ]


# ── For administrators ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LogRow:
    id: int
    at: datetime
    who: str
    registry: str | Promise
    purpose: str
    reason: str
    case_id: int | None
    outcome: str
    milliseconds: int


def list_look_ups(
    *, actor: Actor, registry: str = "", who: str = "", before: int | None = None, limit: int = 50
) -> list[LogRow]:
    """The log, the newest first. It does not say about whom: that is for the person."""
    require(actor, "registry.manage")
    rows = LookUp.objects.order_by("-pk")
    if registry:
        rows = rows.filter(registry=registry)
    if who:
        rows = rows.filter(actor_name__icontains=who)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        LogRow(
            row.pk,
            row.at,
            row.actor_name or row.actor,
            REGISTRIES[row.registry].title if row.registry in REGISTRIES else row.registry,
            _purpose(row),
            row.reason,
            row.case_id,
            row.outcome,
            row.milliseconds,
        )
        for row in rows[:limit]
    ]


@dataclass(frozen=True, slots=True)
class HourCount:
    hour: datetime
    asked: int
    failed: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    registry: str
    title: str | Promise
    source: str
    label: str | Promise
    is_up: bool | None  # None: not asked yet
    since: datetime | None
    error: str
    error_at: datetime | None
    asked_last_hour: int
    failed_last_hour: int
    last_at: datetime | None


def source_rows(*, actor: Actor) -> list[SourceRow]:
    """Every registry with the source that is asked for it now."""
    require(actor, "registry.manage")
    states = {(row.registry, row.source): row for row in SourceState.objects.all()}
    hour_ago = moment.now() - timedelta(hours=1)
    counted: dict[str, dict[str, Any]] = {
        row["registry"]: dict(row)
        for row in LookUp.objects.values("registry").annotate(
            asked=Count("pk", filter=Q(at__gte=hour_ago)),
            failed=Count("pk", filter=Q(at__gte=hour_ago, outcome=LookUp.Outcome.OUTAGE)),
            last=Max("at"),
        )
    }
    rows: list[SourceRow] = []
    for name, kind in REGISTRIES.items():
        source = source_of(name)
        state = states.get((name, source.name))
        counts = counted.get(name, {})
        rows.append(
            SourceRow(
                name,
                kind.title,
                source.name,
                source.label,
                state.is_up if state else None,
                state.since if state else None,
                state.error if state else "",
                state.error_at if state else None,
                counts.get("asked", 0),
                counts.get("failed", 0),
                counts.get("last"),
            )
        )
    return rows


def down_registries() -> frozenset[str]:
    """Those whose source did not answer when it was last asked: until it does, their papers are asked for again."""
    down = set(SourceState.objects.filter(is_up=False).values_list("registry", "source"))
    return frozenset(name for name in REGISTRIES if down and (name, source_of(name).name) in down)


def look_ups_per_hour(*, actor: Actor, hours: int = 24) -> list[HourCount]:
    """Of all registries; hours without any are left out."""
    require(actor, "registry.manage")
    rows = (
        LookUp.objects.filter(at__gte=moment.now() - timedelta(hours=hours))
        .annotate(hour=TruncHour("at"))
        .values("hour")
        .annotate(asked=Count("pk"), failed=Count("pk", filter=Q(outcome=LookUp.Outcome.OUTAGE)))
        .order_by("-hour")
    )
    return [HourCount(row["hour"], row["asked"], row["failed"]) for row in rows]
