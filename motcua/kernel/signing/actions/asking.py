"""Asking for a signature, and giving it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.files.actions import keep_made, publish_file
from motcua.kernel.files.kind import PDF
from motcua.kernel.files.queries import file_by_id
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.signing.actions.making import check_validity, document_of, finish_task, prepare_task, raw_signer
from motcua.kernel.signing.kind import AGAIN_STATES, MOST_AT_ONCE, OPEN_STATES, KeyKind, Look, SignatureRole, TaskState
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.ports import time_authority
from motcua.kernel.signing.queries.keys import may_sign_with
from motcua.kernel.signing.queries.tasks import get_task
from motcua.lib import moment
from motcua.lib.errors import Refused

_PLACE = ("page", "x", "y", "width", "height")
# What follows from signatures that came in together comes within moments: the next telephone, too, rings once for all.
SETTLED_IN = timedelta(seconds=5)
HELD_FOR = timedelta(minutes=1)  # at most, should whoever held them never let go


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many. ``refused``: why not, in words; "" when it is signed or on its way."""

    task_id: int
    title: str
    state: str
    refused: str = ""


@transaction.atomic
def ask_for_signature(
    file_id: int | None,
    key_id: int,
    *,
    actor: Actor,
    title: str,
    reason: str = "",
    on_page: str | int = "",
    box: Mapping[str, float] | None = None,
    role: str = "",
    look: str = "",
    lines: Sequence[str] = (),
    about: str = "",
    after_id: int | None = None,
) -> SigningTask:
    """Lay a PDF before whoever holds the key. The caller decided that ``actor`` may have this document signed.

    ``on_page``: "first", "last" or a number; ``box``: x, y, width, height in mm from the upper left corner; what is not
    given stands where NĐ 30/2020 has it. ``after_id`` instead of ``file_id``: the document that another task will have
    signed (the agency after the person). ``about`` names whose it is ("dossier:12") and stands in every event.
    """
    if not actor.is_officer and actor.kind != SYSTEM.kind:
        raise Refused("not_allowed", _("Bạn không có quyền làm việc này."))
    task = _new_task(
        file_id, key_id, actor=actor, title=title, reason=reason, role=role, look=look, lines=lines, about=about,
        after_id=after_id, place=_place(on_page, box),
    )  # fmt: skip
    if file_id is not None:
        publish_file(file_id, actor=actor)  # whoever signs reads it first
    record("signing.asked", actor=actor, data=told(task))
    return task


@transaction.atomic
def sign(
    file_id: int,
    key_id: int,
    *,
    actor: Actor,
    reason: str = "",
    on_page: str | int = "",
    role: str = "",
    box: Mapping[str, float] | None = None,
    look: str = "",
    lines: Sequence[str] = (),
    title: str = "",
    about: str = "",
) -> SigningTask:
    """Sign a PDF with a key that ``actor`` holds (the system: a unit's). ``result_id`` is the signed file when it is
    "done"; with a device, a trust service or a time authority the worker signs, and ``signing.done`` tells.

    Raises Refused: not_found (no such key for this actor), key_expired, unsignable, already.
    """
    key = _key(key_id)
    if not may_sign_with(key, actor):
        raise Refused("not_found", _("Không tìm thấy khoá này, hoặc bạn không được ký bằng nó."))
    task = _new_task(
        file_id, key_id, actor=actor, title=title, reason=reason, role=role, look=look, lines=lines, about=about,
        after_id=None, place=_place(on_page, box),
    )  # fmt: skip
    _confirm(task, actor)
    return task


@transaction.atomic
def sign_task(task_id: int, *, actor: Actor) -> SigningTask:
    """Give the signature that was asked for."""
    task = get_task(task_id, actor=actor, lock=True)
    if not may_sign_with(task.key, actor):
        raise Refused("not_allowed", _("Bạn trình văn bản này; người giữ khoá mới ký được."))
    if task.state != TaskState.ASKED:
        raise Refused("wrong_state", _("Văn bản này không còn chờ ký."))
    _confirm(task, actor)
    return task


