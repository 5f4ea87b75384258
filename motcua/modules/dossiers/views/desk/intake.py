"""Taking a dossier in over the counter: one page, the keyboard alone, and again for the same person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.kernel.files.queries import files_by_token, loose_files
from motcua.kernel.identity.actions import known_organisation
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import OWED
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib import moment
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.claiming import confirm_exemption
from motcua.modules.dossiers.actions.counter import drop_counter_draft, save_counter_draft, scan_pages
from motcua.modules.dossiers.actions.filing import Applicant, NewClaim, NewDossier, NewPaper, take_in_dossier
from motcua.modules.dossiers.forms.intake import IntakeForm
from motcua.modules.dossiers.kind import Delivery, PaperSource, Way
from motcua.modules.dossiers.queries.intake import (
    Choice,
    Standing,
    choose,
    counter_drafts,
    counters_of,
    draft_values,
    find_procedures,
    get_counter_draft,
    organisation_named,
    read_visitor,
    standing_of,
)
from motcua.modules.dossiers.queries.reading import get_dossier
from motcua.modules.dossiers.queries.sheets import claim_paper
from motcua.modules.dossiers.queries.visitors import known_person

if TYPE_CHECKING:
    from motcua.kernel.files.models import File
    from motcua.kernel.procedures.kind import Paper
    from motcua.modules.dossiers.actions.filing import Filed

PAGES, CLAIM, COUNT = "file-", "claim-", "count-"  # + code of the paper, of the fee, path of the answer
PERSON_FIELDS = ("name", "national_id", "phone", "email", "address")


@requires("dossier.take_in")
@require_http_methods(["GET", "POST"])
def intake(request: Request) -> HttpResponse:
    """``do`` is one of ``DOINGS``, what it needs after a colon. Enter does what comes next; Ctrl Enter takes it in."""
    counters = counters_of(request.actor)
    if not counters:
        raise Refused("not_allowed", _("Chỉ cán bộ một cửa có quầy mới tiếp nhận hồ sơ ở đây."))
    counter = counters[0]
    data = request.POST.copy()
    if request.method != "POST":
        return _opened(request, counter)
    data["key"] = data.get("key", "").replace("\0", "")  # no text to PostgreSQL
    if "area" not in data:
        data["area"] = _own_area(counter)
    do = data.get("do") or _next(data)
    data.pop("do", None)
    name, _colon, rest = do.partition(":")
    return DOINGS.get(name, _nothing)(request, data, counter, rest)


def _nothing(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    return _page(request, data, counter, focus="card")


def _procedure(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    """Enter takes the first that was found; while one types they are only shown."""
    found = find_procedures(data.get("q", ""))
    if found and request.POST.get("do") != "procedure":
        return _choose(request, data, counter, found[0].code)
    return _page(request, data, counter, focus="q", saves=False)


def _choose(request: Request, data: QueryDict, counter: org.UnitRow, code: str) -> HttpResponse:
    """Another procedure asks for other papers: what was ticked for the one before says nothing about them."""
    data["code"], data["q"] = code, ""
    data.setlist("paper", [])
    for name in [name for name in data if name.startswith((PAGES, CLAIM, COUNT))]:
        del data[name]
    return _page(request, data, counter, focus="papers")


def _place(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    return _page(request, data, counter, focus="area")


def _count(request: Request, data: QueryDict, counter: org.UnitRow, path: str) -> HttpResponse:
    """An answer was typed; on to the next such field, then to the papers that it decides, or behind the fees."""
    chosen = _chosen(data, counter)
    for_papers = [count.field.path for count in (chosen.for_papers if chosen else ())]
    for_fees = [count.field.path for count in (chosen.for_fees if chosen else ())]
    paths, after = (for_papers, "papers") if path in for_papers else (for_fees, "area")
    following = paths[paths.index(path) + 1 :] if path in paths else []
    return _page(request, data, counter, focus=f"{COUNT}{following[0]}" if following else after)


def _all(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    return _page(request, data, counter, focus="papers", ticks_all=True)


def _for(request: Request, data: QueryDict, counter: org.UnitRow, whom: str) -> HttpResponse:
    data["behalf"] = whom
    return _page(request, data, counter, focus={"": "q", "person": "giver_card"}.get(whom, "tax_code"))


def _save(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    return _page(request, data, counter, focus="")


def _discard(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    drop_counter_draft(counter.id, data.get("key", ""), actor=request.actor)
    return _page(request, _fresh(counter), counter, focus="card", saves=False)


def _opened(request: Request, counter: org.UnitRow) -> HttpResponse:
    """A new one; or, with ``?nhap=``, a draft of this counter as it was left."""
    data = _fresh(counter)
    if (number := row_number(request.GET.get("nhap", ""))) is None:
        return _page(request, data, counter, focus="card", saves=False)
    draft = get_counter_draft(number, counter.id)
    for name, values in draft_values(draft).items():
        data.setlist(name, values)
    data["key"] = draft.key
    focus = "papers" if data.get("code") else "q" if data.get("name") else "card"
    return _page(request, data, counter, focus=focus, saves=False)


def _fresh(counter: org.UnitRow) -> QueryDict:
    data = QueryDict(mutable=True)
    data["key"], data["area"] = secrets.token_urlsafe(16), _own_area(counter)
    return data


def _next(data: QueryDict) -> str:
    """What Enter means: look the card up, then choose the first procedure; never more."""
    if data.get("card") or data.get("giver_card"):
        return "person"
    return "procedure" if data.get("q") else "person"


def _own_area(counter: org.UnitRow) -> str:
    tree = org.tree()
    for unit in (counter, *tree.ancestors(counter.id)):
        if unit.kind == "commune":
            return unit.code
    return ""


def _person(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    is_giver = not data.get("card") and bool(data.get("giver_card"))
    typed = data.get("giver_card" if is_giver else "card", "")
    visitor = read_visitor(typed, actor=request.actor)
    if visitor is None:
        if not typed and data.get("name"):  # typed by hand: what comes next
            return _page(request, data, counter, focus="q")
        at = "giver_card" if is_giver else "card"
        words = _("Không đọc được thẻ. Quét lại, hoặc gõ 12 số định danh.") if typed else ""
        return _page(request, data, counter, focus=at, said=words, unread=at if typed else "")
    if is_giver:
        data["giver_name"], data["giver_id"], data["giver_phone"] = visitor.name, visitor.national_id, visitor.phone
        data["giver_address"], data["giver_card"] = visitor.address, ""
        return _page(request, data, counter, focus="q" if visitor.name else "giver_name")
    for name in PERSON_FIELDS:
        data[name] = getattr(visitor, name)
    data["card"] = ""
    words = _("Người mới ở đây: ghi số điện thoại để báo tin.") if visitor.is_new else _("Đã có thông tin người này.")
    return _page(request, data, counter, focus="phone" if visitor.is_new and visitor.name else "q", said=words)


def _again(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    """The next dossier of the same person."""
    kept = _fresh(counter)
    for name in (*PERSON_FIELDS, "area"):
        kept[name] = data.get(name, "")
    return _page(request, kept, counter, focus="q", saves=False)


# ── Pages of papers ─────────────────────────────────────────────────────────────────────────────────────────────────


def _drop(request: Request, data: QueryDict, counter: org.UnitRow, dropped: str) -> HttpResponse:
    for name in [name for name in data if name.startswith(PAGES)]:
        data.setlist(name, [token for token in data.getlist(name) if token != dropped])
    return _page(request, data, counter, focus="papers")


def _attach(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    """Take in what was chosen or photographed for each paper. A paper that has pages is here."""
    said, at = "", ""
    for name in [name for name in request.FILES if name.startswith("scan-")]:
        code = at = name.removeprefix("scan-")
        uploads = [(upload.name or "", upload) for upload in request.FILES.getlist(name)]
        try:
            stored = scan_pages(uploads, actor=request.actor, joins="joins" in data)
        except Refused as refused:
            said = refused.message
            continue
        data.setlist(f"{PAGES}{code}", [*data.getlist(f"{PAGES}{code}"), *(file.token for file in stored)])
        if code not in data.getlist("paper"):
            data.appendlist("paper", code)
    return _page(request, data, counter, focus="papers", at=at, wrong=said)


def _tokens(data: QueryDict) -> list[str]:
    return [token for name in data if name.startswith(PAGES) for token in data.getlist(name)]


def _claims(data: QueryDict) -> dict[str, str]:
    return {name.removeprefix(CLAIM): data.get(name, "") for name in data if name.startswith(CLAIM) and data.get(name)}


# ── Taking it in ────────────────────────────────────────────────────────────────────────────────────────────────────


def _chosen(data: QueryDict, counter: org.UnitRow) -> Choice | None:
    counts = {name.removeprefix(COUNT): data.get(name, "") for name in data if name.startswith(COUNT)}
    return choose(
        data.get("code", ""), data.get("case", ""), data.get("area", ""), counter, claims=_claims(data), counts=counts
    )


def _standing(data: QueryDict) -> Standing:
    """What is known here of whoever acts for another. Asks nothing of those who come for themselves."""
    behalf = data.get("behalf", "")
    if not behalf:
        return Standing()
    visitor_id = known_person(national_id=data.get("national_id", ""))
    giver_id = known_person(national_id=data.get("giver_id", "")) if behalf == "person" else None
    company = organisation_named(data.get("tax_code", "")) if behalf == "organisation" else None
    return standing_of(
        visitor_id, giver_id=giver_id, organisation_id=company.pk if company else None, code=data.get("code", "")
    )


def _whole(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    return _take_in(request, data, counter, is_supplement=False)


def _in_part(request: Request, data: QueryDict, counter: org.UnitRow, rest: str) -> HttpResponse:
    return _take_in(request, data, counter, is_supplement=True)


def _take_in(request: Request, data: QueryDict, counter: org.UnitRow, *, is_supplement: bool) -> HttpResponse:
    form = IntakeForm(data)
    chosen = _chosen(data, counter)
    ticked = set(data.getlist("paper"))
    missing = [paper.name for paper in (chosen.required if chosen else ()) if paper.code not in ticked]
    standing = _standing(data)
    if form.is_valid():
        form.check_taking_in([] if is_supplement else missing, is_known_to_act=standing.is_known)
        if chosen is not None and (chosen.unknown or any(count.error for count in chosen.counts)):
            form.add_error(None, _("Ghi đủ số để tính phí, lệ phí."))
            focus, chosen = f"{COUNT}{chosen.first_wanted.field.path}", chosen.wanting_counts()
            return _page(request, data, counter, form=form, focus=focus, chosen=chosen, status=422)
    if not form.is_valid() or form.errors or chosen is None:
        order = ("name", "national_id", "phone", "giver_name", "giver_id", "tax_code", "by_paper", "q")
        wrong = next((name for name in order if name in form.errors), "papers")
        return _page(request, data, counter, form=form, focus=wrong, status=422)
    try:
        new = _new(request, form.cleaned_data, data, chosen, counter, standing)
        filed = take_in_dossier(new, actor=request.actor)
    except Refused as refused:
        for field, words in refused.fields.items():
            form.add_error(field if field in form.fields else None, words)
        if not refused.fields:
            form.add_error(None, refused.message)
        return _page(request, data, counter, form=form, focus="", status=422)
    drop_counter_draft(counter.id, data.get("key", ""), actor=request.actor)
    return _page(request, data, counter, filed=filed, chosen=chosen, focus="again", saves=False)


def _new(
    request: Request, values: dict[str, Any], data: QueryDict, chosen: Choice, counter: org.UnitRow, standing: Standing
) -> NewDossier:
    visitor = _applicant(values["name"], values["phone"], values["email"], values["national_id"], values["address"])
    behalf = values["behalf"]
    giver = (
        _applicant(values["giver_name"], values["giver_phone"], "", values["giver_id"], values["giver_address"])
        if behalf == "person"
        else None
    )
    told = values["tax_code"], values["organisation"]
    company = known_organisation(*told, by_official=True) if behalf == "organisation" else None
    about = giver or visitor
    claims, shown = _claimed(request, chosen, data, about)
    papers = [*_papers(chosen, set(data.getlist("paper")), data), *shown]
    if behalf and not standing.is_known:
        papers.append(NewPaper("UQ", PaperSource.COUNTER, name=_("Văn bản ủy quyền, giấy giới thiệu"), originals=1))
    return NewDossier(
        version_id=chosen.version.id,
        way=Way.COUNTER,
        applicant=about,
        filer=visitor if giver is not None else None,
        authorisation_id=standing.authorisation.id if giver is not None and standing.authorisation else None,
        organisation_id=company.pk if company else None,
        claims=claims,
        case_key=chosen.case.key,
        answers=chosen.answers,
        form_version_id=chosen.form_version_id if chosen.answers else None,
        papers=papers,
        asked=[paper.code for paper in chosen.papers],
        area_code=values["area"] or "",
        reception_unit_id=counter.id,
        delivery=values["delivery"] or Delivery.COUNTER,
        copies=values["copies"] or 1,
        channel="counter",
        key=f"counter-{values['key']}",
    )


def _applicant(name: str, phone: str, email: str, national_id: str, address: str) -> Applicant:
    known = known_person(national_id=national_id) if national_id else None
    return Applicant(name, phone, email, national_id, address, known)


def _claimed(
    request: Request, chosen: Choice, data: QueryDict, about: Applicant
) -> tuple[list[NewClaim], list[NewPaper]]:
    """Exemptions: borne out by a registry, else by a paper that lies on the counter. Refused("invalid") for neither."""
    claims, papers = [], []
    told = _claims(data)
    for fee, _line in chosen.claimable:
        exemption = next((one for one in fee.exempt if one.code == told.get(fee.code)), None)
        if exemption is None:
            continue
        words = ""
        if exemption.registry:
            asked = confirm_exemption(
                exemption, about.national_id, actor=request.actor, person_id=about.person_id,
                procedure_code=chosen.version.code,
            )  # fmt: skip
            if asked.is_borne_out:
                claims.append(NewClaim(fee.code, exemption.code, look_up_id=asked.look_up_id))
                continue
            words = asked.words
        if not exemption.paper:
            raise Refused("invalid", words or _("Diện này cần giấy chứng minh."))
        code = claim_paper(fee, exemption)
        papers.append(
            NewPaper(code, PaperSource.COUNTER, name=_("Chứng minh: %(name)s") % {"name": exemption.name}, copies=1)
        )
        claims.append(NewClaim(fee.code, exemption.code, code))
    return claims, papers


def _papers(chosen: Choice, ticked: set[str], data: QueryDict) -> list[NewPaper]:
    """What lies on the counter, with the pages that were scanned of it; what a registry knows need not."""
    rows: list[NewPaper] = []
    for paper in chosen.papers:
        if paper.registry:
            rows.append(NewPaper(paper.code, PaperSource.REGISTRY))
        elif paper.code in ticked:
            originals = paper.originals or (0 if paper.copies else 1)
            files = loose_files(data.getlist(f"{PAGES}{paper.code}"))
            first = files[0].pk if files else None
            rows.append(
                NewPaper(paper.code, PaperSource.COUNTER, file_id=first, originals=originals, copies=paper.copies)
            )
            rows += [NewPaper(paper.code, PaperSource.COUNTER, file_id=file.pk) for file in files[1:]]
        elif paper.required:
            rows.append(NewPaper(paper.code, PaperSource.LATER))
    return rows


# ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _saved(request: Request, data: QueryDict, counter: org.UnitRow, chosen: Choice | None) -> int | None:
    """Kept as a draft at every step, as soon as it is about somebody or something. Returns its number."""
    if not (data.get("name") or data.get("code")) or not data.get("key"):
        return None
    kept = {name: data.getlist(name) for name in data if name not in ("csrfmiddlewaretoken", "key", "card", "q")}
    draft = save_counter_draft(
        counter.id, data.get("key", ""), kept, actor=request.actor, subject=chosen.version.body.name if chosen else "",
        tokens=_tokens(data),
    )  # fmt: skip
    return draft.pk


def _spare(data: QueryDict, bring: list[Paper]) -> list[tuple[str, list[str]]]:
    here = {paper.code for paper in bring}
    pages = [(name, data.getlist(name)) for name in data if name.startswith(PAGES) and name[len(PAGES) :] not in here]
    return [*pages, ("paper", [code for code in data.getlist("paper") if code not in here])]


def _kept_pages(data: QueryDict, chosen: Choice | None) -> dict[str, list[File]]:
    files = files_by_token(_tokens(data))
    return {
        paper.code: [files[token] for token in data.getlist(f"{PAGES}{paper.code}") if token in files]
        for paper in (chosen.to_bring if chosen else ())
    }


def _page(
    request: Request,
    data: QueryDict,
    counter: org.UnitRow,
    *,
    focus: str,
    form: IntakeForm | None = None,
    said: str = "",
    unread: str = "",
    wrong: str = "",
    at: str = "",
    filed: Filed | None = None,
    chosen: Choice | None = None,
    ticks_all: bool = False,
    saves: bool = True,
    status: int = 200,
) -> HttpResponse:
    chosen = chosen or _chosen(data, counter)
    if ticks_all and chosen:
        data.setlist("paper", [paper.code for paper in chosen.to_bring])
    ticked = set(data.getlist("paper"))
    draft_id = _saved(request, data, counter, chosen) if saves else None
    initial: dict[str, Any] = {name: data.get(name, "") for name in IntakeForm.base_fields}
    initial["delivery"], initial["copies"] = initial["delivery"] or Delivery.COUNTER, initial["copies"] or 1
    form = form or IntakeForm(initial=initial)
    asks = filed is not None and filed.case.state == "supplement_requested"
    pages, claims = _kept_pages(data, chosen), _claims(data)
    bring = chosen.to_bring if chosen else []
    person = [form["name"], form["national_id"], form["phone"], form["address"]]
    context = {
        "form": form,
        "person": person,
        "behalf": data.get("behalf", ""),
        "giver": [form["giver_name"], form["giver_id"], form["giver_phone"], form["giver_address"]],
        "organisation": [form["tax_code"], form["organisation"]],
        "standing": _standing(data),
        "joins": "joins" in data or "pages" not in data,  # by default, until somebody was asked
        "result": [form["area"], form["delivery"], form["copies"]],
        "counter": counter,
        "focus": focus,
        "said": "" if unread else said,
        "unread": unread,
        "unread_words": said,
        "is_person_done": form["name"].value() and not any(field.errors for field in person),
        "wrong": wrong,
        "chosen": chosen,
        "papers": [
            (paper, paper.code in ticked, pages.get(paper.code, []), paper.code == (at or bring[0].code))
            for paper in bring
        ],
        # What came for a paper that other answers do not ask for stays with the draft, should they be changed back.
        "spare": [(name, value) for name, values in _spare(data, bring) for value in values],
        "claims": [(fee, line, claims.get(fee.code, "")) for fee, line in (chosen.claimable if chosen else ())],
        "ticked": ticked,
        "missing": [paper for paper in (chosen.required if chosen else ()) if paper.code not in ticked],
        "found": find_procedures(data.get("q", "")),
        "filed": filed,
        "drafts": [] if filed or data.get("name") else counter_drafts(counter.id),
        "is_draft": draft_id is not None or bool(request.GET.get("nhap")),
        "saved_at": moment.now() if draft_id is not None else None,
        "case": filed.case if filed else None,
        "promised_at": get_dossier(filed.case.id, actor=request.actor).dossier.promised_at if filed else None,
        "owed": [one for one in obligations([filed.case.id]).get(filed.case.id, []) if one.state in OWED]
        if filed
        else [],
        "receipt_url": reverse("dossier_print", args=[filed.case.id, "02" if asks else "01"]) if filed else "",
        "receipt_label": _("In phiếu yêu cầu bổ sung") if asks else _("In giấy tiếp nhận"),
    }
    is_part = bool(request.headers.get("HX-Request"))
    template = "dossiers/desk/_intake.html" if is_part else "dossiers/desk/intake.html"
    response = render(request, template, context, status=status if not is_part else 200)
    response["Cache-Control"] = "no-store"
    if is_part and request.headers.get("HX-Target") in ("intake", "in-saved"):  # a reload shows it again
        here = reverse("dossier_take_in")
        response["HX-Replace-Url"] = f"{here}?nhap={draft_id}" if draft_id is not None else here
    return response


DOINGS: dict[str, Callable[[Request, QueryDict, org.UnitRow, str], HttpResponse]] = {
    "person": _person,
    "procedure": _procedure,
    "choose": _choose,
    "place": _place,
    "count": _count,
    "all": _all,
    "for": _for,
    "attach": _attach,
    "drop": _drop,
    "save": _save,
    "discard": _discard,
    "again": _again,
    "take_in": _whole,
    "supplement": _in_part,
}
