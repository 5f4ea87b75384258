"""Putting in line what partners are to be told. Called by the reader of events, never by an action of a module."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from traceback import extract_tb
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.exchange.kind import Described, LaneState, ParcelKind, ParcelState
from motcua.kernel.exchange.models import Lane, Parcel, PartnerState
from motcua.kernel.exchange.ports import DESCRIBERS, PARTNERS, configured_partners
from motcua.kernel.exchange.queries.bodies import digest, sealed_body
from motcua.lib import moment

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event
    from motcua.kernel.exchange.ports import Body, Partner

log = logging.getLogger(__name__)
FILLED_AT_ONCE = 100  # cases in one turn of the job


def follow(events: Iterable[Event]) -> None:
    """Reader ``exchange``: whatever happened to a case, its lanes hold what is new of it. Several events of one case in
    a batch are one look at it, and reading them again puts nothing in line twice."""
    partners = configured_partners()
    if partners:
        fill_cases({event.case_id for event in events if event.case_id is not None}, partners)


def fill_cases(case_ids: Iterable[int], partners: Sequence[Partner]) -> int:
    """Returns how many parcels were put in line."""
    count = 0
    wanted = set(case_ids)
    for kind in DESCRIBERS:
        for case_id in cases_of(kind).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True):
            count += fill_case(kind, case_id, partners)
    return count


def fill_case(kind: str, case_id: int, partners: Sequence[Partner]) -> int:
    """A case that cannot be described is shown as refused, and holds up no other."""
    try:
        with transaction.atomic():
            described = describe(kind, case_id)
            if described is None:
                return 0
            return sum(put(_locked(partner, case_id), partner, described) for partner in partners)
    except DatabaseError:  # nothing about this case: the reader tries again
        raise
    except Exception as error:  # noqa: BLE001  whatever is odd about one case must not stop the others
        # Without the error's own words, which may repeat what people wrote.
        where = extract_tb(error.__traceback__)[-1]
        log.error("case %d cannot be described: %s in %s:%s", case_id, type(error).__name__, where.name, where.lineno)
        for partner in partners:
            _refuse(partner, case_id, type(error).__name__)
        return 0


def describe(kind: str, case_id: int) -> Described | None:
    """In the language of the State's systems. None: nothing of it goes out."""
    with translation.override("vi"):
        described = DESCRIBERS[kind](case_id)
    return described if described is not None and described.steps else None


def _locked(partner: Partner, case_id: int) -> Lane:
    Lane.objects.get_or_create(partner=partner.name, case_id=case_id)
    return Lane.objects.select_for_update(of=("self",)).get(partner=partner.name, case_id=case_id)


@transaction.atomic
def _refuse(partner: Partner, case_id: int, what: str) -> None:
    lane = _locked(partner, case_id)
    lane.state, lane.retry_at = LaneState.REFUSED, None
    lane.behind_since = lane.behind_since or moment.now()
    with translation.override("vi"):
        lane.error = _("Không đọc được hồ sơ để gửi (%(what)s).") % {"what": what}
    lane.save(update_fields=["state", "retry_at", "behind_since", "error"])


def put(lane: Lane, partner: Partner, described: Described) -> int:
    """Append to a locked lane what the partner does not have, and is not in line, yet."""
    new = _new(lane, partner, described)
    if not new:
        return 0
    now = moment.now()
    Parcel.objects.bulk_create(
        Parcel(
            lane=lane,
            round=lane.round,
            kind=kind,
            key=key,
            digest=digest(kind, body),
            body_sealed=sealed_body(kind, body),
            created_at=now,
        )
        for kind, key, body in new
    )
    if lane.state == LaneState.CURRENT:
        lane.state, lane.retry_at, lane.behind_since, lane.attempts = LaneState.WAITING, now, now, 0
        lane.save(update_fields=["state", "retry_at", "behind_since", "attempts"])
    return len(new)


def _new(lane: Lane, partner: Partner, described: Described) -> list[tuple[ParcelKind, str, Body]]:
    rows = list(
        lane.parcels.exclude(state=ParcelState.DROPPED)
        .order_by("id")
        .values_list("round", "kind", "key", "digest", "state")
    )
    # Files and steps are told once for good; of the dossier and its status the newest word in this round counts.
    held = {key for number, _kind, key, _digest, state in rows if number == lane.round or state == ParcelState.SENT}
    last = {kind: bytes(told) for number, kind, _key, told, _state in rows if number == lane.round}
    count = {kind: sum(row[0] == lane.round and row[1] == kind for row in rows) for kind in ParcelKind}
    new: list[tuple[ParcelKind, str, Body]] = []
    if ParcelKind.FILE in partner.takes:
        new += [(ParcelKind.FILE, f"file:{file.file_id}", file) for file in described.files]
    if ParcelKind.DOSSIER in partner.takes:
        is_new = ParcelKind.DOSSIER not in last and (partner.updates or not lane.is_known)
        is_changed = partner.updates and last.get(ParcelKind.DOSSIER) != digest(ParcelKind.DOSSIER, described.dossier)
        if is_new or is_changed:
            new.append((ParcelKind.DOSSIER, _numbered(ParcelKind.DOSSIER, lane, count), described.dossier))
    if ParcelKind.PROGRESS in partner.takes:
        new += [(ParcelKind.PROGRESS, f"step:{step.event_id}", step) for step in described.steps]
    if ParcelKind.STATUS in partner.takes and last.get(ParcelKind.STATUS) != digest(
        ParcelKind.STATUS, described.status
    ):
        new.append((ParcelKind.STATUS, _numbered(ParcelKind.STATUS, lane, count), described.status))
    return [(kind, key, body) for kind, key, body in new if key not in held]


def _numbered(kind: ParcelKind, lane: Lane, count: dict[ParcelKind, int]) -> str:
    return f"{kind}:{lane.round}.{count[kind] + 1}"


# ── A partner that is set up later ──────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def fill_open(limit: int = FILLED_AT_ONCE) -> int:
    """For partners that somebody wants filled (``begin_filling``): their next open cases. Returns how many cases."""
    done = 0
    waiting = PartnerState.objects.select_for_update(skip_locked=True).filter(filled_to__isnull=False)
    for state in waiting:
        partner = PARTNERS.get(state.name)
        if partner is None or not partner.is_configured():
            continue
        found: list[tuple[int, str]] = []
        for kind in DESCRIBERS:
            rows = cases_of(kind).filter(pk__gt=state.filled_to, closed_at__isnull=True).order_by("pk")
            found += [(case_id, kind) for case_id in rows.values_list("pk", flat=True)[:limit]]
        found = sorted(found)[:limit]
        for case_id, kind in found:
            fill_case(kind, case_id, [partner])
        state.filled_to = found[-1][0] if found else None
        state.save(update_fields=["filled_to"])
        done += len(found)
    return done
