"""The page of one report, and what people do on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.cases.actions.people import change_wants
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.people import party_of, read_party_token
from motcua.kernel.cases.queries.reading import not_found
from motcua.kernel.figures.queries.board import FEW, unit_done
from motcua.kernel.identity.kind import Actor, Link
from motcua.kernel.identity.views import Request, add_link, public
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions.people import (
    add_info_incident,
    join_incident,
    rate_incident,
    reopen_incident,
    report_still_there_incident,
)
from motcua.modules.incidents.forms.portal import SCORES, AddForm, Form, JoinForm, RateForm, ReopenForm, WantsForm
from motcua.modules.incidents.queries.near import joinable_cases
from motcua.modules.incidents.queries.public import PublicPage, public_page, reopen_days
from motcua.modules.incidents.views.portal.photos import Photos, received_photos

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

FACES = ("mood-cry", "mood-sad", "mood-empty", "mood-smile", "mood-happy")
Act = Callable[[PublicPage, dict[str, Any], Photos], str]


@public
@require_safe
@limited("private_link", per_hour=600, methods=("GET",))
def private_link(request: Request, token: str) -> HttpResponse:
    """Keeps the link on this device and leads to the page, whose own address gives nothing away."""
    party = read_party_token(token)
    if party is None:
        raise not_found()
    response = HttpResponseRedirect(KINDS[party.case.kind].public_url(party.case.code))
    add_link(request, response, token)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@public
@require_safe
def incident(request: Request, code: str) -> HttpResponse:
    page = public_page(code, actor=request.actor)
    if page.case.code != code:
        return HttpResponseRedirect(reverse("incident", args=[page.case.code]))
    return _page(request, page)


def _page(request: Request, page: PublicPage, bound: Form | None = None, status: int = 200) -> HttpResponse:
    """``bound`` is the form that could not be taken: it is shown again with what was typed."""
    forms: dict[str, Form] = {
        "join": JoinForm(),
        "add": AddForm(initial={"version": page.case.version}),
        "rate": RateForm(initial={"score": page.rating.score, "words": page.rating.words} if page.rating else None),
        "reopen": ReopenForm(initial={"version": page.case.version}),
        "wants": WantsForm(initial={"wants": page.wants}),
    }
    if bound is not None:
        forms[bound.name_of_form] = bound
    done = unit_done(page.unit.id)
    context = {
        "page": page,
        "forms": forms,
        "bound": bound.name_of_form if bound else "",
        "bound_form": bound,
        "crumbs": [(_("Xem phản ánh"), reverse("incidents"))],
        "scores": [(score, words, face) for (score, words), face in zip(SCORES, FACES, strict=True)],
        "reopen_until": page.case.closed_at + timedelta(days=reopen_days()) if page.case.closed_at else None,
        "unit_rate": done.rate if done.closed >= FEW else None,
        "board_url": reverse("board"),
        # Without tiles the map shows areas alone: from further away, so that one sees which.
        "still_zoom": "16.25" if settings.MAP_TILES_URL else "12.5",  # words: numbers would get a comma
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "share_url": request.build_absolute_uri(reverse("incident", args=[page.case.code])),
    }
    response = render(request, "incidents/portal/case.html", context, status=status)
    # Words, marks and forms depend on who reads; browsers may keep it but must ask.
    response["Cache-Control"] = "private, no-store" if page.is_party else "private, no-cache"
    return response


def _act(request: Request, code: str, form: Form, act: Act, *, at: str = "") -> HttpResponse:
    """Do it and come back to the page; what is refused is shown on the page, with everything that was typed."""
    page = public_page(code, actor=request.actor)
    photos = received_photos(request) if request.FILES or request.POST.getlist("file") else Photos([], [])
    status = 422
    for message in photos.errors:
        form.add_error(None, message)
    if form.is_valid():
        try:
            said = act(page, form.cleaned_data, photos)
        except Refused as refused:
            if refused.code == "not_found":
                raise
            form.refuse(refused)
            status = 409 if refused.code == "stale" else 422
        else:
            # The page that shows it may forget the draft of this form.
            messages.success(request, said, extra_tags=f"{form.name_of_form}-{page.case.code}")
            return redirect(reverse("incident", args=[page.case.code]) + at)
    form.photos = photos.files
    return _page(request, public_page(code, actor=request.actor), form, status)


@public
@require_POST
@limited("incident_join", per_hour=60)
def incident_join(request: Request, code: str) -> HttpResponse:
    """“Tôi cũng gặp”. From the report's form it brings along what was photographed and written there."""
    case = joinable_cases().filter(code=code.upper()).first() or public_page(code, actor=request.actor).case
    form = JoinForm(request.POST)
    photos = received_photos(request)
    if not form.is_valid():
        return _not_joined(request, case, form)
    language = "en" if request.LANGUAGE_CODE.startswith("en") else "vi"
    try:
        token = join_incident(case.id, actor=request.actor, language=language, **form.contact())
        text = form.cleaned_data["text"].strip()
        if photos.files or text:
            add_info_incident(case.id, actor=_holding(request, token, case), text=text, file_ids=photos.ids)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        form.refuse(refused)
        return _not_joined(request, case, form)
    response = redirect(reverse("report_done", args=[case.code]))
    add_link(request, response, token)
    return response


