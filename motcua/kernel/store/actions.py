"""Putting papers into a store, taking them back, using them again, showing them to others."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.actions import note_access
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import proved_id_of, require, sealer
from motcua.kernel.org.queries import tree
from motcua.kernel.store.kind import Signature, State, Validity
from motcua.kernel.store.models import StoreEntry, StoreOpening, StoreShare, StoreUse
from motcua.kernel.store.queries import not_found, open_share_of, own_entry, owner_index
from motcua.lib import moment
from motcua.lib.codes import private_token, token_digest
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_tax_code

LONGEST_SHARE: Final = timedelta(days=90)
MOST_SHARED: Final = 50  # papers behind one link
MOST_OPENED: Final = 20  # times in an hour: each is a line that the owner reads


@dataclass(frozen=True, slots=True)
class NewEntry:
    """``person_id`` (a card) or ``tax_code`` owns it. ``valid_to`` only with Validity.UNTIL. ``file_id``: a file that a
    case has taken already. ``values``: its fields, for filling in later forms. ``issuer_unit_id``: None for others'."""

    code: str
    name: str
    issued_on: date
    person_id: int | None = None
    national_id: str = ""  # of the owner, as an official has checked it: the store finds its owner by it
    tax_code: str = ""
    name_en: str = ""
    number: str = ""
    issuer_unit_id: int | None = None
    issuer: str = ""  # as printed; else the unit's name
    validity: Validity = Validity.FOREVER
    valid_to: date | None = None
    scope: str = "nation"
    file_id: int | None = None
    sha256: bytes | None = None
    signature: Signature = Signature.NONE
    procedure_code: str = ""
    case_id: int | None = None
    case_code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def _require_issuer(actor: Actor, unit_id: int | None) -> None:
    if actor == SYSTEM:
        return
    path = tree().path(unit_id) if unit_id is not None else None
    if path is None:  # a paper of somebody else's, that a case accepted: whoever works on cases may put it
        require(actor, "store.read")
    else:
        require(actor, "store.issue", unit_path=path)


def _data(entry: StoreEntry, **more: str) -> dict[str, str | int]:
    """The type of paper, never whose it is nor its number: events stay for ever."""
    return {"entry": entry.pk, "code": entry.code, "name": entry.name, **more}


@transaction.atomic
def put_entry(new: NewEntry, *, actor: Actor) -> StoreEntry:
    """A result, or a paper that was accepted and checked, for its owner to keep. The same of the same case again: the
    first one. In the caller's transaction when there is one."""
    _require_issuer(actor, new.issuer_unit_id)
    if (new.person_id is None) == (not new.tax_code):
        raise ValueError("a paper belongs to a person or to an organisation")
    if new.tax_code and read_tax_code(new.tax_code) != new.tax_code:
        raise ValueError("no tax code")
    if new.case_id is not None:
        same = StoreEntry.objects.filter(case_id=new.case_id, code=new.code, file=new.file_id).first()
        if same is not None:
            return same
    national_id = "" if new.tax_code else new.national_id or proved_id_of(new.person_id or 0)
    seal = sealer()
    entry = StoreEntry.objects.create(
        person_id=new.person_id,
        owner_index=owner_index(national_id),
        tax_code=new.tax_code,
        code=new.code,
        name=new.name[:200],
        name_en=new.name_en[:200],
        number_sealed=seal.seal(new.number.strip()),
        values_sealed=seal.seal(json.dumps(dict(new.values), ensure_ascii=False)) if new.values else b"",
        issuer=(new.issuer or (tree().unit(new.issuer_unit_id).name if new.issuer_unit_id else ""))[:200],
        issuer_unit_id=new.issuer_unit_id,
        issued_on=new.issued_on,
        validity=new.validity.value,
        valid_to=new.valid_to,
        scope=new.scope,
        file_id=new.file_id,
        sha256=new.sha256,
        signature=new.signature.value,
        procedure_code=new.procedure_code,
        case_id=new.case_id,
        case_code=new.case_code,
        created_at=moment.now(),
        put_by=actor.key,
    )
    record("store.put", actor=actor, data=_data(entry))
    return entry


def _locked(entry_id: int, actor: Actor) -> StoreEntry:
    entry = StoreEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise not_found()
    if actor != SYSTEM:
        path = tree().path(entry.issuer_unit_id) if entry.issuer_unit_id is not None else None
        require(actor, "store.issue", unit_path=path)
    if entry.state != State.VALID:
        raise Refused("stale", _("Giấy tờ này đã được thu hồi hoặc thay rồi."))
    return entry


@transaction.atomic
def replace_entry(entry_id: int, new: NewEntry, *, actor: Actor) -> StoreEntry:
    """A corrected or renewed paper: the old one stays readable, and says what replaced it."""
    old = _locked(entry_id, actor)
    entry = put_entry(new, actor=actor)
    if entry.pk == old.pk:
        raise ValueError("the new paper is the old one")
    old.state, old.replaced_by = State.REPLACED, entry
    old.save(update_fields=["state", "replaced_by"])
    record("store.replaced", actor=actor, data=_data(old, by=str(entry.pk)))
    return entry


