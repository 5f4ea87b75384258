"""Opening a case: people, clocks and first events with it, in one statement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Field, JSONField, Model

from motcua.kernel.cases.actions import ids
from motcua.kernel.cases.actions.clocks import new_clock, rules_for, show_on_case
from motcua.kernel.cases.kind import KINDS, PartyRole
from motcua.kernel.cases.models import Case, CaseFile, Clock, ClockRule, Party
from motcua.kernel.events.actions import link
from motcua.kernel.identity.kind import Actor
from motcua.kernel.statements.queries import prepared
from motcua.lib import moment
from motcua.lib.codes import render_code
from motcua.lib.rows import Insert, together
from motcua.lib.vietnamese import fold


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a module knows of a case that begins. ``words`` is searched along with subject, address and code."""

    kind: str
    subject: str
    state: str
    unit_id: int
    channel: str
    words: str = ""
    urgency: str = "binh_thuong"
    area_id: int | None = None
    category_id: int | None = None
    officer_id: int | None = None
    address: str = ""
    place_code: str = ""
    lat: float | None = None
    lon: float | None = None
    person: Mapping[str, Any] | None = None  # sealed values of a new contact card …
    person_id: int | None = None  # … or one that exists
    wants: str = "all"
    language: str = "vi"
    files: Sequence[tuple[int, str]] = ()  # (file id, role)
    events: Sequence[tuple[str, Mapping[str, Any]]] = ()  # (name, data), in order
    role: str = PartyRole.REPORTER  # of the person
    code_template: str = ""  # where it is not the kind's
    clocks: Sequence[ClockRule] = ()  # of its own, besides those of the rules


@dataclass(frozen=True, slots=True)
class Opened:
    case: Case
    party_id: int
    clocks: list[Clock] = field(default_factory=list)


def open_case(
    new: NewCase, *, actor: Actor, also: Callable[[Case, int], Sequence[Insert]] = lambda case, party_id: ()
) -> Opened:
    """Write the case and everything that begins with it, in one statement: a transaction by itself, or part of one.

    ``also`` is given the case and the party's id, known beforehand, and returns the module's own rows.
    """
    at = moment.now()
    case = _case(new, at)
    person_id = new.person_id if new.person is None else ids.take("identity_person")
    case.person_id = person_id
    by_rule = [rule for rule in rules_for(case).values() if rule.after == "opened"]
    clocks = [new_clock(case, rule, at) for rule in (*by_rule, *new.clocks)]
    show_on_case(case, clocks)
    party = Party(
        id=ids.take("cases_party"),
        case_id=case.id,
        person_id=person_id,
        role=new.role,
        wants=new.wants,
        language=new.language,
        created_at=at,
    )
    files = [
        CaseFile(case_id=case.id, file_id=file_id, role=role, party_id=party.id, created_at=at)
        for file_id, role in new.files
    ]
    inserts = [
        Insert("identity_person", [{"id": person_id, **new.person}] if new.person is not None else []),
        insert_of(case),
        insert_of(*clocks),
        insert_of(party),
        insert_of(*files),
        Insert("events_event", _events(new, case.id, actor, at)),
        *also(case, party.id),
    ]
    _write(inserts)
    return Opened(case, party.id, clocks)


def _write(inserts: Sequence[Insert]) -> None:
    """To read and plan this statement costs more than to write the rows: prepared, that is done once. Django's cursor
    would moreover put every value into its text."""
    with prepared(numbered=True) as cursor:
        cursor.execute(*together(inserts))


def _case(new: NewCase, at: datetime) -> Case:
    number = ids.take("cases_case")
    code = render_code(new.code_template or KINDS[new.kind].code_template, number=number, at=at)
    case = Case(
        id=number,
        kind=new.kind,
        code=code,
        subject=new.subject,
        state=new.state,
        urgency=new.urgency,
        channel=new.channel,
        unit_id=new.unit_id,
        officer_id=new.officer_id,
        area_id=new.area_id,
        category_id=new.category_id,
        address=new.address,
        place_code=new.place_code,
        lat=new.lat,
        lon=new.lon,
        opened_at=at,
        updated_at=at,
    )
    case.folded = searched_words(case, new.words)
    return case


def searched_words(case: Case, words: str) -> str:
    """What strangers and officials find the case by; ``words`` are those that everybody may read."""
    return fold(f"{case.subject} {words} {case.address} {case.code}")


def insert_of(*rows: Model) -> Insert:
    """Unsaved rows of one table as an Insert; the id goes along only where it is known."""
    if not rows:
        return Insert("", [])
    first = rows[0]
    columns = [
        (column, name, field)
        for column, name, field, is_key in _columns(type(first))
        if not (is_key and getattr(first, name) is None)
    ]
    return Insert(
        first._meta.db_table,
        [
            {
                column: getattr(row, name) if field is None else field.get_db_prep_save(getattr(row, name), connection)
                for column, name, field in columns
            }
            for row in rows
        ],
    )


@cache
def _columns(model: type[Model]) -> tuple[tuple[str, str, "Field[Any, Any] | None", bool], ...]:
    """Column, attribute, the field where its value is not written as it stands, and whether it is the key."""
    return tuple(
        (field.column, field.attname, field if isinstance(field, JSONField | ArrayField) else None, field.primary_key)
        for field in model._meta.concrete_fields
        if field.column and not field.generated
    )


def _events(new: NewCase, case_id: int, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    rows, previous = [], b""
    for name, data in new.events:
        event = link(name, case_id=case_id, actor=actor, data=data, audience=None, at=at, previous_hash=previous)
        previous = event.hash
        rows.append(
            {
                "case_id": case_id,
                "at": event.at,
                "name": event.name,
                "actor": event.actor,
                "actor_name": event.actor_name,
                "data": event.data,
                "audience": event.audience,
                "previous_hash": event.previous_hash,
                "hash": event.hash,
            }
        )
    return rows
