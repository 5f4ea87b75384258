"""What becomes of a task on its way through the worker. Nothing here talks to the outside: ``tasks`` does, between
these steps."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions.asking import complete, end, told
from motcua.kernel.signing.kind import MOST_AT_ONCE, KeyKind, TaskState
from motcua.kernel.signing.models import SigningTask
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.lib.pdfsign.signing import Prepared

# Longer than anything outside takes: only a worker that died leaves a claim behind.
CLAIMED_FOR = timedelta(minutes=2)
ATTEMPTS = 8  # over some ten minutes; then a person decides
FIRST_WAIT = timedelta(seconds=5)
LOOK_EVERY = timedelta(seconds=3)  # while somebody has the telephone in hand
APPROVED_WITHIN = timedelta(minutes=10)  # where the service names no end
_CLAIM_LOCK = 0x4D43_0003  # advisory: two workers must not take parts of what one approval covers


@transaction.atomic
def claim_tasks() -> list[SigningTask]:
    """The next task that is due, with those that one approval on the telephone covers with it; no other worker gets
    them for a while."""
    now = moment.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIM_LOCK])
    tasks = SigningTask.objects.select_related("key", "after").order_by("retry_at", "pk")
    first = tasks.filter(retry_at__lte=now).first()
    if first is None:
        return []
    rows = tasks.select_for_update(of=("self",)).filter(_with(first, now), retry_at__isnull=False).order_by("pk")
    claimed = list(rows[:MOST_AT_ONCE])
    for task in claimed:
        task.attempts += 1
        task.retry_at = now + CLAIMED_FOR
    SigningTask.objects.bulk_update(claimed, ["attempts", "retry_at"])
    return claimed


def _with(first: SigningTask, now: datetime) -> Q:
    if first.key.kind != KeyKind.REMOTE or first.signature:
        return Q(pk=first.pk)
    if first.batch is not None:
        return Q(key_id=first.key_id, batch=first.batch, state=first.state, signature=b"", ended_at__isnull=True)
    if first.state != TaskState.QUEUED:
        return Q(pk=first.pk)
    fresh = Q(retry_at__lte=now) | Q(attempts=0)  # also those that are held: their time is over with the first one's
    return fresh & Q(
        key_id=first.key_id, confirmed_by=first.confirmed_by, state=TaskState.QUEUED, batch__isnull=True,
        signature=b"", ended_at__isnull=True,
    )  # fmt: skip


def _locked(task_id: int, state: TaskState) -> SigningTask | None:
    """The task, if it is still where the worker took it up."""
    rows = SigningTask.objects.select_for_update(of=("self",)).select_related("key", "after")
    return rows.filter(pk=task_id, state=state).first()


@transaction.atomic
def note_prepared(task_id: int, prepared: "Prepared") -> None:
    """Before the service is asked: another attempt must ask it for the same."""
    task = _locked(task_id, TaskState.QUEUED)
    if task is None:
        return
    task.prepared_id = keep_made(prepared.pdf, actor=SYSTEM, name="cho-ky.pdf", is_loose=True).pk
    task.prepared = {
        "attributes": base64.b64encode(prepared.attributes).decode(),
        "digest": prepared.digest,
        "document_digest": base64.b64encode(prepared.document_digest).decode(),
        "hole": [prepared.hole_start, prepared.hole_end],
    }
    task.save(update_fields=["prepared_id", "prepared"])


def prepared_of(task: SigningTask) -> "Prepared | None":
    """None when it was never prepared, or lay for a day and was swept away."""
    from motcua.lib.pdfsign.signing import Prepared

    if task.prepared_id is None:
        return None
    try:
        pdf = content_of(task.prepared_id)
    except Refused:
        return None
    start, stop = task.prepared["hole"]
    return Prepared(
        pdf=pdf,
        attributes=base64.b64decode(task.prepared["attributes"]),
        digest=task.prepared["digest"],
        document_digest=base64.b64decode(task.prepared["document_digest"]),
        hole_start=start,
        hole_end=stop,
    )


@transaction.atomic
def note_batch(task_ids: Sequence[int]) -> UUID:
    """Before the service is asked: another attempt asks it for the same ones under the same name."""
    batch = uuid4()
    SigningTask.objects.filter(pk__in=task_ids, state=TaskState.QUEUED).update(batch=batch)
    return batch


@transaction.atomic
def note_started(batch: UUID, *, transaction_id: str, expires_at: datetime | None) -> None:
    """The service has them; their owner's telephone rings."""
    now = moment.now()
    SigningTask.objects.filter(batch=batch, state=TaskState.QUEUED).update(
        state=TaskState.APPROVING,
        transaction=transaction_id[:120],
        attempts=0,
        words="",
        expires_at=min(expires_at or now + APPROVED_WITHIN, now + timedelta(hours=12)),
        retry_at=now + LOOK_EVERY,
    )


