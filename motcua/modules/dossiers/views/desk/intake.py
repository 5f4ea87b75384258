"""Taking a dossier in over the counter: one page, the keyboard alone, and again for the same person."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import OWED
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, NewPaper, take_in_dossier
from motcua.modules.dossiers.forms.intake import IntakeForm
from motcua.modules.dossiers.kind import Delivery, PaperSource, Way
from motcua.modules.dossiers.queries.intake import Choice, choose, counters_of, find_procedures, read_visitor
from motcua.modules.dossiers.queries.reading import get_dossier
from motcua.modules.dossiers.queries.visitors import known_person

if TYPE_CHECKING:
    from motcua.modules.dossiers.actions.filing import Filed


@requires("dossier.take_in")
@require_http_methods(["GET", "POST"])
def intake(request: Request) -> HttpResponse:
    """``do``: person | procedure | choose:<code> | place | all | take_in | supplement | again. Enter does what comes
    next; Ctrl Enter takes it in."""
    counters = counters_of(request.actor)
    if not counters:
        raise Refused("not_allowed", _("Chỉ cán bộ một cửa có quầy mới tiếp nhận hồ sơ ở đây."))
    counter = counters[0]
    data = request.POST.copy()
    if "area" not in data:
        data["area"] = _own_area(counter)
    if request.method != "POST":
        data.setlist("key", [secrets.token_urlsafe(16)])
        return _page(request, data, counter, focus="card")
    do = data.get("do") or _next(data)
    data.pop("do", None)
    match do.partition(":"):
        case ("person", _sep, _rest):
            return _person(request, data, counter)
        case ("choose", _sep, code):
            _choose(data, code)
            return _page(request, data, counter, focus="papers")
        case ("procedure", _sep, _rest):
            found = find_procedures(data.get("q", ""))
            if found and request.POST.get("do") != "procedure":
                _choose(data, found[0].code)
                return _page(request, data, counter, focus="papers")
            return _page(request, data, counter, focus="q")
        case ("place", _sep, _rest):
            return _page(request, data, counter, focus="area")
        case ("all", _sep, _rest):
            return _page(request, data, counter, focus="papers", ticks_all=True)
        case ("again", _sep, _rest):
            return _again(request, data, counter)
        case ("take_in" | "supplement" as how, _sep, _rest):
            return _take_in(request, data, counter, is_supplement=how == "supplement")
    return _page(request, data, counter, focus="card")


def _next(data: QueryDict) -> str:
    """What Enter means: look the card up, then choose the first procedure; never more."""
    if data.get("card"):
        return "person"
    return "procedure" if data.get("q") else "person"


def _choose(data: QueryDict, code: str) -> None:
    """Another procedure asks for other papers: what was ticked for the one before says nothing about them."""
    data["code"], data["q"] = code, ""
    data.setlist("paper", [])


def _own_area(counter: org.UnitRow) -> str:
    tree = org.tree()
    for unit in (counter, *tree.ancestors(counter.id)):
        if unit.kind == "commune":
            return unit.code
    return ""


def _person(request: Request, data: QueryDict, counter: org.UnitRow) -> HttpResponse:
    visitor = read_visitor(data.get("card", ""), actor=request.actor)
    if visitor is None:
        if not data.get("card") and data.get("name"):  # typed by hand: what comes next
            return _page(request, data, counter, focus="q")
        words = _("Không đọc được thẻ. Quét lại, hoặc gõ 12 số định danh.") if data.get("card") else ""
        return _page(request, data, counter, focus="card", said=words)
    for name in ("name", "national_id", "phone", "email"):
        data[name] = getattr(visitor, name)
    data["card"] = ""
    words = _("Người mới ở đây: ghi số điện thoại để báo tin.") if visitor.is_new else _("Đã có thông tin người này.")
    return _page(request, data, counter, focus="phone" if visitor.is_new and visitor.name else "q", said=words)


def _again(request: Request, data: QueryDict, counter: org.UnitRow) -> HttpResponse:
    """The next dossier of the same person."""
    kept = QueryDict(mutable=True)
    for name in ("name", "national_id", "phone", "email", "area"):
        kept[name] = data.get(name, "")
    kept["key"] = secrets.token_urlsafe(16)
    return _page(request, kept, counter, focus="q")


def _take_in(request: Request, data: QueryDict, counter: org.UnitRow, *, is_supplement: bool) -> HttpResponse:
    form = IntakeForm(data)
    chosen = choose(data.get("code", ""), data.get("case", ""), data.get("area", ""), counter, {})
    ticked = set(data.getlist("paper"))
    missing = [paper.name for paper in (chosen.required if chosen else ()) if paper.code not in ticked]
    if form.is_valid():
        form.check_taking_in([] if is_supplement else missing)
    if not form.is_valid() or form.errors or chosen is None:
        wrong = next((name for name in ("name", "national_id", "phone", "q") if name in form.errors), "papers")
        return _page(request, data, counter, form=form, focus=wrong, status=422)
    values = form.cleaned_data
    try:
        filed = take_in_dossier(
            NewDossier(
                version_id=chosen.version.id,
                way=Way.COUNTER,
                applicant=Applicant(
                    name=values["name"],
                    phone=values["phone"],
                    email=values["email"],
                    national_id=values["national_id"],
                    person_id=known_person(national_id=values["national_id"]) if values["national_id"] else None,
                ),
                case_key=chosen.case.key,
                papers=_papers(chosen, ticked),
                area_code=values["area"] or "",
                reception_unit_id=counter.id,
                delivery=values["delivery"] or Delivery.COUNTER,
                copies=values["copies"] or 1,
                channel="counter",
                key=f"counter-{values['key']}",
            ),
            actor=request.actor,
        )
    except Refused as refused:
        for field, words in refused.fields.items():
            form.add_error(field if field in form.fields else None, words)
        if not refused.fields:
            form.add_error(None, refused.message)
        return _page(request, data, counter, form=form, focus="", status=422)
    return _page(request, data, counter, filed=filed, chosen=chosen, focus="again")


def _papers(chosen: Choice, ticked: set[str]) -> list[NewPaper]:
    """What lies on the counter; what a registry knows need not."""
    rows = []
    for paper in chosen.papers:
        if paper.registry:
            rows.append(NewPaper(paper.code, PaperSource.REGISTRY))
        elif paper.code in ticked:
            rows.append(
                NewPaper(
                    paper.code,
                    PaperSource.COUNTER,
                    originals=paper.originals or (0 if paper.copies else 1),
                    copies=paper.copies,
                )
            )
        elif paper.required:
            rows.append(NewPaper(paper.code, PaperSource.LATER))
    return rows


def _page(
    request: Request,
    data: QueryDict,
    counter: org.UnitRow,
    *,
    focus: str,
    form: IntakeForm | None = None,
    said: str = "",
    filed: Filed | None = None,
    chosen: Choice | None = None,
    ticks_all: bool = False,
    status: int = 200,
) -> HttpResponse:
    chosen = chosen or choose(data.get("code", ""), data.get("case", ""), data.get("area", ""), counter, {})
    ticked = {paper.code for paper in chosen.to_bring} if ticks_all and chosen else set(data.getlist("paper"))
    initial: dict[str, Any] = {name: data.get(name, "") for name in IntakeForm.base_fields}
    initial["delivery"], initial["copies"] = initial["delivery"] or Delivery.COUNTER, initial["copies"] or 1
    form = form or IntakeForm(initial=initial)
    asks = filed is not None and filed.case.state == "supplement_requested"
    context = {
        "form": form,
        "person": [form["name"], form["national_id"], form["phone"]],
        "result": [form["area"], form["delivery"], form["copies"]],
        "counter": counter,
        "focus": focus,
        "said": said,
        "chosen": chosen,
        "ticked": ticked,
        "missing": [paper for paper in (chosen.required if chosen else ()) if paper.code not in ticked],
        "found": find_procedures(data.get("q", "")),
        "filed": filed,
        "case": filed.case if filed else None,
        "promised_at": get_dossier(filed.case.id, actor=request.actor).dossier.promised_at if filed else None,
        "owed": [one for one in obligations([filed.case.id]).get(filed.case.id, []) if one.state in OWED]
        if filed
        else [],
        "receipt_url": reverse("dossier_print", args=[filed.case.id, "02" if asks else "01"]) if filed else "",
        "receipt_label": _("In phiếu yêu cầu bổ sung") if asks else _("In giấy tiếp nhận"),
    }
    template = "dossiers/desk/_intake.html" if request.headers.get("HX-Request") else "dossiers/desk/intake.html"
    response = render(request, template, context, status=status if not request.headers.get("HX-Request") else 200)
    response["Cache-Control"] = "no-store"
    return response
