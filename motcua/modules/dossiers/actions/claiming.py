"""Exemptions and reductions of fees: claimed with a paper, or with what a registry says; refused by an official."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.org.queries import local_today
from motcua.kernel.payments.actions.obligations import request_payment
from motcua.kernel.payments.kind import Line
from motcua.kernel.registries.actions import look_up
from motcua.kernel.registries.queries import registry_kind
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.jsonlogic import parse
from motcua.modules.dossiers.actions.moving import begin_move, unit_words
from motcua.modules.dossiers.models import Claim
from motcua.modules.dossiers.queries.fees import charges, claimed, claims_of, payer_for

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.procedures.kind import Exemption
    from motcua.kernel.registries.ports import Record


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a registry says of a claim. ``words`` tell why it does not bear it out."""

    look_up_id: int | None = None
    is_borne_out: bool = False
    words: str = ""


def confirm_exemption(
    exemption: Exemption,
    national_id: str,
    *,
    actor: Actor,
    person_id: int | None = None,
    case_id: int | None = None,
    procedure_code: str = "",
) -> Confirmation:
    """Ask the registry that shows it. Not in a transaction: the source may lie outside, and be slow."""
    kind = registry_kind(exemption.registry)
    title = str(kind.title)
    if not national_id:
        words = _("Cần xác thực danh tính để tra cứu “%(registry)s”. Bạn gửi giấy tờ chứng minh, hoặc nộp tại quầy.")
        return Confirmation(words=words % {"registry": title})
    try:
        answer = look_up(
            exemption.registry,
            {"national_id": national_id},
            actor=actor,
            purpose="counter" if actor.is_officer else "procedure",
            person_id=person_id,
            case_id=case_id,
            procedure_code=procedure_code,
            reason=exemption.name,
        )
    except Refused as refused:
        return Confirmation(words=refused.message)
    if answer.is_outage:
        words = _("“%(registry)s” chưa trả lời. Bạn thử lại sau, hoặc gửi giấy tờ chứng minh.")
        return Confirmation(answer.look_up_id, words=words % {"registry": title})
    if answer.record is None or not _holds(exemption.when, answer.record):
        words = _("“%(registry)s” không cho thấy bạn thuộc diện này.")
        return Confirmation(answer.look_up_id, words=words % {"registry": title})
    return Confirmation(answer.look_up_id, is_borne_out=True)


def _holds(when: Mapping[str, Any], record: Record) -> bool:
    """Without a condition a record proves nothing: an official looks at the paper."""
    values = dict(record.values)
    born = values.get("born_on")
    if born:
        day, today = date.fromisoformat(str(born)), local_today()
        values["age"] = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return bool(when) and parse(when).holds(values)


@transaction.atomic
def refuse_claim_dossier(case_id: int, *, actor: Actor, claim_id: int, reason: str, version: int | None = None) -> Case:
    """It does not apply: what was not asked for because of it is asked for now, and later fees are whole."""
    found, clocks = begin_move(case_id, "refuse_claim", actor=actor, version=version)
    claim = Claim.objects.select_for_update().filter(pk=claim_id, case_id=case_id).first()
    if claim is None or claim.refused_at is not None:
        words = _("Chọn một đề nghị miễn, giảm còn hiệu lực.")
        raise Refused("invalid", words, fields={"claim_id": words})
    why = said(reason, "reason", _("Ghi lý do để người nộp hiểu vì sao không được miễn, giảm."), most=300)
    asked_on = claim.asked_on
    before = charges(
        found.version.body, found.answers, way=found.dossier.way, on=asked_on or local_today(),
        exemptions=claimed(claims_of(case_id)),
    )  # fmt: skip
    claim.refused_at, claim.refused_by, claim.refusal = moment.now(), actor.name, why
    claim.save()
    told = {"what": claim.name, "reason": why, **unit_words(found.case)}
    finish(found.case, "refuse_claim", actor=actor, clocks=clocks, data=told)
    if asked_on is not None:
        after = charges(
            found.version.body, found.answers, way=found.dossier.way, on=asked_on,
            exemptions=claimed(claims_of(case_id)),
        )  # fmt: skip
        _ask_for_the_rest(found.case, claim, before, after, actor=actor)
    return found.case


def _ask_for_the_rest(case: Case, claim: Claim, before: list[Line], after: list[Line], *, actor: Actor) -> None:
    """The fee was asked for with the claim in it; what was paid of it stays paid."""
    less = next((line.amount for line in before if line.code == claim.fee_code), 0)
    whole = next((line for line in after if line.code == claim.fee_code), None)
    if whole is None or whole.amount <= less:
        return
    why = _("Không được miễn, giảm: %(what)s") % {"what": claim.name}
    line = Line(whole.code, whole.name, whole.kind, whole.amount - less, whole.name_en, (why,), (why,))
    request_payment(case.id, [line], actor=actor, key=f"claim-{claim.pk}", payer=payer_for(case.id))
