"""What the worker does for money: makes the papers of receipts, signed where the agency has a key."""

import logging
from io import BytesIO
from time import monotonic

from motcua.kernel.files.actions import keep_files, store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.payments.actions.receipts import note_made, note_not_made
from motcua.kernel.payments.models import Receipt
from motcua.kernel.payments.ports import receipt_signer
from motcua.kernel.payments.queries.papers import receipt_pdf
from motcua.lib.errors import ConnectorError

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 10
TURN = 5.0  # seconds; the readers wait meanwhile


def make_receipts(seconds: float = TURN) -> int:
    """Papers of receipts that have none yet. No transaction is open while a key is asked."""
    until, made = monotonic() + seconds, 0
    waiting = Receipt.objects.filter(file__isnull=True, attempts__lt=MOST_ATTEMPTS)
    for receipt_id in list(waiting.order_by("attempts", "id").values_list("pk", flat=True)[:100]):
        if monotonic() > until:
            break
        made += _make(receipt_id)
    return made


def _make(receipt_id: int) -> bool:
    receipt = Receipt.objects.select_related("series", "obligation__case", "replaces__series").get(pk=receipt_id)
    content = receipt_pdf(receipt)
    signed = None
    if receipt_signer.is_connected:
        try:
            signed = receipt_signer.call(content, unit_id=receipt.obligation.unit_id, reason="Biên lai điện tử")
        except ConnectorError as error:
            log.warning("receipt %d could not be signed: %s", receipt_id, error)
            note_not_made(receipt_id, str(error))
            return False
    stored = store_file(BytesIO(signed or content), actor=SYSTEM, purpose=Purpose.DOCUMENT)
    # Only whoever is first keeps it: another worker's file stays loose, and is swept away.
    if note_made(receipt_id, stored.pk, is_signed=signed is not None):
        keep_files([stored.pk], actor=SYSTEM, code=f"bien-lai-{receipt.shown_number}")
        return True
    return False
