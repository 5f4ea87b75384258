"""Working on a dossier: take, assign, go on, propose, send back, suspend, apologise, note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.cases.actions.people import drop_files, take_files
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import nfc
from motcua.modules.dossiers.actions.going import go_on
from motcua.modules.dossiers.actions.moving import (
    begin_move,
    end_leg,
    leg_words,
    pause,
    resume,
    start_leg,
    unit_words,
)
from motcua.modules.dossiers.actions.signing import unsign
from motcua.modules.dossiers.kind import LONGEST_NOTE, Delivery, Does
from motcua.modules.dossiers.models import Dossier, Leg, Result

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

LEG_ONLY = frozenset({"leg"})  # the clock that is the worker's; the promise is the competent unit's


@transaction.atomic
def take_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """The officer takes it on, also from a colleague who is away."""
    if not actor.is_officer:
        raise Refused("not_allowed", _("Chỉ cán bộ nhận xử lý được việc."))
    found, clocks = begin_move(case_id, "take", actor=actor, version=version)
    found.case.officer_id = actor.id
    clocks.hand_over(LEG_ONLY)
    Leg.objects.filter(case_id=case_id, ended_at__isnull=True).update(officer_id=actor.id)
    finish(found.case, "take", actor=actor, clocks=clocks, data=unit_words(found.case))
    return found.case


@transaction.atomic
def assign_dossier(case_id: int, *, actor: Actor, officer_id: int, note: str = "", version: int | None = None) -> Case:
    """Give it to an officer of the unit that holds it, or of one below it."""
    found, clocks = begin_move(case_id, "assign", actor=actor, version=version)
    case = found.case
    officer = officer_actor(officer_id)
    holder = org.tree().path(case.unit_id)
    if not any(held.unit_path.startswith(holder) or holder.startswith(held.reach) for held in officer.held):
        words = _("Người này không thuộc đơn vị đang giữ hồ sơ. Chọn người trong danh sách.")
        raise Refused("invalid", words, fields={"officer": words})
    case.officer_id = officer_id
    clocks.hand_over(LEG_ONLY)
    Leg.objects.filter(case_id=case_id, ended_at__isnull=True).update(officer_id=officer_id)
    told = {"officer": officer.name, "officer_id": officer_id, "note": nfc(note).strip()[:LONGEST_NOTE]}
    finish(case, "assign", actor=actor, clocks=clocks, data={**told, **unit_words(case)})
    return case


@transaction.atomic
def pass_on_dossier(case_id: int, *, actor: Actor, note: str = "", version: int | None = None) -> Case:
    """This unit's part is done; the next unit's begins."""
    found, clocks = begin_move(case_id, "pass_on", actor=actor, version=version)
    done = leg_words("done", found.stop)
    return go_on(found, "pass_on", clocks, actor=actor, data=done, note=nfc(note).strip()[:LONGEST_NOTE])


@dataclass(frozen=True, slots=True)
class NewResult:
    """A result document as the officer proposes it. ``code`` is one of the procedure's results."""

    code: str
    name: str = ""
    number: str = ""
    file_id: int | None = None


