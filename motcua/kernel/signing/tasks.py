"""What the worker does for signatures: signs with devices, asks trust services and looks how far they are."""

import logging
from datetime import datetime
from hashlib import new as new_hash
from time import monotonic

from django.utils.translation import gettext as _

from motcua.kernel.signing.actions.making import chain, check_validity, finish_task, prepare_task, raw_signer
from motcua.kernel.signing.actions.working import (
    claim_task,
    note_done,
    note_expired,
    note_prepared,
    note_refused,
    note_started,
    note_trouble,
    note_waiting,
    prepared_of,
)
from motcua.kernel.signing.kind import KeyKind, TaskState
from motcua.kernel.signing.models import SigningTask
from motcua.kernel.signing.ports import REMOTE_SIGNERS, HashToSign, RemoteSigner, TrustServices, time_authority
from motcua.kernel.signing.queries.keys import secret_of
from motcua.kernel.signing.queries.roots import trusted
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.pdfsign.certificates import facts_of, revocation_addresses

log = logging.getLogger(__name__)
TURN = 5.0  # seconds; other jobs wait meanwhile


def sign_due(seconds: float = TURN) -> int:
    """One step for each task that is due, until none is or the turn is over; returns how many."""
    until = monotonic() + seconds
    done = 0
    while monotonic() < until and (task := claim_task()) is not None:
        _step(task)
        done += 1
    return done


def _step(task: SigningTask) -> None:
    """No transaction is open while the outside is asked."""
    try:
        if task.state == TaskState.APPROVING:
            _look(task)
        elif task.key.kind == KeyKind.REMOTE:
            _start(task)
        else:
            _sign(task)
    except ConnectorError as error:
        log.warning("signing task %d: %s", task.pk, error)
        note_trouble(task.pk, str(error), is_permanent=error.permanent)
    except Refused as refused:
        note_trouble(task.pk, refused.message, is_permanent=True)


def _sign(task: SigningTask) -> None:
    prepared = prepare_task(task, with_time=time_authority() is not None)
    signature = raw_signer(task.key)(prepared.attributes, prepared.digest)
    _finish(task, prepared, signature)


def _finish(task: SigningTask, prepared: object, signature: bytes) -> None:
    from motcua.lib.pdfsign.signing import Prepared, with_revocations

    assert isinstance(prepared, Prepared)  # noqa: S101  typed loosely, so that the library is loaded only here
    services = time_authority()
    if services is None:
        note_done(task.pk, finish_task(task, prepared, signature), level="B-B")
        return
    try:
        pdf = finish_task(task, prepared, signature, ask_for_time=services.ask_for_time)
    except OSError as error:  # pyHanko's word for an authority that refused
        raise ConnectorError(_("Máy chủ dấu thời gian từ chối: {reason}").format(reason=error)) from error
    lists = _revocations(services, [bytes(task.key.certificate), *chain(task.key)])
    roots = trusted()
    lasting = with_revocations(pdf, roots=[*roots.real, *roots.test], lists=lists, at=moment.now()) if lists else None
    note_done(task.pk, lasting or pdf, level="B-LT" if lasting else "B-T")


def _revocations(services: TrustServices, certificates: list[bytes]) -> list[bytes]:
    """What can be had: a signature without them is good as long as its certificate is."""
    found = []
    for address in revocation_addresses(certificates):
        try:
            found.append(services.revocations(address))
        except ConnectorError as error:
            log.warning("revocation list: %s", error)
    return found


# ── Far away ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _service(secret: dict[str, str]) -> RemoteSigner:
    signer = REMOTE_SIGNERS.get(secret["service"])
    if signer is None or not signer.is_configured():
        raise ConnectorError(_("Dịch vụ ký số từ xa “{name}” chưa được nối.").format(name=secret["service"]))
    return signer


def _start(task: SigningTask) -> None:
    check_validity(task.key, moment.now())
    secret = secret_of(task.key)
    service = _service(secret)
    prepared = prepared_of(task)
    if prepared is None:
        prepared = prepare_task(task, with_time=time_authority() is not None)
        note_prepared(task.pk, prepared)
    started = service.start(
        HashToSign(
            id=f"{task.pk}-{prepared.document_digest[:9].hex()}",  # prepared anew, it is another question
            user=secret["user"],
            credential=secret["credential"],
            hash=new_hash(prepared.digest, prepared.attributes).digest(),
            digest=prepared.digest,
            algorithm="ec" if facts_of(bytes(task.key.certificate)).algorithm.startswith("EC") else "rsa",
            words=task.reason or task.title,
            document=task.title,
        )
    )
    note_started(task.pk, transaction_id=started.transaction, expires_at=started.expires_at)


def _look(task: SigningTask) -> None:
    if _is_over(task.expires_at):
        note_expired(task.pk)
        return
    progress = _service(secret_of(task.key)).look(task.transaction)
    match progress.state:
        case "signed":
            prepared = prepared_of(task)
            if prepared is None:
                raise ConnectorError(_("Bản chờ ký không còn nữa."), permanent=True)
            _finish(task, prepared, progress.signature)
        case "refused":
            note_refused(task.pk, progress.words)
        case "expired":
            note_expired(task.pk)
        case _:
            note_waiting(task.pk)


def _is_over(expires_at: datetime | None) -> bool:
    return expires_at is not None and expires_at <= moment.now()
