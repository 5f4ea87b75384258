"""Answers on their way: opened by the account that they belong to, or by a secret link."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import Prefilled, Words
from motcua.kernel.forms.models import Draft as Row
from motcua.kernel.forms.ports import DRAFTS
from motcua.kernel.forms.queries.versions import FormVersion, form_version
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import sealer
from motcua.kernel.identity.queries.proofs import is_proof, proof
from motcua.lib import moment
from motcua.lib.errors import Refused

PURPOSE = "motcua.form.draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """``token`` stands in the secret link. ``step`` is the one to go on with, the first is 0."""

    id: int
    token: str
    subject: str
    version: FormVersion
    answers: dict[str, Any]
    known: dict[str, Prefilled]
    step: int
    saved_at: datetime
    expires_at: datetime
    is_owned: bool  # by an account


def drafts_kept() -> timedelta:
    """After it was last saved, whoever began it."""
    return timedelta(days=settings.DRAFTS_KEPT_DAYS)


def draft_gone() -> Refused:
    words = _("Không còn bản nháp này. Bản nháp tự xóa sau %(days)d ngày không dùng.")
    return Refused("not_found", words % {"days": settings.DRAFTS_KEPT_DAYS})


def get_draft(token: str, *, actor: Actor) -> Draft:
    """Refused("not_found") for a wrong or expired link, and for a draft that belongs to somebody else's account: once
    it is in an account, the link alone opens it no more."""
    row = Row.objects.filter(pk=_proved(token) or 0, expires_at__gt=moment.now()).first()
    if row is None or not may_open(row.account_id, actor):
        raise draft_gone()
    return opened(row)


def may_open(account_id: int | None, actor: Actor) -> bool:
    return account_id is None or account_id == account_of(actor)


def account_of(actor: Actor) -> int | None:
    """The number of a service's key is no account's."""
    return actor.id if actor.kind in ("person", "officer") else None


def own_drafts(actor: Actor) -> list[Draft]:
    """Of the signed-in account, the last used first."""
    account_id = account_of(actor)
    if account_id is None:
        return []
    rows = Row.objects.filter(account_id=account_id, expires_at__gt=moment.now()).order_by("-saved_at")
    return [opened(row) for row in rows[:100]]


def own_draft_rows(actor: Actor) -> list[dict[str, Any]]:
    """For the download of one's own data. Without those for others for whom one may act no longer."""
    return [
        {
            "form": draft.version.form.title.vi,
            "for": draft.subject,
            "answers": draft.answers,
            "saved_at": draft.saved_at,
            "expires_at": draft.expires_at,
        }
        for draft in own_drafts(actor)
        if (may := DRAFTS.get(draft.subject.partition(":")[0])) is None or may(draft.id, draft.subject, actor)
    ]


def opened(row: Row) -> Draft:
    return Draft(
        id=row.pk,
        token=draft_token(row.pk),
        subject=row.subject,
        version=form_version(row.version_id),
        answers=json.loads(sealer().open(row.answers_sealed) or "{}"),
        known=_read_known(sealer().open(row.known_sealed)),
        step=row.step,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
        is_owned=row.account_id is not None,
    )


def written_known(known: Mapping[str, Prefilled]) -> str:
    """As it is sealed; empty when there is nothing."""
    rows = {
        path: [one.value, one.source.vi, one.source.en, one.is_locked, one.as_of.isoformat() if one.as_of else None]
        for path, one in known.items()
    }
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def _read_known(text: str) -> dict[str, Prefilled]:
    rows: dict[str, list[Any]] = json.loads(text or "{}")
    return {
        path: Prefilled(value, Words(vi, en), is_locked, date.fromisoformat(as_of) if as_of else None)
        for path, (value, vi, en, is_locked, as_of) in rows.items()
    }


# ── The secret link: a number and a proof, derived and not stored (docs/adr/private-links-are-derived.md) ───────────


def draft_token(draft_id: int) -> str:
    return f"{draft_id}.{proof(PURPOSE, str(draft_id))}"


def _proved(token: str) -> int | None:
    number, _dot, proved = token.partition(".")
    if not number.isdecimal() or not number.isascii() or len(number) > 18:
        return None
    return int(number) if is_proof(PURPOSE, number, proved) else None
