"""Filing a dossier from a phone: the form step by step, its papers, the contact, one look at the whole, send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.forms.actions.drafts import save_step
from motcua.kernel.forms.views.rendering import answer_step, asked_steps, first_wrong_step
from motcua.kernel.identity.views import Request, add_link, public
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.page import said
from motcua.kernel.registries.actions import give_consent
from motcua.kernel.web.views.middleware import limited
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.writing import begin_sheet, claim_on_sheet, keep_on_sheet, send_sheet
from motcua.modules.dossiers.forms.portal import ContactForm
from motcua.modules.dossiers.kind import Delivery, Way
from motcua.modules.dossiers.queries.behalf import behalf_of, choices
from motcua.modules.dossiers.queries.sheets import Written, get_written, offers, outlook, own_sheets

if TYPE_CHECKING:
    from motcua.kernel.procedures.queries.catalogue import Version

MOST_FILES = 10  # of one paper
LONGEST_TYPED = 400  # letters kept of a field that is wrong


def _procedure(code: str) -> Version:
    found = in_force(code)
    if found is None or not found.body.is_filed_here or found.body.way(Way.ONLINE) is None:
        raise Refused("not_found", _("Thủ tục này chưa nộp trực tuyến được."))
    return found


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("file_dossier", per_hour=120)
def file_dossier(request: Request, code: str) -> HttpResponse:
    """What it takes, what was begun before, and the beginning."""
    found = _procedure(code)
    if request.method == "POST":
        behalf = behalf_of(request.POST.get("for", ""), code, actor=request.actor)
        for _purpose, registry, _words in offers(found, request.actor):
            if registry in request.POST.getlist("consent"):
                give_consent("prefill", registry, actor=request.actor)
        draft = begin_sheet(found, actor=request.actor, behalf=behalf)
        return redirect(_step_url(code, draft.token, 0))
    drafts = [(draft, _step_url(code, draft.token, draft.step)) for draft in own_sheets(code, actor=request.actor)]
    return render(
        request,
        "dossiers/portal/start.html",
        {
            "version": found,
            "body": found.body,
            "way": found.body.way(Way.ONLINE),
            "drafts": drafts,
            "others": choices(request.actor, code),
            "offers": offers(found, request.actor),
            "crumbs": _crumbs(found),
            "is_known": request.actor.kind == "person",
            "kept_days": settings.DRAFTS_KEPT_DAYS,
        },
    )


def _crumbs(found: Version) -> list[tuple[str, str]]:
    return [(_("Thủ tục"), reverse("procedures")), (said(found.body, "name"), reverse("procedure", args=[found.code]))]


def _step_url(code: str, token: str, step: int) -> str:
    return reverse("filing_step", args=[code, token, step])


@dataclass(frozen=True)
class EditUrl:
    """Step → where it is changed; a template is to hand it on, not to call it."""

    code: str
    token: str
    do_not_call_in_templates: ClassVar[bool] = True

    def __call__(self, step: int) -> str:
        return f"{_step_url(self.code, self.token, step)}?sua=1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one is: ``number`` of ``count`` steps."""

    number: int
    count: int


def _place(written: Written, name: str, step: int = 0) -> Place:
    """The steps that are asked of these answers, then papers (when any are asked), contact, the look at the whole,
    from which exemptions are claimed."""
    asked = asked_steps(written.draft.version.form, written.checked)
    after = [*(["papers"] if written.asked else []), "contact", "review"]
    number = (
        asked.index(step) + 1
        if name == "step" and step in asked
        else len(asked) + after.index(name) + 1
        if name in after
        else 1
    )
    return Place(number, len(asked) + len(after))


def _common(written: Written, place: Place) -> dict[str, Any]:
    return {
        "written": written,
        "body": written.version.body,
        "code": written.version.code,
        "place": place,
        "crumbs": _crumbs(written.version),
    }


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("filing", per_hour=600)
def filing_step(request: Request, code: str, token: str, step: int) -> HttpResponse:
    """One step of the form. What was typed is kept, right or not."""
    written = get_written(token, code, actor=request.actor)
    draft = written.draft
    answered = answer_step(
        request,
        draft.version.form,
        step,
        draft.answers,
        known=draft.known,
        is_checked=request.GET.get("sua") == "1",
    )
    if request.method == "POST":
        following = answered.page.next
        save_step(draft.id, step, answered.answers, actor=request.actor, next_step=following)
        if answered.is_done:
            if request.GET.get("sua") == "1":
                return redirect("filing_review", code, token)
            if following is not None:
                return redirect(_step_url(code, token, following))
            return redirect("filing_papers" if written.asked else "filing_contact", code, token)
    context = {
        **_common(written, _place(written, "step", step)),
        "page": answered.page,
        "back": _step_url(code, token, answered.page.previous)
        if answered.page.previous is not None
        else reverse("file_dossier", args=[code]),
    }
    status = 422 if request.method == "POST" and answered.page.errors else 200  # another item is no mistake
    return render(request, "dossiers/portal/step.html", context, status=status)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("filing", per_hour=600)
