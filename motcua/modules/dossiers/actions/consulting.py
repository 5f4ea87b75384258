"""Asking other units for their opinion, side by side, while the dossier goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks, own_rule
from motcua.kernel.cases.actions.moving import begin, finish, said
from motcua.kernel.cases.actions.opening import NewCase, insert_of, open_case
from motcua.kernel.cases.actions.people import involve
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.events.actions import record
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.lib.worktime import Duration
from motcua.modules.dossiers.actions.moving import begin_move
from motcua.modules.dossiers.kind import CONSULTATION_KIND, KIND, LONGEST_NOTE
from motcua.modules.dossiers.models import Consultation, Dossier

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def consult_dossier(
    case_id: int,
    *,
    actor: Actor,
    unit_id: int,
    question: str,
    time: str = "2 ngày làm việc",
    version: int | None = None,
) -> Case:
    """Ask ``unit_id``, which may read the dossier from now on. The dossier's own clocks go on. Returns the new case."""
    found, _clocks = begin_move(case_id, "consult", actor=actor, version=version)
    dossier = found.case
    words = said(question, "question", _("Ghi điều cần hỏi."), most=LONGEST_NOTE)
    unit = org.tree().unit(unit_id)
    if unit_id == dossier.unit_id or not unit.is_in_force:
        refusal = _("Chọn một đơn vị khác đang hoạt động.")
        raise Refused("invalid", refusal, fields={"unit_id": refusal})
    try:
        Duration.parse(time)
    except ValueError as error:
        refusal = _("Ghi thời hạn như “2 ngày làm việc”.")
        raise Refused("invalid", refusal, fields={"time": refusal}) from error
    opened = open_case(
        NewCase(
            kind=CONSULTATION_KIND,
            subject=(_("Xin ý kiến: %(subject)s") % {"subject": dossier.subject})[:200],
            state="asked",
            unit_id=unit_id,
            channel=dossier.channel,
            words=dossier.code,
            area_id=dossier.area_id,
            events=[("consultation.asked", {"question": words, "unit_id": unit_id, "dossier": dossier.code})],
            clocks=[own_rule("result", time, remind_before="2 giờ làm việc", escalate_to="leader")],
        ),
        actor=actor,
        also=lambda case, _party_id: [
            insert_of(
                Consultation(case_id=case.id, dossier_id=dossier.id, asked_by_unit_id=dossier.unit_id, question=words)
            )
        ],
    )
    involve(opened.case.id, dossier.unit_id)
    involve(dossier.id, unit_id)
    finish(dossier, "consult", actor=actor, data={"unit": unit.name, "unit_id": unit_id, "code": opened.case.code})
    return opened.case


@transaction.atomic
def take_consultation(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    if not actor.is_officer:
        raise Refused("not_allowed", _("Chỉ cán bộ nhận xử lý được việc."))
    case = begin(case_id, "take", kind=CONSULTATION_KIND, actor=actor, version=version)
    return _give(case, "take", actor.id, actor=actor, data={"unit": org.tree().unit(case.unit_id).name})


@transaction.atomic
def assign_consultation(
    case_id: int, *, actor: Actor, officer_id: int, note: str = "", version: int | None = None
) -> Case:
    case = begin(case_id, "assign", kind=CONSULTATION_KIND, actor=actor, version=version)
    officer = officer_actor(officer_id)
    holder = org.tree().path(case.unit_id)
    if not any(held.unit_path.startswith(holder) or holder.startswith(held.reach) for held in officer.held):
        words = _("Người này không thuộc đơn vị được hỏi. Chọn người trong danh sách.")
        raise Refused("invalid", words, fields={"officer": words})
    return _give(case, "assign", officer_id, actor=actor, data={"officer": officer.name, "note": note.strip()})


def _give(case: Case, move: str, officer_id: int | None, *, actor: Actor, data: dict[str, str]) -> Case:
    case.officer_id = officer_id
    clocks = Clocks.of(case)
    clocks.give_to_officer()
    finish(case, move, actor=actor, clocks=clocks, data=data)
    return case


@transaction.atomic
def answer_consultation(
    case_id: int, *, actor: Actor, answer: str, is_agreed: bool = True, version: int | None = None
) -> Case:
    """The opinion. The dossier is told of it, whatever its state."""
    dossier_id = Consultation.objects.values_list("dossier_id", flat=True).filter(pk=case_id).first()
    if dossier_id is not None:  # always the dossier's row first, as every writer that holds both
        cases_of(KIND).select_for_update(of=("self",)).get(pk=dossier_id)
    case = begin(case_id, "answer", kind=CONSULTATION_KIND, actor=actor, version=version)
    words = said(answer, "answer", _("Ghi ý kiến của đơn vị."), most=LONGEST_NOTE)
    clocks = Clocks.of(case)
    clocks.stop_all()
    case.closed_at = clocks.at
    Consultation.objects.filter(pk=case.id).update(
        answer=words, is_agreed=is_agreed, answered_at=clocks.at, answered_by=actor.name
    )
    finish(case, "answer", actor=actor, clocks=clocks, data={"answer": words, "is_agreed": is_agreed})
    unit = org.tree().unit(case.unit_id)
    record("dossier.answered", case_id=dossier_id, actor=actor, data={"unit": unit.name, "code": case.code})
    return case


def drop_consultations(dossier: Dossier, *, actor: Actor) -> None:
    """The dossier has ended: nobody needs the opinions that are still to come."""
    waiting = Consultation.objects.filter(dossier_id=dossier.case_id, answered_at__isnull=True).values("case_id")
    for case in cases_of(CONSULTATION_KIND).filter(pk__in=waiting, closed_at__isnull=True).select_for_update():
        clocks = Clocks.of(case)
        clocks.stop_all()
        clocks.save()
        case.state, case.closed_at = "dropped", clocks.at
        case.version += 1
        case.save()
        record("consultation.dropped", case_id=case.id, actor=actor)