@transaction.atomic
def revoke_entry(entry_id: int, *, actor: Actor, reason: str) -> None:
    """By officials of the unit that issued it. It stays in the store and says that it does not count any more."""
    entry = _locked(entry_id, actor)
    reason = " ".join(reason.split())
    if not reason:
        words = _("Ghi lý do thu hồi, người có giấy tờ sẽ đọc.")
        raise Refused("invalid", words, fields={"reason": words})
    entry.state, entry.reason = State.REVOKED, reason[:300]
    entry.save(update_fields=["state", "reason"])
    record("store.revoked", actor=actor, data=_data(entry, reason=reason[:300]))


@transaction.atomic
def use_entry(entry_id: int, *, actor: Actor, case_id: int, case_code: str = "") -> None:
    """Note that a case takes the paper from the store; its officials may open it from then on. Twice: once.

    Refused("not_usable") when it has expired, was revoked, or was good for one time only and is used up. The caller has
    checked that the case is the owner's.
    """
    entry = StoreEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise not_found()
    if entry.uses.filter(case_id=case_id).exists():
        return
    today = timezone.localtime(moment.now()).date()
    if entry.state_on(today, uses=entry.uses.count()) != "valid":
        raise Refused("not_usable", _("Giấy tờ này không còn dùng được. Hãy nộp bản khác."))
    StoreUse.objects.create(entry=entry, case_id=case_id, case_code=case_code, used_at=moment.now(), used_by=actor.key)
    record("store.used", actor=actor, data=_data(entry, used_in=str(case_id)))


# ── Shares ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def share_entries(entry_ids: Collection[int], *, actor: Actor, until: datetime, purpose: str) -> tuple[int, str]:
    """A link to one's own papers. Returns its number, and the token: shown this once, kept nowhere."""
    if actor.person_id is None:
        raise not_found()
    chosen = [own_entry(entry_id, actor=actor) for entry_id in dict.fromkeys(entry_ids)]
    now = moment.now()
    fields: dict[str, str] = {}
    if not chosen or len(chosen) > MOST_SHARED:
        fields["entries"] = _("Chọn từ 1 đến {n} giấy tờ.").format(n=MOST_SHARED)
    if not now < until <= now + LONGEST_SHARE:
        fields["days"] = _("Chọn từ 1 đến {n} ngày.").format(n=LONGEST_SHARE.days)
    if not purpose.strip():
        fields["purpose"] = _("Ghi gửi cho ai, để làm gì. Người nhận cũng đọc được.")
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    token = private_token()
    share = StoreShare.objects.create(
        person_id=actor.person_id,
        digest=token_digest(token),
        purpose_sealed=sealer().seal(" ".join(purpose.split())[:200]),
        created_at=now,
        expires_at=until,
    )
    share.entries.set(chosen)
    record(
        "store.shared",
        actor=actor,
        data={
            "share": share.pk,
            "count": len(chosen),
            "until": timezone.localtime(until).strftime("%d/%m/%Y"),
            "entries": [entry.pk for entry in chosen],
        },
    )
    return share.pk, token


@transaction.atomic
def end_share(share_id: int, *, actor: Actor) -> None:
    """At once: whoever holds the link opens nothing any more."""
    is_person = actor.kind == "person" and actor.id is not None and actor.person_id is not None
    share = (
        StoreShare.objects.select_for_update().filter(pk=share_id, person_id=actor.person_id or 0).first()
        if is_person
        else None
    )
    if share is None:
        raise not_found()
    if share.ended_at is not None:
        return
    share.ended_at = moment.now()
    share.save(update_fields=["ended_at"])
    record("store.share_ended", actor=actor, data={"share": share.pk})


@transaction.atomic
def open_share(token: str, *, actor: Actor, who: str) -> int:
    """Somebody with the link says who they are, and sees the papers from then on; the owner is told. Of an official who
    is signed in the name is known. Returns the number of the opening."""
    share = open_share_of(token)
    StoreShare.objects.select_for_update().get(pk=share.pk)  # one after the other, so that they are counted
    if share.openings.filter(at__gt=moment.now() - timedelta(hours=1)).count() >= MOST_OPENED:
        raise Refused("too_many", _("Liên kết này vừa được mở quá nhiều lần. Bạn thử lại sau một giờ."))
    who = actor.name if actor.is_officer else " ".join(who.split())[:160]
    if len(who) < 4:
        words = _("Ghi tên và nơi làm việc của bạn. Người chia sẻ sẽ thấy.")
        raise Refused("invalid", words, fields={"who": words})
    opening = StoreOpening.objects.create(
        share=share, at=moment.now(), who_sealed=sealer().seal(who), is_official=actor.is_officer
    )
    record("store.share_opened", actor=actor, data={"share": share.pk, "opening": opening.pk})
    return opening.pk


def note_opened(entry: StoreEntry, *, actor: Actor) -> None:
    """An official opens a paper: its owner sees who and when."""
    note_access(actor, "store.open", person_id=entry.person_id, case_id=entry.case_id, reason=entry.name)
