"""The result: approved, issued, given to the person; or no result: withdrawn, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.cases.actions.people import publish_files
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.reading import files_of
from motcua.kernel.files.actions import publish_file
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.moving import begin_move, close, figures, go_on, unit_words
from motcua.modules.dossiers.kind import LONGEST_NOTE, Delivery
from motcua.modules.dossiers.models import Dossier

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def approve_dossier(case_id: int, *, actor: Actor, note: str = "", version: int | None = None) -> Case:
    """The leader agrees to what was proposed; the documents are signed with it."""
    found, clocks = begin_move(case_id, "approve", actor=actor, version=version)
    return go_on(found, "approve", clocks, actor=actor, data=unit_words(found.case), note=note.strip()[:LONGEST_NOTE])


@transaction.atomic
def issue_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """Numbered and sealed: it goes out."""
    found, clocks = begin_move(case_id, "issue", actor=actor, version=version)
    return go_on(found, "issue", clocks, actor=actor, data={})


@transaction.atomic
def return_result_dossier(
    case_id: int, *, actor: Actor, to: str = "", delivery: str = "", version: int | None = None
) -> Case:
    """The person has it. ``to`` says how they proved who they are ("Căn cước của người nộp")."""
    found, clocks = begin_move(case_id, "return_result", actor=actor, version=version)
    case = found.case
    how = Delivery(delivery or found.dossier.delivery)
    if how is not Delivery.ONLINE:
        to = said(to, "to", _("Ghi người nhận đã xuất trình giấy tờ gì."), most=160)
    show_results(case, actor=actor)
    case.closed_at = clocks.at
    Dossier.objects.filter(pk=case.id).update(returned_at=clocks.at, returned_to=to, delivery=how)
    finish(case, "return_result", actor=actor, clocks=clocks, data={"delivery": str(how.label), **unit_words(case)})
    return case


def show_results(case: Case, *, actor: Actor) -> None:
    """The people of the case may open the result documents from now on; strangers never do."""
    publish_files(case.id, [FileRole.RESULT])
    for file_id in files_of([case.id]).filter(role=FileRole.RESULT).values_list("file_id", flat=True):
        publish_file(file_id, actor=actor)


@transaction.atomic
def withdraw_dossier(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """The person takes it back, as long as there is no result."""
    found, clocks = begin_move(case_id, "withdraw", actor=actor, version=version)
    why = said(reason, "reason", _("Ghi lý do rút hồ sơ."), most=LONGEST_NOTE)
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
    return close(found, "stop", clocks, actor=actor, reason=why, data=figures(found))
