"""Rating on the phone: by a link, without signing in, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from motcua.kernel.identity.views import Request, public
from motcua.kernel.identity.views.login import add_refusal
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions import giving
from motcua.kernel.ratings.forms import RateForm, SurveyForm
from motcua.kernel.ratings.kind import FACES, SURVEY, Part
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.links import behind, invitation_behind, is_spent
from motcua.kernel.ratings.queries.results import least
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from django import forms


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: Request, token: str) -> HttpResponse:
    """``?muc=`` is the face that was touched on the page from which one comes."""
    rateable, key, service = behind(token)
    context: dict[str, Any] = {
        "token": token,
        "question": rateable.question,
        "title": service.title,
        "unit": org.tree().unit(service.unit_id).name,
        "faces": FACES,
        "least": least(),
    }
    if is_spent(rateable.kind, key):
        may_call = service.case_id is not None and not is_spent(giving.CALL, f"{rateable.kind}.{key}")
        return _page(request, "ratings/portal/thanks.html", {**context, "may_call": may_call})
    form = RateForm(
        request.POST or None,
        questions=asked(Part.QUICK, Part.CRITERIA),
        initial={"face": request.GET.get("muc", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            giving.give_rating(token, form.given, actor=request.actor)
        except Refused as refused:
            if refused.code == "rated":
                return redirect("rate", token)
            add_refusal(form, refused)
        else:
            return redirect("rate", token)
    return _page(request, "ratings/portal/rate.html", {**context, "form": form}, form)


@public
@never_cache
@require_POST
def wish_call(request: Request, token: str) -> HttpResponse:
    try:
        giving.wish_call(token, actor=request.actor)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Đã nhắn nơi giải quyết gọi lại cho bạn."))
    return redirect("rate", token)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: Request, token: str) -> HttpResponse:
    """What is filled in is kept on the device until it is sent."""
    invitation, _service = invitation_behind(token)
    context = {"survey": invitation.survey, "draft": f"survey-{invitation.pk}"}
    if is_spent(SURVEY, invitation.pk):
        return _page(request, "ratings/portal/survey_thanks.html", context)
    form = SurveyForm(request.POST or None, questions=asked(Part.SURVEY))
    if request.method == "POST" and form.is_valid():
        try:
            giving.answer_survey(token, form.given, actor=request.actor)
        except Refused as refused:
            if refused.code == "rated":
                return redirect("survey", token)
            add_refusal(form, refused)
        else:
            return redirect("survey", token)
    return _page(request, "ratings/portal/survey.html", {**context, "form": form}, form)


def _page(request: Request, template: str, context: dict[str, Any], form: forms.Form | None = None) -> HttpResponse:
    response = render(request, template, context, status=422 if form is not None and form.errors else 200)
    response["Referrer-Policy"] = "same-origin"  # the address is the right to rate
    return response
