"""Papers that need not be handed in: asked of the registry that knows, and why one was asked for all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.reading import may_on
from motcua.kernel.events.actions import record
from motcua.kernel.identity.queries import national_id_of
from motcua.kernel.registries.actions import Answer, look_up
from motcua.kernel.registries.queries import Shown, registry_kind, shown_values
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.kind import PaperSource
from motcua.modules.dossiers.models import DossierPaper
from motcua.modules.dossiers.queries.reading import Whole, get_dossier

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.procedures.kind import Paper


@dataclass(frozen=True, slots=True)
class PaperLookUp:
    """What the registry said. ``values`` are shown once and kept nowhere; with none of them ``reason`` says why the
    paper may now be asked for."""

    paper: DossierPaper
    registry: str
    values: list[Shown] = field(default_factory=list)
    as_of: datetime | None = None
    is_outage: bool = False
    reason: str = ""


def look_up_paper(case_id: int, paper_id: int, *, actor: Actor) -> PaperLookUp:
    """Ask the registry about the applicant. Not in a transaction: the source may lie outside, and be slow."""
    found = get_dossier(case_id, actor=actor)
    if not may_on(actor.by_post, "dossier.look_up", found.case) or found.case.closed_at is not None:
        raise Refused("not_allowed", _("Nơi đang giữ hồ sơ mới tra cứu được dữ liệu cho hồ sơ này."))
    paper = DossierPaper.objects.filter(pk=paper_id, case_id=case_id, source=PaperSource.REGISTRY).first()
    declared = next((one for one in _declared(found) if paper and one.code == paper.code and one.registry), None)
    if paper is None or declared is None:
        raise Refused("not_found", _("Giấy tờ này không lấy từ cơ sở dữ liệu."))
    national_id = national_id_of(found.case.person_id) if found.case.person_id else ""
    if not national_id:
        raise Refused(
            "invalid", _("Hồ sơ không có số định danh của người nộp. Hỏi người nộp rồi tra cứu ở trang dữ liệu.")
        )
    kind = registry_kind(declared.registry)
    answer = look_up(
        declared.registry,
        {"national_id": national_id},
        actor=actor,
        purpose="procedure",
        person_id=found.case.person_id,
        case_id=case_id,
        procedure_code=found.version.code,
        reason=found.case.code,
    )
    title = str(kind.title)
    noted = _note(paper, answer, title, actor=actor)
    if answer.record is None:
        return PaperLookUp(noted, title, is_outage=answer.is_outage, reason=noted.reason)
    return PaperLookUp(noted, title, shown_values(kind, answer.record.values), answer.record.as_of)


@transaction.atomic
def _note(paper: DossierPaper, answer: Answer, registry: str, *, actor: Actor) -> DossierPaper:
    """The look-up belongs to the paper now; what was found stays in the registry."""
    row = DossierPaper.objects.select_for_update().get(pk=paper.pk)
    row.look_up_id = answer.look_up_id
    row.reason = ""
    words = _("{registry}: có dữ liệu")
    if answer.is_outage:
        words = _("{registry}: hệ thống không trả lời lúc {at}")
    elif answer.record is None:
        words = _("{registry}: không có dữ liệu về người này, hỏi lúc {at}")
    told = words.format(registry=registry, at=f"{timezone.localtime(moment.now()):%H:%M %d/%m/%Y}")
    if answer.record is None:
        row.reason = told[:300]
    row.save(update_fields=["look_up_id", "reason"])
    record("dossier.looked_up", case_id=row.case_id, actor=actor, data={"paper": row.name, "found": told})
    return row


def refuse_known(found: Whole, codes: Iterable[str]) -> None:
    """Refused("known") when a paper is asked for that a registry supplies, unless it was asked and did not."""
    supplied = {paper.code: paper for paper in _declared(found) if paper.registry and paper.code in set(codes)}
    if not supplied:
        return
    reasons = dict(DossierPaper.objects.filter(case_id=found.case.id, code__in=supplied).values_list("code", "reason"))
    for code, paper in supplied.items():
        if not reasons.get(code):
            words = _("“%(name)s” có trong cơ sở dữ liệu, không yêu cầu người nộp. Tra cứu trước.")
            raise Refused("known", words % {"name": paper.name}, fields={"items": words % {"name": paper.name}})


def _declared(found: Whole) -> tuple[Paper, ...]:
    case = found.version.body.case(found.dossier.case_key)
    return case.papers if case else ()