def filing_papers(request: Request, code: str, token: str) -> HttpResponse:
    """One place for each paper that is asked for; the others say where they come from."""
    written = get_written(token, code, actor=request.actor)
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _receive_papers(request, written)
        written = get_written(token, code, actor=request.actor)
        if not errors and "next" in request.POST:
            errors = {slot.paper.code: _("Thêm ảnh hoặc tệp của giấy này.") for slot in written.missing}
            if not errors:
                return redirect("filing_contact", code, token)
    steps = asked_steps(written.draft.version.form, written.checked)
    context = {
        **_common(written, _place(written, "papers")),
        "slots": [(slot, errors.get(slot.paper.code, "")) for slot in written.slots],
        "errors": [(slot, errors[slot.paper.code]) for slot in written.slots if slot.paper.code in errors],
        "most": MOST_FILES,
        "back": _step_url(code, token, steps[-1]) if steps else reverse("file_dossier", args=[code]),
    }
    return render(request, "dossiers/portal/papers.html", context, status=422 if errors else 200)


def _receive_papers(request: Request, written: Written) -> dict[str, str]:
    """Take what was chosen and what was put aside. Nothing that arrived is lost when something else is refused, or when
    other answers do not ask for it any more."""
    kept: dict[str, list[str]] = {
        slot.paper.code: [file.token for file in slot.files] for slot in written.slots if slot.is_asked
    }
    errors = {}
    own = {slot.paper.code: _chosen_entry(request, slot.paper.code) for slot in written.slots if slot.entries}
    for code, tokens in kept.items():
        dropped = set(request.POST.getlist("drop"))
        tokens[:] = [token for token in tokens if token not in dropped]
        before = len(tokens)
        if error := _store_uploads(request, f"paper-{code}", tokens):
            errors[code] = error
        if code in own and len(tokens) > before:
            own[code] = 0  # whoever sends another one means that one
    keep_on_sheet(written.draft.id, {"papers": {**written.values.get("papers", {}), **kept}, "store": own})
    return errors


def _chosen_entry(request: Request, code: str) -> int:
    """Number of the store's entry that the person takes for this paper; 0 for none. Whose it is, get_written asks."""
    text = request.POST.get(f"store-{code}", "")
    return row_number(text) or 0


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("filing", per_hour=600)
def filing_claims(request: Request, code: str, token: str) -> HttpResponse:
    """For each fee of which one may be exempt: why, and what shows it."""
    written = get_written(token, code, actor=request.actor)
    if not written.claims:
        return redirect("filing_review", code, token)
    errors: dict[str, str] = {}
    if request.method == "POST":
        chosen, errors = _receive_claims(request, written)
        errors = {**claim_on_sheet(written, chosen, actor=request.actor), **errors}
        if not errors:
            return redirect("filing_review", code, token)
        written = get_written(token, code, actor=request.actor)
    context = {
        **_common(written, _place(written, "review")),
        "claims": [(slot, errors.get(slot.fee.code, "")) for slot in written.claims],
        "errors": [(slot, errors[slot.fee.code]) for slot in written.claims if slot.fee.code in errors],
        "back": reverse("filing_review", args=[code, token]),
    }
    return render(request, "dossiers/portal/claims.html", context, status=422 if errors else 200)