@transaction.atomic
def note_signed(task_id: int, signature: bytes) -> None:
    """Kept before anything else is done with it: its owner is not asked again."""
    task = _locked(task_id, TaskState.APPROVING)
    if task is None:
        return
    task.state, task.signature, task.attempts, task.words = TaskState.QUEUED, signature, 0, ""
    task.expires_at, task.retry_at = None, moment.now()
    task.save(update_fields=["state", "signature", "attempts", "words", "expires_at", "retry_at"])


@transaction.atomic
def note_waiting(task_id: int) -> None:
    """Nobody approved yet."""
    task = _locked(task_id, TaskState.APPROVING)
    if task is None:
        return
    if task.expires_at is not None and task.expires_at <= moment.now():
        _expire(task)
        return
    task.attempts, task.words = 0, ""
    task.retry_at = moment.now() + LOOK_EVERY
    task.save(update_fields=["attempts", "words", "retry_at"])


@transaction.atomic
def note_expired(task_id: int) -> None:
    task = _locked(task_id, TaskState.APPROVING)
    if task is not None:
        _expire(task)


def _expire(task: SigningTask) -> None:
    end(task, TaskState.EXPIRED, _("Không ai duyệt trên điện thoại trong thời gian cho phép."))
    record("signing.expired", actor=SYSTEM, data=told(task))


@transaction.atomic
def note_refused(task_id: int, words: str) -> None:
    """Its owner said no on the telephone."""
    task = _locked(task_id, TaskState.APPROVING)
    if task is not None:
        end(task, TaskState.REFUSED, words or _("Người ký từ chối trên điện thoại."))
        record("signing.refused", actor=SYSTEM, data=told(task))


@transaction.atomic
def note_done(task_id: int, pdf: bytes, *, level: str) -> bool:
    """Signed. False when it is no longer waited for."""
    rows = SigningTask.objects.select_for_update(of=("self",)).select_related("key", "after")
    task = rows.filter(pk=task_id, state__in=(TaskState.QUEUED, TaskState.APPROVING)).first()
    if task is None:
        return False
    complete(task, pdf, level=level, actor=SYSTEM)
    return True


@transaction.atomic
def note_trouble(task_id: int, words: str, *, is_permanent: bool) -> None:
    """It did not go: again later, each time later; after the last attempt a person decides."""
    rows = SigningTask.objects.select_for_update(of=("self",)).select_related("key", "after")
    task = rows.filter(pk=task_id, state__in=(TaskState.QUEUED, TaskState.APPROVING)).first()
    if task is None:
        return
    is_late = task.expires_at is not None and task.expires_at <= moment.now()
    if is_late:
        _expire(task)
    elif is_permanent or task.attempts >= ATTEMPTS:
        end(task, TaskState.FAILED, words)
        record("signing.failed", actor=SYSTEM, data=told(task))
    else:
        task.words = words[:300]
        task.retry_at = moment.now() + FIRST_WAIT * 2 ** min(task.attempts - 1, 6)
        task.save(update_fields=["words", "retry_at"])
