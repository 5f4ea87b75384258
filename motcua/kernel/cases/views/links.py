"""The private link of somebody of a case: shown to them, replaced by them or by an official."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.cases.actions.people import change_link
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.people import link_holder, party_token
from motcua.kernel.cases.queries.reading import find_case, get_case, may_on, not_found
from motcua.kernel.identity.queries import masked_person
from motcua.kernel.identity.views import Request, add_link, public, requires


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_link(request: Request, code: str) -> HttpResponse:
    """For whoever holds a link of the case, or is signed in as somebody of it. Posting replaces the link."""
    case = find_case(code)
    party = link_holder(case.id, request.actor) if case else None
    if case is None or party is None:
        raise not_found()
    if request.method == "POST":
        token = party_token(change_link(case.id, party.pk, actor=request.actor))
        messages.success(request, _("Đã đổi. Đường dẫn cũ không mở được nữa."))
        away = redirect("own_link", case.code)
        add_link(request, away, token)
        return away
    link = request.build_absolute_uri(reverse("private_link", args=[party_token(party)]))
    back = KINDS[case.kind].public_url(case.code)
    return render(request, "cases/own_link.html", {"case": case, "link": link, "back": back})


@requires("person.reveal")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def party_link(request: Request, case_id: int, party_id: int) -> HttpResponse:
    """An official replaces it, for somebody who says that it is in other hands. The new one goes to the person only."""
    actor = request.actor.by_post
    case = get_case(case_id, actor=actor)
    party = case.parties.select_related("person").filter(pk=party_id).first()
    if party is None or not may_on(actor, "person.reveal", case):
        raise not_found()
    back = KINDS[case.kind].desk_url(case.id)
    card = masked_person(party.person) if party.person else None
    if request.method == "POST":
        change_link(case.id, party.pk, actor=actor)
        messages.success(request, _("Đã đổi. Đường dẫn cũ không mở được nữa."))
        return redirect(back)
    return render(request, "cases/party_link.html", {"case": case, "card": card, "back": back})
