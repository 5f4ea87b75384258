"""What the worker does for signatures: signs with devices, asks trust services and looks how far they are."""

import base64
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import new as new_hash
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.kernel.signing.actions.making import chain, check_validity, finish_task, prepare_task, raw_signer
from motcua.kernel.signing.actions.working import (
    claim_tasks,
    note_batch,
    note_done,
    note_expired,
    note_prepared,
    note_refused,
    note_signed,
    note_started,
    note_trouble,
    note_waiting,
    prepared_of,
)
from motcua.kernel.signing.kind import KeyKind, TaskState
from motcua.kernel.signing.models import SigningTask
from motcua.kernel.signing.ports import (
    REMOTE_SIGNERS,
    HashToSign,
    Question,
    RemoteSigner,
    TrustServices,
    time_authority,
)
from motcua.kernel.signing.queries.keys import secret_of
from motcua.kernel.signing.queries.roots import trusted
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.pdfsign.certificates import facts_of, fits, revocation_addresses

if TYPE_CHECKING:
    from motcua.lib.pdfsign.signing import Prepared

    Ready = tuple[SigningTask, Prepared]

log = logging.getLogger(__name__)
TURN = 5.0  # seconds; other jobs wait meanwhile


def sign_due(seconds: float = TURN) -> int:
    """One step for all tasks that are due, until none is or the turn is over; returns how many steps."""
    until = monotonic() + seconds
    done = 0
    while monotonic() < until and (tasks := claim_tasks()):
        _step(tasks)
        done += len(tasks)
    return done


def _step(tasks: Sequence[SigningTask]) -> None:
    """Of one task, or of those that one approval covers. No transaction is open while the outside is asked."""
    first = tasks[0]
    with _trouble_noted(tasks):
        if first.state == TaskState.APPROVING:
            _look(tasks)
        elif first.signature:
            _finish(first, _prepared(first), bytes(first.signature))
        elif first.key.kind == KeyKind.REMOTE:
            _start(tasks)
        else:
            _sign(first)


@contextmanager
def _trouble_noted(tasks: Sequence[SigningTask]) -> Iterator[None]:
    try:
        yield
    except ConnectorError as error:
        log.warning("signing task %d: %s", tasks[0].pk, error)
        for task in tasks:
            note_trouble(task.pk, str(error), is_permanent=error.permanent)
    except Refused as refused:
        for task in tasks:
            note_trouble(task.pk, refused.message, is_permanent=True)


def _prepared(task: SigningTask) -> "Prepared":
    prepared = prepared_of(task)
    if prepared is None:
        raise ConnectorError(_("Bản chờ ký không còn nữa."), permanent=True)
    return prepared


def _sign(task: SigningTask) -> None:
    prepared = prepare_task(task, with_time=time_authority() is not None)
    signature = raw_signer(task.key)(prepared.attributes, prepared.digest)
    _finish(task, prepared, signature)


def _finish(task: SigningTask, prepared: "Prepared", signature: bytes) -> None:
    from motcua.lib.pdfsign.signing import with_revocations  # loaded only where it is needed

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


def _start(tasks: Sequence[SigningTask]) -> None:
    """Ask for as many at once as the service takes. Those that were asked for before are asked for as they were."""
    key = tasks[0].key
    check_validity(key, moment.now())
    secret = secret_of(key)
    service = _service(secret)
    kept = [(task, prepared_of(task)) for task in tasks]
    ready = [(task, prepared) for task, prepared in kept if prepared is not None]
    if tasks[0].batch is not None and len(ready) == len(tasks):
        _ask(service, secret, ready, tasks[0].batch)
        return
    ready = [(task, made) for task, prepared in kept if (made := prepared or _made(task)) is not None]
    most = service.most_at_once(secret["user"], secret["credential"]) if len(ready) > 1 else 1
    for start in range(0, len(ready), most):
        part = ready[start : start + most]
        with _trouble_noted([task for task, _prepared in part]):
            _ask_anew(service, secret, part)


def _made(task: SigningTask) -> "Prepared | None":
    """None when this one cannot be signed, which the others need not suffer from."""
    made = None
    with _trouble_noted([task]):
        try:
            made = prepare_task(task, with_time=time_authority() is not None)
        except OSError as error:
            raise ConnectorError(_("Chưa đọc được tệp của văn bản này.")) from error
        note_prepared(task.pk, made)
    return made


def _ask_anew(service: RemoteSigner, secret: dict[str, str], part: "Sequence[Ready]") -> None:
    try:
        _ask(service, secret, part, note_batch([task.pk for task, _prepared in part]))
    except ConnectorError as error:
        if not error.permanent or len(part) == 1:
            raise
        log.warning("signing %d at once: %s", len(part), error)
        for one in part:  # nobody was asked; perhaps it takes them one by one
            with _trouble_noted([one[0]]):
                _ask(service, secret, [one], note_batch([one[0].pk]))


def _ask(service: RemoteSigner, secret: dict[str, str], part: "Sequence[Ready]", batch: UUID) -> None:
    first, prepared = part[0]
    count = len(part)
    started = service.start(
        Question(
            id=str(batch),
            user=secret["user"],
            credential=secret["credential"],
            hashes=[HashToSign(new_hash(one.digest, one.attributes).digest(), task.title) for task, one in part],
            digest=prepared.digest,
            algorithm="ec" if facts_of(bytes(first.key.certificate)).algorithm.startswith("EC") else "rsa",
            words=first.reason or first.title if count == 1 else _("Ký {count} văn bản").format(count=count),
        )
    )
    note_started(batch, transaction_id=started.transaction, expires_at=started.expires_at)


def _look(tasks: Sequence[SigningTask]) -> None:
    progress = None if _is_over(tasks[0].expires_at) else _service(secret_of(tasks[0].key)).look(tasks[0].transaction)
    match progress.state if progress else "expired":
        case "signed":
            assert progress is not None  # noqa: S101
            _take(tasks, list(progress.signatures))
        case "refused":
            assert progress is not None  # noqa: S101
            for task in tasks:
                note_refused(task.pk, progress.words)
        case "expired":
            for task in tasks:
                note_expired(task.pk)
        case _:
            for task in tasks:
                note_waiting(task.pk)


def _take(tasks: Sequence[SigningTask], signatures: list[bytes]) -> None:
    """Each signature to the document that it is of, whatever their order. What is missing fails by itself."""
    missing = []
    for task in tasks:
        attributes, digest = base64.b64decode(task.prepared["attributes"]), task.prepared["digest"]
        certificate = bytes(task.key.certificate)
        found = next((one for one in signatures if fits(certificate, attributes, digest, one)), None)
        if found is None:
            missing.append(task)
            continue
        signatures.remove(found)
        note_signed(task.pk, found)
    words = (
        _("Chữ ký nhận được không khớp với chứng thư của khoá.")
        if signatures
        else _("Dịch vụ ký số không trả chữ ký của văn bản này.")
    )
    for task in missing:
        note_trouble(task.pk, words, is_permanent=True)


def _is_over(expires_at: datetime | None) -> bool:
    return expires_at is not None and expires_at <= moment.now()
