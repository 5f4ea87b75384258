"""What lies in a store, for its owner, for the cases that use it, and behind a link that its owner gave away."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.reading import get_case
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import (
    own_representations,
    proved_national_id,
    representations_in_force,
    require,
    sealer,
)
from motcua.kernel.org.queries import local_today, tree
from motcua.kernel.places.queries import area, successors_of
from motcua.kernel.store.kind import SIGNATURE_WORDS, STATE_WORDS, State
from motcua.kernel.store.models import StoreEntry, StoreOpening, StoreShare
from motcua.lib import contacts, moment
from motcua.lib.codes import token_digest
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.files.models import File


@dataclass(frozen=True, slots=True)
class EntryRow:
    """``state`` is that of today. ``issuer_now``: who answers for it since the issuer was merged; else ""."""

    id: int
    code: str
    name: str
    number: str
    issuer: str
    issuer_now: str
    issued_on: date
    valid_to: date | None
    validity: str
    state: str
    signature: str
    procedure_code: str
    case_code: str
    tax_code: str
    reason: str
    replaced_by: int | None
    has_file: bool
    uses: int

    @property
    def is_usable(self) -> bool:
        return self.state == "valid"

    @property
    def state_words(self) -> tuple[str | Promise, str, str]:
        return STATE_WORDS[self.state]

    @property
    def signature_words(self) -> tuple[str | Promise, str, str]:
        return SIGNATURE_WORDS[self.signature]


def owner_index(national_id: str) -> bytes | None:
    return sealer().index(f"owner {national_id}") if national_id else None


def issuer_now(entry: StoreEntry) -> str:
    """The unit that took over from the issuer: what its commune became, else the unit above that still exists."""
    if entry.issuer_unit_id is None:
        return ""
    units = tree()
    issuer = units.unit(entry.issuer_unit_id)
    if issuer.is_in_force:
        return issuer.name if issuer.name != entry.issuer else ""
    if issuer.area_id is not None:
        after = successors_of(issuer.area_id) or (
            [(area(issuer.area_id), "")] if area(issuer.area_id).is_in_force else []
        )
        names = [unit.name for row, _kind in after if (unit := units.commune_unit(row.id)) is not None]
        if names:
            return ", ".join(dict.fromkeys(names))
    return next((unit.name for unit in units.ancestors(issuer.id) if unit.is_in_force), "")


def _name_said(entry: StoreEntry) -> str:
    is_english = (get_language() or "vi").startswith("en")
    return (is_english and entry.name_en) or entry.name


def as_row(entry: StoreEntry) -> EntryRow:
    """``uses`` must have been counted (``_rows``)."""
    uses = int(getattr(entry, "use_count", 0))
    return EntryRow(
        id=entry.pk,
        code=entry.code,
        name=_name_said(entry),
        number=sealer().open(entry.number_sealed),
        issuer=entry.issuer,
        issuer_now=issuer_now(entry),
        issued_on=entry.issued_on,
        valid_to=entry.valid_to,
        validity=entry.validity,
        state=entry.state_on(local_today(), uses=uses),
        signature=entry.signature,
        procedure_code=entry.procedure_code,
        case_code=entry.case_code,
        tax_code=entry.tax_code,
        reason=entry.reason,
        replaced_by=entry.replaced_by_id,
        has_file=entry.file_id is not None,
        uses=uses,
    )


def _rows(where: Q) -> QuerySet[StoreEntry]:
    return StoreEntry.objects.filter(where).annotate(use_count=Count("uses", distinct=True)).order_by("-pk")


# ── The owner ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _owned(actor: Actor) -> Q:
    """Papers of the signed-in person and of the organisations that they represent today: by their own card, and by a
    national id that was proved. What somebody merely says of themselves opens nothing, and neither does a telephone
    that stands on another card: families share one."""
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return Q(pk__in=[])
    owned = Q(person_id=actor.person_id, tax_code="")
    if index := owner_index(proved_national_id(actor)):
        owned |= Q(owner_index=index, tax_code="")
    codes = [row.tax_code for row in own_representations(actor) if row.is_in_force]
    return owned | Q(tax_code__in=codes) if codes else owned


def own_entries(actor: Actor, *, codes: Collection[str] | None = None) -> list[EntryRow]:
    """Everything that the signed-in person may see in the store, the newest first."""
    rows = _rows(_owned(actor))
    return [as_row(row) for row in (rows if codes is None else rows.filter(code__in=list(codes)))]


def stored_results(actor: Actor, codes: Collection[str]) -> set[str]:
    """Which of these papers the signed-in person has, usable today: they are not asked for."""
    return {row.code for row in own_entries(actor, codes=codes) if row.is_usable}


def own_entry(entry_id: int, *, actor: Actor) -> StoreEntry:
    """Refused("not_found") for everybody but the owner and, of an organisation's, its representatives."""
    entry = _rows(_owned(actor)).filter(pk=entry_id).select_related("file").first()
    if entry is None:
        raise not_found()
    return entry


def not_found() -> Refused:
    return Refused("not_found", _("Không tìm thấy giấy tờ này, hoặc bạn không được xem."))


@dataclass(frozen=True, slots=True)
class UseRow:
    case_code: str
    used_at: datetime


@dataclass(frozen=True, slots=True)
class EntryPage:
    row: EntryRow
    uses: list[UseRow]
    values: dict[str, Any]


def entry_page(entry_id: int, *, actor: Actor) -> EntryPage:
    entry = own_entry(entry_id, actor=actor)
    uses = [UseRow(use.case_code, use.used_at) for use in entry.uses.order_by("-pk")]
    return EntryPage(as_row(entry), uses, values_of(entry))


def values_of(entry: StoreEntry) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(sealer().open(entry.values_sealed) or "{}")
    return values


