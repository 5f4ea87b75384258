"""The result: approved and signed, issued under the seal, given to the person; or none: withdrawn, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.identity.kind import SYSTEM, Role
from motcua.kernel.signing.kind import SignatureRole
from motcua.lib.errors import Refused
from motcua.lib.money import money
from motcua.lib.redaction import redact
from motcua.modules.dossiers.actions.going import close, give, go_on
from motcua.modules.dossiers.actions.money import unpaid
from motcua.modules.dossiers.actions.moving import begin_move, figures, unit_words
from motcua.modules.dossiers.actions.signing import sign_results, take_signatures, unsigned
from motcua.modules.dossiers.kind import DOSSIER, KIND, LONGEST_NOTE, Delivery
from motcua.modules.dossiers.models import Dossier
from motcua.modules.dossiers.queries.reading import leader_signs

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def approve_dossier(case_id: int, *, actor: Actor, note: str = "", version: int | None = None) -> Case:
    """The leader agrees, and signs the documents with a key of their own where they hold one.

    With a device or a trust service the signature comes later; the dossier goes on when it is there.
    """
    return _sign_and_go_on(case_id, "approve", SignatureRole.PERSON, actor=actor, note=note, version=version)


@transaction.atomic
def issue_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """Numbered and sealed with the agency's key: it goes out. Where the route has no approval before, the leader signs
    and seals at once."""
    return _sign_and_go_on(case_id, "issue", SignatureRole.AGENCY, actor=actor, version=version)


def _sign_and_go_on(
    case_id: int, move: str, role: SignatureRole, *, actor: Actor, note: str = "", version: int | None = None
) -> Case:
    found, clocks = begin_move(case_id, move, actor=actor, version=version)
    waiting = False
    if move == "issue" and leader_signs(found):
        if not any(held.role is Role.LEADER for held in actor.held):
            raise Refused("not_allowed", _("Bước này do lãnh đạo ký."))
        waiting = sign_results(found, SignatureRole.PERSON, actor=actor)
    waiting = waiting or sign_results(found, role, actor=actor)
    told = {**unit_words(found.case), "note": note.strip()[:LONGEST_NOTE]}
    if waiting:
        Dossier.objects.filter(pk=case_id).update(signs_for=move)
        finish(found.case, "note", actor=actor, data={"note": _("Đã duyệt, chờ chữ ký số xong.")})
        return found.case
    Dossier.objects.filter(pk=case_id).update(signs_for="")
    return go_on(found, move, clocks, actor=actor, data=told, note=note.strip()[:LONGEST_NOTE])


def go_on_when_signed(case_id: int) -> bool:
    """A signature came in: take it, and go on when it was the last one. For the reader of events."""
    with transaction.atomic():
        case = cases_of(KIND).select_for_update(of=("self",)).filter(pk=case_id).first()
        move = Dossier.objects.values_list("signs_for", flat=True).filter(pk=case_id).first()
        # Sent back, stopped or withdrawn meanwhile: nobody waits for the signature any more.
        if case is None or not move or case.state not in DOSSIER.move(move).from_states:
            return False
        take_signatures(case_id)
        if unsigned(case_id):
            return False
        found, clocks = begin_move(case_id, move, actor=SYSTEM)
        if move == "issue" and leader_signs(found) and sign_results(found, SignatureRole.AGENCY, actor=SYSTEM):
            return False
        Dossier.objects.filter(pk=case_id).update(signs_for="")
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
        raise Refused("unpaid", words % {"amount": money(owed, get_language())})
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
