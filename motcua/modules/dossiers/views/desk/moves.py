"""The moves of a dossier and of a consultation: which form and which action each has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from motcua.kernel.cases.forms.moves import MoveForm
from motcua.kernel.cases.views.moves import Doing, move_view
from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.queries.obligations import obligations
from motcua.kernel.procedures.queries.page import said
from motcua.modules.dossiers.actions import apologising, claiming, consulting, money, reception, results, working
from motcua.modules.dossiers.forms import desk as forms
from motcua.modules.dossiers.kind import CONSULTATION_KIND, KIND
from motcua.modules.dossiers.queries.fees import claims_of, fees_due
from motcua.modules.dossiers.queries.reading import asked_papers, extension_of, whole

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

SHORT = 90


def _papers(case: Case) -> dict[str, Any]:
    return {"papers": [(paper.code, said(paper, "name")[:SHORT]) for paper in asked_papers(whole(case))]}


def _results(case: Case) -> dict[str, Any]:
    found = whole(case)
    results = [(result.code, said(result, "name")) for result in found.version.body.results]
    return {"results": results, "delivery": found.dossier.delivery}


def _wished(case: Case) -> dict[str, Any]:
    """How the person wants it is how it is given, unless the clerk says otherwise."""
    return {"delivery": whole(case).dossier.delivery}


def _asked(case: Case) -> dict[str, Any]:
    asked = extension_of(case.id)
    return {"asked_reason": asked.reason, "asked_until": asked.until} if asked is not None else {}


def _claims(case: Case) -> dict[str, Any]:
    return {"claims": [(one.pk, one.name) for one in claims_of(case.id) if one.refused_at is None]}


def _proposal(data: dict[str, Any]) -> dict[str, Any]:
    code, number = data.pop("code"), data.pop("number")
    files = data.pop("file_ids", []) or [None]
    return {**data, "results": [working.NewResult(code, number=number, file_id=file_id) for file_id in files]}


def _lines(case: Case) -> dict[str, Any]:
    """What the procedure asks for in between and has not been asked for yet."""
    asked = {line["code"] for row in obligations([case.id]).get(case.id, []) for line in row.lines}
    return {"lines": [line for line in fees_due(whole(case), "supplement") if line.amount and line.code not in asked]}


def _charge(data: dict[str, Any]) -> dict[str, Any]:
    kind, name, amount = data.pop("kind"), data.pop("name"), data.pop("amount")
    more = [Line(f"YC.{kind}", name, kind, amount)] if name else []
    return {**data, "lines": [*data.pop("lines", []), *more]}


DOINGS: dict[str, Doing] = {
    "accept": Doing(reception.accept_dossier),
    "hand_over": Doing(reception.hand_over_dossier),
    "refuse": Doing(reception.refuse_dossier, forms.BasisForm),
    "request_supplement": Doing(
        reception.request_supplement_dossier, forms.SupplementForm, extras=_papers, values=forms.supplement_values
    ),
    "supply": Doing(reception.supply_dossier, forms.SupplyForm, extras=_papers),
    "take": Doing(working.take_dossier),
    "assign": Doing(working.assign_dossier, forms.AssignForm, needs="officer"),
    "consult": Doing(consulting.consult_dossier, forms.ConsultForm, needs="unit"),
    "pass_on": Doing(working.pass_on_dossier, forms.PassOnForm),
    "propose": Doing(
        working.propose_dossier, forms.ProposeForm, (("documents", "file_ids"),), extras=_results, values=_proposal
    ),
    "revise": Doing(working.revise_dossier, forms.ReviseForm),
    "approve": Doing(results.approve_dossier),
    "issue": Doing(results.issue_dossier),
    "return_result": Doing(results.return_result_dossier, forms.ReturnForm, extras=_wished),
    "request_payment": Doing(money.request_payment_dossier, forms.PaymentForm, extras=_lines, values=_charge),
    "refuse_claim": Doing(claiming.refuse_claim_dossier, forms.ClaimForm, extras=_claims),
    "settle": Doing(money.settle_dossier),
    "suspend": Doing(working.suspend_dossier, forms.ReasonForm),
    "resume": Doing(working.resume_dossier),
    "ask_extension": Doing(apologising.ask_extension_dossier, forms.ExtendForm),
    "extend": Doing(apologising.extend_dossier, forms.ExtendForm, extras=_asked),
    "decline_extension": Doing(apologising.decline_extension_dossier, forms.ReasonForm),
    "withdraw": Doing(results.withdraw_dossier, forms.ReasonForm),
    "stop": Doing(results.stop_dossier, forms.ReasonForm),
    "note": Doing(working.note_dossier, forms.NoteForm),
}
CONSULTATION_DOINGS: dict[str, Doing] = {
    "take": Doing(consulting.take_consultation),
    "assign": Doing(consulting.assign_consultation, forms.AssignForm, needs="officer"),
    "answer": Doing(consulting.answer_consultation, forms.AnswerForm),
}

BUTTONS = frozenset(name for name, doing in DOINGS.items() if doing.form is MoveForm)
CONSULTATION_BUTTONS = frozenset(name for name, doing in CONSULTATION_DOINGS.items() if doing.form is MoveForm)

move_page = move_view(KIND, DOINGS)
consultation_move = move_view(CONSULTATION_KIND, CONSULTATION_DOINGS)