def export_entries(actor: Actor) -> list[dict[str, Any]]:
    """For the download of one's own data; the files come with the zip of the store."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "number": row.number,
            "issuer": row.issuer,
            "issued_on": row.issued_on,
            "valid_to": row.valid_to,
            "state": row.state,
        }
        for row in own_entries(actor)
    ]


# ── Cases that may use it ───────────────────────────────────────────────────────────────────────────────────────────


def entries(
    person_id: int | None = None, *, tax_code: str = "", codes: Collection[str] | None = None, national_id: str = ""
) -> list[EntryRow]:
    """Papers of a person (by card, or by a national id that was proved) or of an organisation, that can be used today;
    the newest first. Authorises nobody: for those who take in a dossier of that very person."""
    if tax_code:
        where = Q(tax_code=tax_code)
    else:
        where = Q(pk__in=[]) if person_id is None else Q(person_id=person_id, tax_code="")
        if index := owner_index(national_id):
            where |= Q(owner_index=index, tax_code="")
    rows = _rows(where & Q(state=State.VALID))
    found = [as_row(row) for row in (rows if codes is None else rows.filter(code__in=list(codes)))]
    return [row for row in found if row.is_usable]


def prefill_values(entry_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What papers say, for ``store.<code>.<field>``. Authorises nobody: for entries that ``entries`` gave."""
    return {entry.pk: values_of(entry) for entry in StoreEntry.objects.filter(pk__in=list(entry_ids))}


def entry_in_case(entry_id: int, *, actor: Actor) -> StoreEntry:
    """For officials: a paper that came from, or is used in, a case that they may read. Who opens it is noted by the
    caller. Refused("not_found") else."""
    require(actor, "store.read")
    entry = StoreEntry.objects.filter(pk=entry_id).select_related("file").first()
    if entry is None:
        raise not_found()
    case_ids = [use.case_id for use in entry.uses.order_by("-pk")]
    for case_id in [*case_ids, *([entry.case_id] if entry.case_id else [])]:
        try:
            get_case(case_id, actor=actor.by_post)
        except Refused:
            continue
        return entry
    raise not_found()


def entries_used_in(case_id: int) -> list[EntryRow]:
    """Papers that a case took from the store. Authorises nobody: for the page of that case."""
    return [as_row(row) for row in _rows(Q(uses__case_id=case_id))]


# ── Shares ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpeningRow:
    at: datetime
    who: str
    is_official: bool


@dataclass(frozen=True, slots=True)
class ShareRow:
    id: int
    purpose: str
    names: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    openings: tuple[OpeningRow, ...]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.expires_at > moment.now()


def own_shares(actor: Actor, *, entry_id: int | None = None) -> list[ShareRow]:
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return []
    rows = StoreShare.objects.filter(person_id=actor.person_id).prefetch_related("entries", "openings").order_by("-pk")
    if entry_id is not None:
        rows = rows.filter(entries=entry_id)
    return [
        ShareRow(
            row.pk,
            sealer().open(row.purpose_sealed),
            tuple(_name_said(entry) for entry in row.entries.all()),
            row.created_at,
            row.expires_at,
            row.ended_at,
            tuple(
                OpeningRow(opening.at, sealer().open(opening.who_sealed), opening.is_official)
                for opening in sorted(row.openings.all(), key=lambda opening: -opening.pk)
            ),
        )
        for row in rows
    ]


def open_share_of(token: str) -> StoreShare:
    """The share behind a link, while it is open. An ended one looks like one that never was; links end with the account
    of whoever made them."""
    still_open = Q(ended_at__isnull=True, expires_at__gt=moment.now(), person__erased_at__isnull=True)
    share = StoreShare.objects.filter(still_open, digest=token_digest(token)).select_related("person").first()
    if share is None:
        raise Refused("not_found", _("Liên kết này không còn dùng được. Bạn hỏi lại người đã gửi cho bạn."))
    return share


@dataclass(frozen=True, slots=True)
class SharePage:
    """What is told before somebody says who they are: whose papers, masked, and how many."""

    owner: str
    purpose: str
    expires_at: datetime
    count: int


def share_page(token: str) -> SharePage:
    share = open_share_of(token)
    name = sealer().open(share.person.name_sealed)
    return SharePage(
        contacts.masked_name(name), sealer().open(share.purpose_sealed), share.expires_at, _behind(share).count()
    )


def _behind(share: StoreShare) -> QuerySet[StoreEntry]:
    """Papers of an organisation only as long as whoever shares them represents it."""
    represented = representations_in_force().filter(person_id=share.person_id).values("organisation__tax_code")
    return _rows(Q(shares=share) & (Q(tax_code="") | Q(tax_code__in=represented)))


def shared_entries(token: str, opening_id: int) -> list[EntryRow]:
    """Behind a link, for who said who they are at this opening."""
    return [as_row(row) for row in _behind(opened_share(token, opening_id))]


def opened_share(token: str, opening_id: int) -> StoreShare:
    share = open_share_of(token)
    if not StoreOpening.objects.filter(pk=opening_id, share=share).exists():
        raise Refused("not_found", _("Hãy ghi bạn là ai trước."))
    return share


def shared_file(token: str, opening_id: int, entry_id: int) -> "tuple[StoreEntry, File]":
    entry = _behind(opened_share(token, opening_id)).filter(pk=entry_id).select_related("file").first()
    if entry is None or entry.file is None:
        raise not_found()
    return entry, entry.file


def files_of(rows: Sequence[EntryRow]) -> "dict[int, File]":
    """Entry → its file, of those that have one. Authorises nobody."""
    found = StoreEntry.objects.filter(pk__in=[row.id for row in rows], file__isnull=False).select_related("file")
    return {entry.pk: entry.file for entry in found if entry.file is not None}
