"""Signatures on the result documents of a dossier. The caller holds its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.people import replace_file
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.signing.actions.asking import retry_task, sign
from motcua.kernel.signing.kind import AGAIN_STATES, OPEN_STATES, SignatureRole, TaskState
from motcua.kernel.signing.queries.keys import keys_for
from motcua.kernel.signing.queries.tasks import tasks_about
from motcua.lib.errors import Refused
from motcua.modules.dossiers.models import Dossier
from motcua.modules.dossiers.queries.reading import results

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.signing.models import SigningKey, SigningTask
    from motcua.modules.dossiers.models import Result
    from motcua.modules.dossiers.queries.reading import Whole


def key_of(actor: Actor, unit_id: int, role: SignatureRole) -> SigningKey | None:
    """The one with which this actor signs there: their own, or the seal of the unit."""
    return next((key for key in keys_for(actor, unit_id) if key.role is role), None)


def sign_results(found: Whole, role: SignatureRole, *, actor: Actor) -> bool:
    """Sign what was proposed last with the actor's key of that role; without a key it is signed on paper. True when a
    signature is still to come. What failed before is tried again; what is under way is not asked for twice.

    Refused("already") when everything is under way.
    """
    key = key_of(actor, found.case.unit_id, role)
    if key is None:
        return False
    newest = _newest(found.case.id)
    mine = {task.result_id for task in newest.values() if task.key_id == key.pk}
    waits = asked = False
    proposed = results(found.case.id)
    last = max((result.leg for result in proposed), default=0)
    for result in proposed:
        source = result.signed_file_id or result.file_id
        if result.leg != last or source is None or source in mine:
            continue
        task = newest.get(source)
        if task is not None and task.state in OPEN_STATES:
            waits = True
            continue
        if task is not None and task.state in AGAIN_STATES and task.key_id == key.pk:
            task = retry_task(task.pk, actor=actor)
        else:
            task = sign(
                source,
                key.pk,
                actor=actor,
                role=role,
                title=result.name,
                reason=_("Duyệt kết quả hồ sơ %(code)s") % {"code": found.case.code},
                about=about(found.case.id),
            )
        asked = True
        if task.state == TaskState.DONE:
            _take(result, task)
        else:
            waits = True
    if waits and not asked:
        raise Refused("already", _("Hồ sơ này đã duyệt, đang chờ chữ ký số xong."))
    return waits


def about(case_id: int) -> str:
    return f"dossier:{case_id}"


def _newest(case_id: int) -> dict[int | None, SigningTask]:
    """What was asked last for each document."""
    return {task.file_id: task for task in tasks_about(about(case_id))}


def _take(result: Result, task: SigningTask) -> None:
    """The signed document takes the place of the one that was proposed."""
    assert task.result_id is not None  # noqa: S101  it is done
    before = result.signed_file_id or result.file_id
    result.signed_file_id = task.result_id
    result.save(update_fields=["signed_file_id"])
    replace_file(result.case_id, task.result_id, FileRole.RESULT, instead_of=before, caption=result.name)


def take_signatures(case_id: int) -> None:
    """Those that came in since they were asked for."""
    newest = _newest(case_id)
    for result in results(case_id):
        task = newest.get(result.signed_file_id or result.file_id)
        if task is not None and task.state == TaskState.DONE:
            _take(result, task)


def unsigned(case_id: int) -> bool:
    """A document whose signature was asked for and has not come: under way, failed, refused or taken back."""
    asked = _newest(case_id)
    return any((result.signed_file_id or result.file_id) in asked for result in results(case_id))


def unsign(case_id: int, leg: int) -> None:
    """It goes back to that leg, to be worked on again: what was signed since then is a proposal like any other, and no
    signature is waited for."""
    Dossier.objects.filter(pk=case_id).update(signs_for="")
    for result in results(case_id):
        if result.leg < leg or result.signed_file_id is None or result.file_id is None:
            continue
        replace_file(case_id, result.file_id, FileRole.RESULT, instead_of=result.signed_file_id, caption=result.name)
        result.signed_file_id = None
        result.save(update_fields=["signed_file_id"])
