"""At the reception: accept, refuse, ask for what is missing, take it in later, hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks, own_rule
from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.cases.actions.people import take_files
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.people import party_of
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.redaction import redact
from motcua.lib.vietnamese import nfc
from motcua.modules.dossiers.actions.going import close, go_on
from motcua.modules.dossiers.actions.looking import refuse_known
from motcua.modules.dossiers.actions.money import ask_for_fees
from motcua.modules.dossiers.actions.moving import begin_move, figures, pause, resume, start_leg, unit_words
from motcua.modules.dossiers.kind import LONGEST_NOTE, MOST_SUPPLEMENTS, PaperSource
from motcua.modules.dossiers.models import Dossier, DossierPaper, Supplement
from motcua.modules.dossiers.queries.reading import next_supplement_number, whole
from motcua.modules.dossiers.queries.routes import hand_over_term, result_term, way_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def accept_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """It is complete and correct: the promise of the result begins (NĐ 118/2025 Điều 17, as amended)."""
    found, _clocks = begin_move(case_id, "accept", actor=actor, version=version)
    return accept(found.case, actor=actor)


def accept(case: Case, *, actor: Actor) -> Case:
    """Of a case that the caller holds locked, or has just opened, and whose acceptance it has authorised."""
    found, clocks = whole(case), Clocks.of(case)
    body, dossier = found.version.body, found.dossier
    clocks.stop("receive", start_next=False)
    way = way_of(body, dossier.way)
    promised = result_term(body, way, dossier.competent_unit_id, clocks.at)
    clock = clocks.start(
        own_rule("result", promised.duration, start_rule=promised.start_rule, remind_before="1 ngày làm việc",
                 escalate_to="leader"),
        unit_id=dossier.competent_unit_id,
    )  # fmt: skip
    dossier.accepted_at, dossier.promised_at = clocks.at, clock.due_at
    Dossier.objects.filter(pk=case.id).update(accepted_at=clocks.at, promised_at=clock.due_at)
    state = "accepted"
    first = found.after(0)
    if first is not None:
        # The first leg is the reception's own: by the rule of the hand-over, whatever the procedure says.
        state = start_leg(found, first, clocks, term=hand_over_term(first.unit.id, clocks.at))
        case.officer_id = actor.id if actor.is_officer else None
    finish(
        case,
        "accept",
        actor=actor,
        clocks=clocks,
        to=state,
        data={**figures(found), **unit_words(case), "due": clock.due_at},
    )
    ask_for_fees(found, "accept", actor=actor)
    return case


@transaction.atomic
def hand_over_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """From the reception to whoever works on it next; the control slip (Mẫu 06) notes it."""
    found, clocks = begin_move(case_id, "hand_over", actor=actor, version=version)
    return go_on(found, "hand_over", clocks, actor=actor, data={})


@transaction.atomic
def refuse_dossier(case_id: int, *, actor: Actor, reason: str, basis: str = "", version: int | None = None) -> Case:
    """It cannot be taken in, with the reason (Mẫu 03)."""
    found, clocks = begin_move(case_id, "refuse", actor=actor, version=version)
    why = said(reason, "reason", _("Ghi lý do để người nộp hiểu vì sao và nên làm gì tiếp."))
    return close(found, "refuse", clocks, actor=actor, reason=why, data={"basis": nfc(basis).strip()})


@transaction.atomic
def request_supplement_dossier(
    case_id: int,
    *,
    actor: Actor,
    items: Sequence[Mapping[str, str]],
    reason: str,
    basis: str = "",
    version: int | None = None,
) -> Case:
    """Ask for everything that is missing in one go (Mẫu 02); the clocks wait. At most twice (NĐ 63/2010 Điều 20.4).

    ``items``: {"paper": code or "", "what": what is missing or wrong, "how": how to mend it}.
    """
    found, clocks = begin_move(case_id, "request_supplement", actor=actor, version=version)
    case, dossier = found.case, found.dossier
    wanted = [
        {key: nfc(str(item.get(key, ""))).strip()[:LONGEST_NOTE] for key in ("paper", "what", "how")}
        for item in items
        if str(item.get("what", "")).strip()
    ]
    if not wanted:
        words = _("Ghi ít nhất một điều cần bổ sung, và hướng dẫn cách làm.")
        raise Refused("invalid", words, fields={"items": words})
    why = said(reason, "reason", _("Ghi lý do cần bổ sung."))
    refuse_known(found, [item["paper"] for item in wanted])
    if dossier.supplements >= MOST_SUPPLEMENTS:
        raise Refused(
            "too_many_supplements",
            _("Hồ sơ này đã được yêu cầu bổ sung %(most)d lần. Luật không cho yêu cầu thêm: giải quyết với giấy tờ"
              " đang có, hoặc dừng giải quyết và nêu lý do.") % {"most": MOST_SUPPLEMENTS},
        )  # fmt: skip
    pause(found, clocks)
    wait = found.version.body.supplement_wait
    clock = clocks.start(own_rule("supplement", wait)) if wait else None
    Supplement.objects.create(
        case_id=case.id,
        number=next_supplement_number(case.id),
        items=wanted,
        reason=why,
        basis=nfc(basis).strip()[:300],
        asked_at=clocks.at,
        asked_by=actor.name,
        answer_by=clock.due_at if clock else None,
    )
    Dossier.objects.filter(pk=case.id).update(supplements=dossier.supplements + 1)
    what = "; ".join(item["what"] for item in wanted)
    finish(
        case,
        "request_supplement",
        actor=actor,
        clocks=clocks,
        data={"what": what, "reason": why, "until": clock.due_at if clock else None, **unit_words(case)},
    )
    return case


@transaction.atomic
def supply_dossier(
    case_id: int,
    *,
    actor: Actor,
    papers: Sequence[tuple[str, int]] = (),
    counter_papers: Sequence[str] = (),
    answers: bytes | None = None,
    note: str = "",
    version: int | None = None,
) -> Case:
    """What was missing has come: files by paper code, papers handed in over the counter, or corrected answers (sealed).

    The clocks go on where they stopped.
    """
    found, clocks = begin_move(case_id, "supply", actor=actor, version=version)
    case = found.case
    if not papers and not counter_papers and answers is None and not note.strip():
        words = _("Thêm ít nhất một tệp, hoặc ghi điều bạn đã bổ sung.")
        raise Refused("invalid", words, fields={"papers": words})
    names = {paper.code: paper.name for each in found.version.body.cases for paper in each.papers}
    at = moment.now()
    DossierPaper.objects.bulk_create(
        [
            DossierPaper(case_id=case.id, code=code, name=names.get(code, code)[:300], source=PaperSource.UPLOAD,
                         file_id=file_id, copies=1, created_at=at)
            for code, file_id in papers
        ]
        + [
            DossierPaper(case_id=case.id, code=code, name=names.get(code, code)[:300], source=PaperSource.COUNTER,
                         originals=1, created_at=at)
            for code in counter_papers
        ]
    )  # fmt: skip
    if answers is not None:
        Dossier.objects.filter(pk=case.id).update(answers_sealed=answers)
    Supplement.objects.filter(case_id=case.id, supplied_at__isnull=True).update(supplied_at=clocks.at)
    state = resume(found, clocks)
    event = finish(
        case, "supply", actor=actor, clocks=clocks, to=state, data={"note": redact(nfc(note).strip())[:LONGEST_NOTE]}
    )
    party = party_of(case.id, actor)
    take_files(
        case,
        [file_id for _code, file_id in papers],
        FileRole.PAPER,
        actor=actor,
        event_id=event.id,
        party_id=party.id if party else None,
    )
    return case