def sign_tasks(task_ids: Sequence[int], *, actor: Actor) -> list[Outcome]:
    """One confirmation for many: each is signed, or refused by itself."""
    if len(task_ids) > MOST_AT_ONCE:
        raise Refused("too_many", _("Ký nhiều nhất {number} văn bản một lần.").format(number=MOST_AT_ONCE))
    outcomes = []
    for task_id in dict.fromkeys(task_ids):
        try:
            with transaction.atomic():
                task = sign_task(task_id, actor=actor)
                hold_tasks(actor.key)
        except Refused as refused:
            known = SigningTask.objects.filter(pk=task_id).first()
            is_known = known is not None and refused.code != "not_found"
            outcomes.append(
                Outcome(
                    task_id,
                    known.title if known and is_known else "",
                    known.state if known and is_known else "",
                    refused.message,
                )
            )
        else:
            outcomes.append(Outcome(task.pk, task.title, task.state))
    release_tasks(actor.key)
    return outcomes


def hold_tasks(who: str) -> None:
    """In the transaction in which ``who`` (the key of an actor) confirms one of many: the trust service is asked only
    when all are confirmed, so that its owner approves once."""
    _wait(who, Q(retry_at__lte=moment.now()), moment.now() + HELD_FOR)


def release_tasks(who: str) -> None:
    """The last of many was confirmed."""
    _wait(who, Q(retry_at__gt=moment.now()), moment.now())


@transaction.atomic
def _wait(who: str, when: Q, until: datetime) -> None:
    fresh = SigningTask.objects.filter(
        when, state=TaskState.QUEUED, attempts=0, confirmed_by=who, key__kind=KeyKind.REMOTE
    )
    free = fresh.select_for_update(skip_locked=True, of=("self",)).values("pk")  # the worker's are under way already
    SigningTask.objects.filter(pk__in=free).update(retry_at=until)


@transaction.atomic
def refuse_task(task_id: int, *, actor: Actor, reason: str) -> SigningTask:
    """Give it back unsigned, with the reason for whoever asked."""
    task = get_task(task_id, actor=actor, lock=True)
    if not may_sign_with(task.key, actor):
        raise Refused("not_allowed", _("Bạn trình văn bản này; người giữ khoá mới trả lại được."))
    if task.state != TaskState.ASKED:
        raise Refused("wrong_state", _("Văn bản này không còn chờ ký."))
    if not reason.strip():
        words = _("Ghi vì sao không ký, để người trình biết cần sửa gì.")
        raise Refused("invalid", words, fields={"reason": words})
    end(task, TaskState.REFUSED, reason.strip())
    record("signing.refused", actor=actor, data=told(task))
    return task


@transaction.atomic
def cancel_task(task_id: int, *, actor: Actor) -> SigningTask:
    """Whoever asked takes it back, as long as nobody confirmed it."""
    task = get_task(task_id, actor=actor, lock=True)
    if task.asked_by != actor.key and actor.kind != SYSTEM.kind:
        raise Refused("not_allowed", _("Chỉ người trình mới rút lại được."))
    if task.state not in (TaskState.ASKED, *AGAIN_STATES):
        raise Refused("wrong_state", _("Văn bản này đã ký hoặc đang được ký, không rút lại được."))
    end(task, TaskState.CANCELLED, "")
    record("signing.cancelled", actor=actor, data=told(task))
    return task


@transaction.atomic
def retry_task(task_id: int, *, actor: Actor) -> SigningTask:
    """Again from the beginning, after nobody approved in time or the outside failed."""
    task = get_task(task_id, actor=actor, lock=True)
    if not may_sign_with(task.key, actor):
        raise Refused("not_allowed", _("Người giữ khoá mới ký lại được."))
    if task.state not in AGAIN_STATES:
        raise Refused("wrong_state", _("Văn bản này không cần ký lại."))
    check_validity(task.key, moment.now())
    task.confirmed_by, task.confirmed_at = actor.key, moment.now()
    queue(task)
    record("signing.retried", actor=actor, data=told(task))
    return task


# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _key(key_id: int) -> SigningKey:
    key = SigningKey.objects.filter(pk=key_id, removed_at__isnull=True).first()
    if key is None:
        raise Refused("not_found", _("Không tìm thấy khoá này, hoặc bạn không được ký bằng nó."))
    return key


def _place(on_page: str | int, box: Mapping[str, float] | None) -> dict[str, float]:
    place = {name: float(value) for name, value in (box or {}).items() if name in _PLACE}
    if on_page != "":
        place["page"] = {"first": 1, "last": -1}.get(str(on_page)) or int(on_page)
    return place


def _new_task(
    file_id: int | None, key_id: int, *, actor: Actor, title: str, role: str, look: str, after_id: int | None,
    lines: Sequence[str], **more: Any,
) -> SigningTask:  # fmt: skip
    key = _key(key_id)
    check_validity(key, moment.now())
    if role and role != key.role:
        raise Refused("invalid", _("Khoá của cán bộ ký tên, khoá của đơn vị đóng dấu; không đổi được vai."))
    if (file_id is None) == (after_id is None):
        raise Refused("invalid", _("Không có văn bản để ký."))
    if file_id is not None:
        file = file_by_id(file_id)
        if file.type != PDF.mime:
            raise Refused("unsignable", _("Chỉ ký được tệp PDF."))
        title = title or file.name
        if SigningTask.objects.filter(file_id=file_id, key=key, state__in=OPEN_STATES).exists():
            raise Refused("already", _("Văn bản này đang chờ ký bằng khoá đó rồi."))
    task = SigningTask(
        key=key,
        file_id=file_id,
        after_id=after_id,
        role=key.role,
        look=look or (Look.PERSON if key.role is SignatureRole.PERSON else Look.AGENCY),
        lines=[line[:200] for line in lines][:5],
        title=title[:300],
        asked_by=actor.key,
        asked_by_id=actor.id,
        asked_by_name=actor.name if actor.kind in ("officer", "system") else "",
        asked_at=moment.now(),
        **more,
    )
    Look(task.look)
    task.reason, task.about = task.reason[:300], task.about[:60]
    task.save(force_insert=True)
    return task


def _confirm(task: SigningTask, actor: Actor) -> None:
    """Sign here and now when the key is a file and nobody outside is asked; else leave it to the worker."""
    check_validity(task.key, moment.now())
    document_of(task)
    task.confirmed_by, task.confirmed_at = actor.key, moment.now()
    if task.key.kind != KeyKind.SOFTWARE or time_authority() is not None:
        queue(task, after=SETTLED_IN if actor.kind == SYSTEM.kind else timedelta())
        record("signing.confirmed", actor=actor, data=told(task))
        return
    prepared = prepare_task(task, with_time=False)
    signature = raw_signer(task.key)(prepared.attributes, prepared.digest)
    complete(task, finish_task(task, prepared, signature), level="B-B", actor=actor)


def queue(task: SigningTask, *, after: timedelta = timedelta()) -> None:
    """The worker's from now on."""
    task.state, task.attempts, task.words, task.transaction = TaskState.QUEUED, 0, "", ""
    task.retry_at, task.expires_at, task.ended_at = moment.now() + after, None, None
    task.prepared_id, task.prepared, task.batch, task.signature = None, {}, None, b""
    task.save()


def complete(task: SigningTask, pdf: bytes, *, level: str, actor: Actor) -> None:
    source = file_by_id(document_of(task))
    result = keep_made(pdf, actor=actor, name=source.name)
    publish_file(result.pk, actor=actor)
    task.result_id = result.pk
    task.level = level
    end(task, TaskState.DONE, "")
    record(
        "signing.done", actor=actor, data={**told(task), "signer": task.key.signer, "file": result.pk, "level": level}
    )


def end(task: SigningTask, state: TaskState, words: str) -> None:
    task.state, task.words, task.ended_at = state, words[:300], moment.now()
    task.retry_at, task.expires_at, task.prepared_id, task.prepared, task.signature = None, None, None, {}, b""
    task.save()


def told(task: SigningTask) -> dict[str, Any]:
    return {"task": task.pk, "title": task.title, "about": task.about, "reason": task.words, "role": task.role}