def _not_joined(request: Request, case: "Case", form: Form) -> HttpResponse:
    if case.published_at is None:  # they have no page of it yet; behind them is what they were writing
        raise Refused("invalid", " ".join(str(words) for said in form.errors.values() for words in said))
    return _page(request, public_page(case.code, actor=request.actor), form, 422)


def _holding(request: Request, token: str, case: "Case") -> Actor:
    """The actor with the private link that they were given a moment ago."""
    party = read_party_token(token)
    assert party is not None  # noqa: S101  just made
    actor = request.actor
    link = Link(party.id, case.id)
    return Actor(
        kind="person" if actor.kind == "anonymous" else actor.kind,
        id=actor.id,
        name=actor.name,
        held=actor.held,
        person_id=actor.person_id,
        party_id=link.party_id,
        case_id=link.case_id,
        links=(link, *actor.links),
    )


@public
@require_POST
@limited("incident_still_there", per_hour=30)
def incident_still_there(request: Request, code: str) -> HttpResponse:
    page = public_page(code, actor=request.actor)
    report_still_there_incident(page.case.id, actor=request.actor)
    messages.success(request, _("Cảm ơn bạn. Chúng tôi ghi nhận sự cố vẫn còn."))
    return redirect("incident", page.case.code)


@public
@require_POST
@limited("incident_add", per_hour=60)
def incident_add(request: Request, code: str) -> HttpResponse:
    def act(page: PublicPage, data: dict[str, Any], photos: Photos) -> str:
        add_info_incident(
            page.case.id, actor=request.actor, text=data["text"], file_ids=photos.ids, version=data["version"]
        )
        return _("Đã gửi thêm. Cảm ơn bạn.")

    return _act(request, code, AddForm(request.POST), act, at="#dien-bien")


@public
@require_POST
@limited("incident_rate", per_hour=60)
def incident_rate(request: Request, code: str) -> HttpResponse:
    def act(page: PublicPage, data: dict[str, Any], photos: Photos) -> str:
        rate_incident(page.case.id, actor=request.actor, score=data["score"], words=data["words"])
        return _("Cảm ơn bạn đã đánh giá.")

    return _act(request, code, RateForm(request.POST), act, at="#danh-gia")


@public
@require_POST
@limited("incident_reopen", per_hour=30)
def incident_reopen(request: Request, code: str) -> HttpResponse:
    def act(page: PublicPage, data: dict[str, Any], photos: Photos) -> str:
        reopen_incident(
            page.case.id, actor=request.actor, reason=data["reason"], file_ids=photos.ids, version=data["version"]
        )
        return _("Đã mở lại. Cơ quan sẽ xem và hẹn lại với bạn.")

    return _act(request, code, ReopenForm(request.POST), act)


@public
@require_POST
@limited("incident_wants", per_hour=60)
def incident_wants(request: Request, code: str) -> HttpResponse:
    def act(page: PublicPage, data: dict[str, Any], photos: Photos) -> str:
        party = party_of(page.case.id, request.actor)
        if party is None:
            raise not_found()
        change_wants(party.id, data["wants"])
        return _("Đã lưu cách báo tin.")

    return _act(request, code, WantsForm(request.POST), act)
