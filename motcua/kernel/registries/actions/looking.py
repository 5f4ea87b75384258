"""Asking a registry. Call it before an action's transaction, never inside: the source may lie outside, and may be slow.

Nothing here blocks a person: a source that is down, slow or says nonsense is an outage, and an outage is an answer.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.events.actions import apart
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import authorised, card_of_giver, proved_national_id, represents, require
from motcua.kernel.registries.kind import PURPOSES, Basis, RegistryKind
from motcua.kernel.registries.models import LookUp
from motcua.kernel.registries.ports import Asking, Record, Registry, source_of
from motcua.kernel.registries.queries.own import consent_of
from motcua.kernel.registries.queries.records import (
    LOCAL,
    get_record,
    national_ids_of,
    opened_values,
    read_key,
    registry_kind,
    subject_index,
)
from motcua.lib import moment
from motcua.lib.circuit import Circuit
from motcua.lib.errors import ConnectorError, Refused

CIRCUITS: dict[tuple[str, str], Circuit] = {}
_PERSONAL = re.compile(r"[^\s<>,;]+@[^\s<>,;]+|\+?\d[\d .-]{6,}\d")


@dataclass(frozen=True, slots=True)
class Answer:
    """``record`` None without ``is_outage``: the registry says that there is none (or none that the asker may see)."""

    record: Record | None
    is_outage: bool
    look_up_id: int


@dataclass(frozen=True, slots=True)
class _Right:
    """``owners`` None: whatever is found may be seen; else only what is about one of these national ids."""

    owners: frozenset[str] | None
    person_id: int | None
    consent_id: int | None


def look_up(
    registry: str,
    key: Mapping[str, str],
    *,
    actor: Actor,
    purpose: str,
    person_id: int | None = None,
    case_id: int | None = None,
    procedure_code: str = "",
    reason: str = "",
) -> Answer:
    """Ask for the one record with ``key`` (names of ``RegistryKind.keys``), and note who asked, whatever comes.

    ``person_id`` is the card of whom it is about, where known. Officials need registry.look_up. People see what is
    about themselves, about who authorised them in ``procedure_code``, and about organisations that they represent.
    Refused: "not_allowed", "not_proved" (say who you are first), "no_consent", "invalid" (names the key).
    """
    kind = registry_kind(registry)
    clean = read_key(kind, key)
    right = _right(kind, clean, actor, purpose, person_id, procedure_code)
    source = source_of(registry)
    asking = Asking(str(uuid.uuid4()), purpose, actor.key)
    begun = monotonic()
    record, error = _asked(source, kind, clean, asking)
    outcome = LookUp.Outcome.OUTAGE if error else LookUp.Outcome.FOUND if record else LookUp.Outcome.NONE
    if record is not None and right.owners is not None and not kind.owners(record.values) & right.owners:
        outcome = LookUp.Outcome.NOT_THEIRS
    about = {subject_index(number) for number in national_ids_of(kind, record.values if record else {}, clean)}
    look_up_id = _noted(
        LookUp(
            at=moment.now(),
            registry=registry,
            source=source.name,
            actor=actor.key,
            actor_name=actor.name if actor.kind in ("officer", "service") else "",
            purpose=purpose,
            reason=" ".join(reason.split())[:200],
            consent_id=right.consent_id,
            person_id=right.person_id,
            case_id=case_id,
            outcome=outcome,
            request_id=asking.request_id,
            milliseconds=round((monotonic() - begun) * 1000),
        ),
        about,
        error,
    )
    return Answer(record if outcome == LookUp.Outcome.FOUND else None, bool(error), look_up_id)


def open_record(record_id: int, *, actor: Actor) -> tuple[RegistryKind, dict[str, Any]]:
    """A record whole, for those who manage the registry: noted like every look-up, and seen by whom it is about."""
    row = get_record(record_id, actor=actor)
    kind, values = registry_kind(row.registry), opened_values(row)
    look = LookUp(
        at=moment.now(),
        registry=kind.name,
        source=LOCAL,
        actor=actor.key,
        actor_name=actor.name,
        purpose="upkeep",
        outcome=LookUp.Outcome.FOUND,
        request_id=str(uuid.uuid4()),
        milliseconds=0,
    )
    _noted(look, {subject_index(number) for number in kind.owners(values)}, "")
    return kind, values


def registered_name(tax_code: str, actor: Actor) -> tuple[str, str] | None:
    """For the port of identity: only whoever the record names gets it at all."""
    try:
        answer = look_up("businesses", {"tax_code": tax_code}, actor=actor, purpose="procedure")
    except Refused:  # not proved; an official looks at their papers
        return None
    if answer.record is None:
        return None
    return str(answer.record.values.get("name", "")), str(_("Cơ sở dữ liệu doanh nghiệp"))


def _right(
    kind: RegistryKind,
    key: Mapping[str, str],
    actor: Actor,
    purpose_name: str,
    person_id: int | None,
    procedure_code: str,
) -> _Right:
    purpose = PURPOSES[purpose_name]  # an unknown purpose is a bug: let it crash
    owners: frozenset[str] | None = None
    if actor.kind == "person":
        person_id = person_id or actor.person_id
        owners = _own_ids(actor, person_id, procedure_code)
        if kind.name == "businesses" and "tax_code" in key and represents(actor, key["tax_code"]):
            owners = None
        elif not owners:
            raise Refused("not_proved", _("Xác thực danh tính của bạn trước: tại quầy, hoặc bằng định danh điện tử."))
    elif actor != SYSTEM:
        require(actor, "registry.look_up")
    consent_id = None
    if purpose.basis is Basis.CONSENT:
        consent_id = consent_of(person_id, purpose.name, kind.name) if person_id is not None else None
        if consent_id is None:
            raise Refused("no_consent", _("Cần người có dữ liệu đồng ý cho việc này trước."))
    return _Right(owners, person_id, consent_id)


def _own_ids(actor: Actor, person_id: int | None, procedure_code: str) -> frozenset[str]:
    if actor.id is None or person_id is None:
        return frozenset()
    if person_id == actor.person_id:
        number = proved_national_id(actor)
    elif authorised(actor, person_id, procedure_code):
        card = card_of_giver(actor, person_id, procedure_code)
        number = card.national_id if card.is_proved else ""
    else:
        raise Refused("not_allowed", _("Bạn chỉ xem được dữ liệu của mình, hoặc của người đã ủy quyền cho bạn."))
    return frozenset({number} - {""})


def _asked(source: Registry, kind: RegistryKind, key: Mapping[str, str], asking: Asking) -> tuple[Record | None, str]:
    """The record, or what was wrong with the source."""
    circuit = CIRCUITS.setdefault((source.name, kind.name), Circuit())
    if circuit.is_open():
        return None, _("Đang nghỉ sau nhiều lần hỏi không được.")
    try:
        record = source.look_up(kind.name, key, asking)
    except ConnectorError as reason:
        circuit.failed()
        return None, _PERSONAL.sub("•••", str(reason))[:300] or "?"
    circuit.worked()
    return record, ""


def _noted(row: LookUp, about: set[bytes], error: str) -> int:
    """On a connection of its own: who looked stays, even when what they did with it is rolled back."""
    fields = [field for field in LookUp._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with apart() as connection, connection.cursor() as cursor:
        cursor.execute(
            f"""WITH noted AS (INSERT INTO registries_lookup ({names}) VALUES ({marks}) RETURNING id),
                about AS (INSERT INTO registries_lookupsubject (look_up_id, index)
                          SELECT noted.id, given.index FROM noted, unnest(%s::bytea[]) AS given(index))
                SELECT id FROM noted""",  # noqa: S608  our own names
            [*(getattr(row, field.attname) for field in fields), sorted(about)],
        )
        number = int(cursor.fetchone()[0])
        if row.source != LOCAL:
            cursor.execute(
                """INSERT INTO registries_sourcestate AS s (registry, source, is_up, since, error, error_at)
                   VALUES (%(registry)s, %(source)s, %(is_up)s, %(now)s, %(error)s, %(error_at)s)
                   ON CONFLICT (registry, source) DO UPDATE SET
                       since = CASE WHEN s.is_up = excluded.is_up THEN s.since ELSE excluded.since END,
                       is_up = excluded.is_up,
                       error = CASE WHEN excluded.is_up THEN s.error ELSE excluded.error END,
                       error_at = CASE WHEN excluded.is_up THEN s.error_at ELSE excluded.error_at END
                   WHERE s.is_up <> excluded.is_up OR NOT excluded.is_up""",
                {
                    "registry": row.registry,
                    "source": row.source,
                    "is_up": not error,
                    "now": row.at,
                    "error": error,
                    "error_at": row.at if error else None,
                },
            )
    return number