@transaction.atomic
def propose_dossier(
    case_id: int,
    *,
    actor: Actor,
    results: Sequence[NewResult],
    is_refusal: bool = False,
    note: str = "",
    delivery: str = "",
    version: int | None = None,
) -> Case:
    """Put the result before the leader: the documents, or the written answer that it cannot be granted.

    ``delivery``: another way of handing it over, as agreed with the person since they filed.
    """
    found, clocks = begin_move(case_id, "propose", actor=actor, version=version)
    case = found.case
    if not results:
        words = _("Thêm ít nhất một văn bản kết quả.")
        raise Refused("invalid", words, fields={"results": words})
    how = Delivery(delivery or found.dossier.delivery)
    if how is Delivery.ONLINE and any(result.file_id is None for result in results):
        words = _(
            "Người nộp chọn nhận bản điện tử: đính kèm văn bản kết quả."
            " Không có bản điện tử thì thống nhất với người nộp rồi chọn nhận tại quầy."
        )
        raise Refused("invalid", words, fields={"documents": words})
    if is_refusal:
        note = said(note, "note", _("Ghi lý do không giải quyết được."), most=LONGEST_NOTE)
    names = {result.code: result.name for result in found.version.body.results}
    # A proposal replaces the one before; what earlier legs of a linked procedure issued stays.
    before = Result.objects.filter(case_id=case.id, leg__gte=found.dossier.leg)
    drop_files(case.id, FileRole.RESULT, [number for number in before.values_list("file_id", flat=True) if number])
    before.delete()
    Result.objects.bulk_create(
        Result(
            case_id=case.id,
            code=result.code,
            name=(nfc(result.name).strip() or names.get(result.code, result.code))[:300],
            number=result.number.strip()[:60],
            file_id=result.file_id,
            is_refusal=is_refusal,
            leg=found.dossier.leg,
            version=case.version,
            created_at=moment.now(),
        )
        for result in results
    )
    told = {**leg_words("done", found.stop), "is_refusal": is_refusal}
    if how != found.dossier.delivery:
        told["delivery"], found.dossier.delivery = how.value, how
    Dossier.objects.filter(pk=case.id).update(result_note=nfc(note).strip()[:LONGEST_NOTE], delivery=how)
    go_on(found, "propose", clocks, actor=actor, data=told, note=nfc(note).strip())
    files = [result.file_id for result in results if result.file_id]
    take_files(case, files, FileRole.RESULT, actor=actor, event_id=None)
    return case


@transaction.atomic
def revise_dossier(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """Not yet: back to the last unit that worked on it. The promise of the result goes on running."""
    found, clocks = begin_move(case_id, "revise", actor=actor, version=version)
    why = said(reason, "reason", _("Ghi điều cần làm lại."), most=LONGEST_NOTE)
    work = (Does.PROCESS, Does.RECEIVE)
    before = [stop for stop in found.stops if stop.position < found.dossier.leg and stop.leg.does in work]
    if not before:
        raise Refused("wrong_state", _("Đây là bước đầu tiên, không có bước trước để trả lại."))
    end_leg(found.case, clocks, actor=actor, note=why)
    unsign(found.case.id, before[-1].position)
    state = start_leg(found, before[-1], clocks, is_return=True)
    told = {"reason": why, **leg_words("leg", before[-1]), "to_unit_id": before[-1].unit.id}
    finish(found.case, "revise", actor=actor, clocks=clocks, to=state, data=told)
    return found.case


@transaction.atomic
def suspend_dossier(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """A pause that law asks for (a court, a survey on the ground), with its basis."""
    found, clocks = begin_move(case_id, "suspend", actor=actor, version=version)
    why = said(reason, "reason", _("Ghi căn cứ để tạm dừng."), most=LONGEST_NOTE)
    pause(found, clocks)
    Dossier.objects.filter(pk=case_id).update(reason=why)
    finish(found.case, "suspend", actor=actor, clocks=clocks, data={"reason": why, **unit_words(found.case)})
    return found.case


@transaction.atomic
def resume_dossier(case_id: int, *, actor: Actor, note: str = "", version: int | None = None) -> Case:
    """The reason for the pause is gone."""
    found, clocks = begin_move(case_id, "resume", actor=actor, version=version)
    state = resume(found, clocks)
    told = {"note": nfc(note).strip()[:LONGEST_NOTE], **unit_words(found.case)}
    finish(found.case, "resume", actor=actor, clocks=clocks, to=state, data=told)
    return found.case


@transaction.atomic
def note_dossier(case_id: int, *, actor: Actor, note: str, version: int | None = None) -> Case:
    """A remark among officials."""
    found, _clocks = begin_move(case_id, "note", actor=actor, version=version)
    words = said(note, "note", _("Ghi chú đang trống."), most=LONGEST_NOTE)
    finish(found.case, "note", actor=actor, data={"note": words})
    return found.case
