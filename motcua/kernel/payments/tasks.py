"""What the worker does for money: makes the papers of receipts, signed where the agency has a key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from django.db.models import Q

from motcua.kernel.files.actions import keep_made
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.queries import tree
from motcua.kernel.payments.actions.receipts import note_made, note_not_made
from motcua.kernel.payments.kind import ReceiptKind
from motcua.kernel.payments.models import Receipt
from motcua.kernel.payments.ports import Sealed, receipt_signer
from motcua.kernel.payments.queries.papers import receipt_pdf
from motcua.kernel.signing.actions import retry_task, sign
from motcua.kernel.signing.kind import KeyKind, Look, SignatureRole, TaskState
from motcua.kernel.signing.queries import keys_for, tasks_about
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused

if TYPE_CHECKING:
    from motcua.kernel.signing.models import SigningKey

log = logging.getLogger(__name__)
TURN = 5.0  # seconds; the readers wait meanwhile
SIGNED_AT = {"x": 128.0, "y": 112.0, "width": 68.0, "height": 24.0}  # mm: below “Người thu tiền”


def make_receipts(seconds: float = TURN) -> int:
    """Papers of receipts that have none yet. No transaction is open while a key is asked."""
    until, made = monotonic() + seconds, 0
    due = Q(retry_at__isnull=True) | Q(retry_at__lte=moment.now())
    waiting = Receipt.objects.filter(due, file__isnull=True).order_by("id").values_list("pk", flat=True)
    for receipt_id in list(waiting[:100]):
        if monotonic() > until:
            break
        made += _make(receipt_id)
    return made


def _make(receipt_id: int) -> bool:
    receipt = Receipt.objects.select_related("series", "obligation__case", "replaces__series").get(pk=receipt_id)
    number = f"{receipt.series.symbol} {receipt.shown_number}"
    name = f"bien-lai-{number.replace(' ', '-')}.pdf"

    def make() -> bytes:
        return receipt_pdf(receipt)

    sealed = None
    if receipt_signer.is_connected:
        try:
            sealed = receipt_signer.call(
                make,
                unit_id=receipt.obligation.unit_id,
                about=f"receipt:{receipt_id}",
                title=f"{ReceiptKind(receipt.kind).label} {number}",
                name=name,
            )
        except ConnectorError as error:
            log.warning("receipt %d could not be signed: %s", receipt_id, error)
            note_not_made(receipt_id, str(error))
            return False
    if sealed is None:
        return note_made(receipt_id, keep_made(make(), actor=SYSTEM, name=name).pk, is_signed=False)
    if sealed.file_id is None:
        return False  # the worker or a device signs it; the next turn looks again
    return note_made(receipt_id, sealed.file_id, is_signed=True)


def seal(make: Callable[[], bytes], *, unit_id: int, about: str, title: str, name: str) -> Sealed | None:
    """With the seal of the unit, or of the nearest above it that has one. Not with keys that somebody must approve on a
    telephone: nobody sits there for every receipt."""
    if task := next(reversed(tasks_about(about)), None):
        if task.state == TaskState.FAILED:
            retry_task(task.pk, actor=SYSTEM)
        return Sealed(task.result_id)
    key = _seal_of(unit_id)
    if key is None:
        return None
    paper = keep_made(make(), actor=SYSTEM, name=name)
    try:
        task = sign(
            paper.pk, key.pk, actor=SYSTEM, role=SignatureRole.AGENCY, look=Look.PERSON, on_page="last", box=SIGNED_AT,
            title=title, about=about,
        )  # fmt: skip
    except Refused as refused:
        raise ConnectorError(refused.message) from refused
    return Sealed(task.result_id)


def _seal_of(unit_id: int) -> SigningKey | None:
    for candidate in (unit_id, *(unit.id for unit in tree().ancestors(unit_id))):
        for key in keys_for(SYSTEM, candidate):
            if key.kind != KeyKind.REMOTE:
                return key
    return None
