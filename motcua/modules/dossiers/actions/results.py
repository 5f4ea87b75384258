"""The result: approved and signed, issued under the seal, given to the person; or none: withdrawn, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.cases.actions.people import replace_file
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions.asking import sign
from motcua.kernel.signing.queries.keys import keys_for
from motcua.kernel.signing.queries.tasks import tasks_about
from motcua.lib.codes import redact
from motcua.lib.errors import Refused
from motcua.lib.money import money
from motcua.modules.dossiers.actions.going import close, give, go_on
from motcua.modules.dossiers.actions.money import unpaid
from motcua.modules.dossiers.actions.moving import begin_move, figures, unit_words
from motcua.modules.dossiers.kind import KIND, LONGEST_NOTE, Delivery
from motcua.modules.dossiers.models import Dossier, Result
from motcua.modules.dossiers.queries.reading import results

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.modules.dossiers.queries.reading import Whole

OPEN_TASKS = frozenset({"asked", "queued", "approving"})


@transaction.atomic
def approve_dossier(case_id: int, *, actor: Actor, note: str = "", version: int | None = None) -> Case:
    """The leader agrees, and signs the documents with a key of their own where they hold one.

    With a device or a trust service the signature comes later; the dossier goes on when it is there.
    """
    return _sign_and_go_on(case_id, "approve", "person", actor=actor, note=note, version=version)


@transaction.atomic
def issue_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """Numbered and sealed with the agency's key: it goes out."""
    return _sign_and_go_on(case_id, "issue", "agency", actor=actor, version=version)


def _sign_and_go_on(
    case_id: int, move: str, role: str, *, actor: Actor, note: str = "", version: int | None = None
) -> Case:
    found, clocks = begin_move(case_id, move, actor=actor, version=version)
    waiting = _sign(found, role, actor=actor)
    told = {**unit_words(found.case), "note": note.strip()[:LONGEST_NOTE]}
    if waiting:
        Dossier.objects.filter(pk=case_id).update(signs_for=move)
        finish(found.case, "note", actor=actor, data={"note": _("Đã duyệt, chờ chữ ký số xong.")})
        return found.case
    return go_on(found, move, clocks, actor=actor, data=told, note=note.strip()[:LONGEST_NOTE])


def _sign(found: Whole, role: str, *, actor: Actor) -> bool:
    """Sign each result document with the actor's key of that role. True when a signature is still to come."""
    keys = [key for key in keys_for(actor, found.case.unit_id) if (key.unit_id is None) == (role == "person")]
    if not keys:
        return False  # signed on paper: the file stays as it was proposed
    waits = False
    for result in results(found.case.id):
        source = result.signed_file_id or result.file_id
        if source is None:
            continue
        task = sign(
            source,
            keys[0].pk,
            actor=actor,
            role=role,
            title=result.name,
            reason=_("Duyệt kết quả hồ sơ %(code)s") % {"code": found.case.code},
            about=about(found.case.id),
        )
        if task.result_id is None:
            waits = True
        else:
            take_signed(result, task.result_id)
    return waits


def about(case_id: int) -> str:
    return f"dossier:{case_id}"


def take_signed(result: Result, file_id: int) -> None:
    """The signed document takes the place of the one that was proposed."""
    before = result.signed_file_id or result.file_id
    result.signed_file_id = file_id
    result.save(update_fields=["signed_file_id"])
    replace_file(result.case_id, file_id, FileRole.RESULT, instead_of=before, caption=result.name)


def go_on_when_signed(case_id: int) -> bool:
    """A signature came in: take it, and go on when it was the last one. For the reader of events."""
    with transaction.atomic():
        case = cases_of(KIND).select_for_update(of=("self",)).filter(pk=case_id).first()
        if case is None:
            return False
        tasks = tasks_about(about(case_id))
        by_source = {task.file_id: task for task in tasks if task.result_id is not None}
        for result in results(case_id):
            task = by_source.get(result.signed_file_id or result.file_id)
            if task is not None and task.result_id is not None:
                take_signed(result, task.result_id)
        move = Dossier.objects.values_list("signs_for", flat=True).get(pk=case_id)
        if not move or any(task.state in OPEN_TASKS for task in tasks):
            return False
        Dossier.objects.filter(pk=case_id).update(signs_for="")
        found, clocks = begin_move(case_id, move, actor=SYSTEM)
        go_on(found, move, clocks, actor=SYSTEM, data=unit_words(found.case))
    return True


@transaction.atomic
def return_result_dossier(
    case_id: int, *, actor: Actor, to: str = "", delivery: str = "", version: int | None = None
) -> Case:
    """The person has it. ``to`` says how they proved who they are ("Căn cước của người nộp")."""
    found, clocks = begin_move(case_id, "return_result", actor=actor, version=version)
    how = Delivery(delivery or found.dossier.delivery)
    if owed := unpaid(case_id):
        words = _("Người nộp còn phải nộp %(amount)s. Thu đủ rồi trả kết quả.")
        raise Refused("unpaid", words % {"amount": money(owed)})
    if how is not Delivery.ONLINE:
        to = said(to, "to", _("Ghi người nhận đã xuất trình giấy tờ gì."), most=160)
    give(found, clocks, how, actor=actor, to=to)
    return found.case


@transaction.atomic
def withdraw_dossier(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """The person takes it back, as long as there is no result."""
    found, clocks = begin_move(case_id, "withdraw", actor=actor, version=version)
    # The person's own words, and events are never emptied.
    why = redact(said(reason, "reason", _("Ghi lý do rút hồ sơ."), most=LONGEST_NOTE))
    return close(found, "withdraw", clocks, actor=actor, reason=why)


@transaction.atomic
def stop_dossier(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """No further: the person did not supplement in time, or asked us to stop (Mẫu 05)."""
    found, clocks = begin_move(case_id, "stop", actor=actor, version=version)
    why = said(reason, "reason", _("Ghi lý do và căn cứ dừng giải quyết."), most=LONGEST_NOTE)
    supplement = clocks.get("supplement")
    if found.case.state == "supplement_requested" and supplement is not None and clocks.at < supplement.due_at:
        raise Refused(
            "too_early",
            _("Người nộp còn thời gian bổ sung. Chỉ dừng giải quyết khi thời gian đó đã hết."),
        )
    data: dict[str, Any] = figures(found)
    return close(found, "stop", clocks, actor=actor, reason=why, data=data)
