"""What a person agreed to, and what they asked of those who hold data about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import contact_addresses, require, sealer
from motcua.kernel.registries.kind import PURPOSES, REGISTRIES, REQUEST_NAMES, Basis, RequestKind
from motcua.kernel.registries.models import Consent, DataRequest
from motcua.lib import contacts, moment
from motcua.lib.errors import Refused


def consent_of(person_id: int, purpose: str, registry: str) -> int | None:
    """The consent in force; None when there is none."""
    rows = Consent.objects.filter(person_id=person_id, purpose=purpose, registry=registry, withdrawn_at__isnull=True)
    return rows.values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class ConsentRow:
    id: int
    purpose: str | Promise
    registry: str | Promise
    words: str
    given_at: datetime
    withdrawn_at: datetime | None


def own_consents(actor: Actor) -> list[ConsentRow]:
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return []
    return [
        ConsentRow(
            row.pk,
            PURPOSES[row.purpose].title if row.purpose in PURPOSES else row.purpose,
            REGISTRIES[row.registry].title if row.registry in REGISTRIES else row.registry,
            row.words,
            row.given_at,
            row.withdrawn_at,
        )
        for row in Consent.objects.filter(person_id=actor.person_id).order_by("withdrawn_at", "-pk")
    ]


def consent_words(purpose: str, registry: str) -> str:
    """What the person agrees to, in the language of the page. Kept word for word with the consent."""
    return _(
        "Tôi đồng ý để hệ thống hỏi dữ liệu {registry} về tôi, chỉ để: {purpose}. Tôi rút lại lúc nào cũng được."
    ).format(registry=f"“{REGISTRIES[registry].title}”", purpose=str(PURPOSES[purpose].title).lower())


def open_offers(actor: Actor) -> list[tuple[str, str, str]]:
    """(purpose, registry, words) that the person may agree to and has not."""
    if actor.person_id is None:
        return []
    given = set(
        Consent.objects.filter(person_id=actor.person_id, withdrawn_at__isnull=True).values_list("purpose", "registry")
    )
    return [
        (purpose.name, registry, consent_words(purpose.name, registry))
        for purpose in PURPOSES.values()
        if purpose.basis is Basis.CONSENT
        for registry in REGISTRIES
        if (purpose.name, registry) not in given
    ]


def export_consents(actor: Actor) -> list[dict[str, Any]]:
    return [
        {"words": row.words, "given_at": row.given_at, "withdrawn_at": row.withdrawn_at} for row in own_consents(actor)
    ]


# ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RequestRow:
    """``is_late`` is computed. ``person`` is filled in for officials: masked in the list, whole once opened."""

    id: int
    person_id: int
    kind: str
    kind_name: str | Promise
    text: str
    state: str
    made_at: datetime
    answer_due_at: datetime
    due_at: datetime
    extended_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    answer: str
    officer_name: str
    person: str = ""
    contact: str = ""

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def next_due_at(self) -> datetime:
        return self.answer_due_at if self.received_at is None and not self.is_closed else self.due_at

    @property
    def is_late(self) -> bool:
        return not self.is_closed and moment.now() > self.next_due_at


def as_row(row: DataRequest, person: str = "", contact: str = "") -> RequestRow:
    return RequestRow(
        row.pk,
        row.person_id,
        row.kind,
        REQUEST_NAMES[RequestKind(row.kind)],
        sealer().open(row.text_sealed),
        row.state,
        row.made_at,
        row.answer_due_at,
        row.due_at,
        row.extended_at,
        row.received_at,
        row.closed_at,
        sealer().open(row.answer_sealed),
        row.officer_name,
        person,
        contact,
    )


def own_requests(actor: Actor) -> list[RequestRow]:
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return []
    return [as_row(row) for row in DataRequest.objects.filter(person_id=actor.person_id).order_by("-pk")]


def list_requests(*, actor: Actor, is_closed: bool = False) -> Sequence[RequestRow]:
    """For those who answer: what is due first stands first."""
    require(actor, "privacy.answer")
    rows = DataRequest.objects.filter(closed_at__isnull=not is_closed).order_by("-pk" if is_closed else "due_at")[:100]
    cards = contact_addresses(row.person_id for row in rows)
    return [
        as_row(row, contacts.masked_name(cards[row.person_id][0].name) if row.person_id in cards else "")
        for row in rows
    ]


def get_request(request_id: int, *, actor: Actor) -> RequestRow:
    """Opened by who answers it: with name and contact, which is noted by the caller."""
    require(actor, "privacy.answer")
    row = DataRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise Refused("not_found", _("Không tìm thấy yêu cầu này."))
    cards = contact_addresses([row.person_id])
    card = cards[row.person_id][0] if row.person_id in cards else None
    return as_row(row, card.name if card else "", (card.phone or card.email) if card else "")


def count_open_requests() -> int:
    with connection.cursor() as cursor:  # every page of the desk asks: the ORM takes ten times as long to write it
        cursor.execute("SELECT count(*) FROM registries_datarequest WHERE closed_at IS NULL")
        return int(cursor.fetchone()[0])
