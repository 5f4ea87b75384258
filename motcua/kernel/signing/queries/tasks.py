"""What is to be signed, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.files.kind import Variant
from motcua.kernel.identity.kind import Actor
from motcua.kernel.signing.kind import AGAIN_STATES, KeyKind, TaskState
from motcua.kernel.signing.models import SigningTask
from motcua.kernel.signing.queries.keys import may_sign_with, own_bodies, owner_name, usable_keys
from motcua.kernel.statements.queries import prepared
from motcua.lib.errors import Refused

PAGE = 100


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: SigningTask
    owner: str  # whose key it is
    document_url: str  # what is to be signed
    result_url: str  # "" while there is none
    is_remote: bool
    may_retry: bool


def waiting_tasks(actor: Actor) -> list[TaskRow]:
    """Those that wait for this actor, oldest first."""
    return _rows(_waiting(actor).order_by("pk")[:PAGE])


_COUNT_WAITING = """
    SELECT count(*) FROM signing_signingtask AS task
        JOIN signing_signingkey AS key ON key.id = task.key_id
        LEFT JOIN signing_signingtask AS before ON before.id = task.after_id
    WHERE task.ended_at IS NULL AND task.state = 'asked' AND (task.after_id IS NULL OR before.state = 'done')
        AND key.removed_at IS NULL AND (key.officer_id = %s OR key.unit_id = ANY(%s))"""


def count_waiting(actor: Actor) -> int:
    """As many as ``waiting_tasks`` has. Every page of the desk asks: the ORM takes ten times as long to write it."""
    if not actor.is_officer:
        return 0
    with prepared() as cursor:
        cursor.execute(_COUNT_WAITING, [actor.id, own_bodies(actor)])
        return int(cursor.fetchone()[0])


def _waiting(actor: Actor) -> QuerySet[SigningTask]:
    is_ready = Q(after__isnull=True) | Q(after__state=TaskState.DONE)
    return SigningTask.objects.filter(is_ready, state=TaskState.ASKED, key_id__in=usable_keys(actor))


def own_tasks(actor: Actor) -> list[TaskRow]:
    """Confirmed by whoever may sign with these keys, and not yet done."""
    running = (TaskState.QUEUED, TaskState.APPROVING, *AGAIN_STATES)
    tasks = SigningTask.objects.filter(key_id__in=usable_keys(actor), state__in=running)
    return _rows(tasks.order_by("-pk")[:PAGE])


def recent_tasks(actor: Actor, limit: int = 20) -> list[TaskRow]:
    """Newest first: signed, refused, taken back; and those that this actor asked others for."""
    over = Q(key_id__in=usable_keys(actor), state__in=(TaskState.DONE, TaskState.REFUSED, TaskState.CANCELLED))
    mine = Q(asked_by=actor.key, asked_by_id__isnull=False)
    return _rows(SigningTask.objects.filter(over | mine).order_by("-pk")[:limit])


def get_task(task_id: int, *, actor: Actor, lock: bool = False) -> SigningTask:
    """For whoever may sign it, or asked for it. To all others it does not exist."""
    tasks = SigningTask.objects.select_for_update(of=("self",)) if lock else SigningTask.objects
    task = tasks.select_related("key", "after").filter(pk=task_id).first()
    if task is None or not (may_sign_with(task.key, actor) or task.asked_by == actor.key):
        raise Refused("not_found", _("Không tìm thấy văn bản này trong việc ký của bạn."))
    return task


def tasks_about(about: str) -> list[SigningTask]:
    """All that was asked for one thing ("dossier:12"), oldest first. The caller decided who may know."""
    return list(SigningTask.objects.filter(about=about).select_related("key").order_by("pk"))


def tasks_of(task_ids: Sequence[int], abouts: Sequence[str]) -> list[SigningTask]:
    """Tasks by number, and all that was asked for these things, oldest first. The caller decided who may know."""
    if not task_ids and not abouts:
        return []
    wanted = Q(pk__in=task_ids) | Q(about__in=abouts)
    return list(SigningTask.objects.filter(wanted).defer("prepared").order_by("pk"))


def sees_file(file_id: int, actor: Actor, variant: Variant) -> bool:
    """A guard of files: who is asked to sign reads what it is; who asked, too."""
    if not actor.is_officer or actor.id is None:
        return False
    about = SigningTask.objects.filter(Q(file_id=file_id) | Q(result_id=file_id))
    theirs = Q(asked_by=actor.key) | Q(key__officer_id=actor.id) | Q(key__unit_id__in=own_bodies(actor))
    return about.filter(theirs).exists()


def _rows(tasks: QuerySet[SigningTask]) -> list[TaskRow]:
    chosen = tasks.select_related("key__officer", "file", "result", "after__result").defer("key__secret_sealed")
    rows = []
    for task in chosen:
        document = task.file or (task.after.result if task.after else None)
        rows.append(
            TaskRow(
                task,
                owner_name(task.key),
                document.view_url if document else "",
                task.result.view_url if task.result else "",
                is_remote=task.key.kind == KeyKind.REMOTE,
                may_retry=task.state in AGAIN_STATES,
            )
        )
    return rows