def _receive_claims(request: Request, written: Written) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    chosen: dict[str, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    dropped = set(request.POST.getlist("drop"))
    for slot in written.claims:
        fee = slot.fee.code
        code = request.POST.get(f"claim-{fee}", "")
        kept = [file.token for file in slot.files if file.token not in dropped]
        if code:
            error = _store_uploads(request, f"file-{fee}", kept)
            if error:
                errors[fee] = error
            chosen[fee] = {"code": code, "files": kept}
    return chosen, errors


def _store_uploads(request: Request, name: str, tokens: list[str]) -> str:
    """Add what was chosen to ``tokens``. Returns what was wrong with one of them."""
    error = ""
    for upload in request.FILES.getlist(name):
        if len(tokens) >= MOST_FILES:
            return _("Tối đa %(most)d tệp cho một giấy tờ.") % {"most": MOST_FILES}
        try:
            stored = store_file(
                upload,
                actor=request.actor,
                declared_name=upload.name or "",
                purpose=Purpose.DOCUMENT,
                source=get_adapter().get_client_ip(request),
            )
        except Refused as refused:
            error = refused.message
        else:
            tokens.append(stored.token)
    return error


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("filing", per_hour=600)
def filing_contact(request: Request, code: str, token: str) -> HttpResponse:
    written = get_written(token, code, actor=request.actor)
    form = _contact_form(request, written, request.POST or None)
    if request.method == "POST":
        # What was typed is kept, right or not.
        typed = {name: request.POST.get(name, "")[:LONGEST_TYPED] for name in form.fields}
        keep_on_sheet(written.draft.id, {**typed, **(form.cleaned_data if form.is_valid() else {})})
        if form.is_valid():
            return redirect("filing_review", code, token)
    steps = asked_steps(written.draft.version.form, written.checked)
    before = reverse("filing_papers", args=[code, token]) if written.asked else _step_url(code, token, steps[-1])
    context = {
        **_common(written, _place(written, "contact")),
        "form": form,
        "is_known": _is_known(request),
        "back": before,
    }
    return render(request, "dossiers/portal/contact.html", context, status=422 if form.errors else 200)


def _is_known(request: Request) -> bool:
    return request.actor.kind == "person" and request.actor.person_id is not None


def _contact_form(request: Request, written: Written, data: Any) -> ContactForm:
    return ContactForm(
        data,
        initial={**_from_answers(written), **written.values},
        needs_area=written.needs_area,
        is_known=_is_known(request),
        is_for_another=written.behalf.authorisation is not None,
    )


def _from_answers(written: Written) -> dict[str, Any]:
    """The applicant as the form knows them already: the fields that an account would fill in."""
    found: dict[str, Any] = {}
    form = written.draft.version.form
    for path, one in form.by_path.items():
        kind, _dot, name = (one.prefill or "").partition(".")
        if kind == "person" and "*" not in path and name in ("name", "phone", "email", "national_id", "address"):
            value: Any = written.checked.values
            for part in path.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if name == "address" and isinstance(value, dict):
                found.setdefault("area", value.get("area", ""))
            elif value:
                found.setdefault(name, value)
    return found


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("filing_send", per_hour=60)
def filing_review(request: Request, code: str, token: str) -> HttpResponse:
    """The whole at a glance, what it costs, by when it will be done; one press sends it."""
    written = get_written(token, code, actor=request.actor)
    wrong = first_wrong_step(written.draft.version.form, written.checked)
    if wrong is not None:
        return redirect(f"{_step_url(code, token, wrong)}?sua=1")
    if written.missing:
        return redirect("filing_papers", code, token)
    ahead = outlook(written, Way.ONLINE)
    contact = _contact_form(request, written, written.values)
    # What is kept was typed by somebody, who may have gone around the page that checks it.
    if ahead is None or not contact.is_valid():
        return redirect("filing_contact", code, token)
    error = ""
    if request.method == "POST":
        try:
            filed = send_sheet(written, actor=request.actor, language=get_language() or "vi")
        except Refused as refused:
            error = refused.message
        else:
            response = HttpResponseRedirect(reverse("dossier_filed", args=[filed.case.code]))
            add_link(request, response, filed.token)
            return response
    context = {
        **_common(written, _place(written, "review")),
        "form": written.draft.version.form,
        "edit": EditUrl(code, token),
        "ahead": ahead,
        "claimed": [slot.fee.code for slot in written.claims if slot.is_shown],
        "contact": contact.cleaned_data,
        "delivery": Delivery(contact.cleaned_data["delivery"]),
        "error": error,
        "back": reverse("filing_contact", args=[code, token]),
    }
    return render(request, "dossiers/portal/review.html", context, status=422 if error else 200)


@public
@never_cache
@require_safe
def filing(request: Request, code: str, token: str) -> HttpResponse:
    """The link by which one goes on, on any device."""
    written = get_written(token, code, actor=request.actor)
    return redirect(_step_url(code, token, written.draft.step))
