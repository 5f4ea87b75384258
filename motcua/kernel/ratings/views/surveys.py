"""Administration of surveys: opened, how far they are, what they found."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import add_refusal, page
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.surveys import close_survey
from motcua.kernel.ratings.actions.surveys import open_survey as open_it
from motcua.kernel.ratings.forms import SurveyOpenForm
from motcua.kernel.ratings.queries import surveys as queries
from motcua.kernel.ratings.queries.results import least
from motcua.lib.errors import Refused


@requires("survey.manage")
@never_cache
@require_safe
def surveys(request: Request) -> HttpResponse:
    return render(request, "ratings/desk/surveys.html", {"surveys": queries.managed_surveys(request.actor)})


@requires("survey.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_survey(request: Request) -> HttpResponse:
    form = SurveyOpenForm(request.POST or None, units=queries.units_to_ask(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_it(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã mở khảo sát. Lời mời được gửi dần."))
            return redirect("survey_page", made.pk)
    return page(request, "ratings/desk/survey_open.html", form)


@requires("survey.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: Request, survey_id: int) -> HttpResponse:
    """Posting closes it."""
    progress = queries.managed_survey(survey_id, actor=request.actor)
    if request.method == "POST":
        close_survey(survey_id, actor=request.actor)
        messages.success(request, _("Đã kết thúc khảo sát."))
        return redirect("survey_page", survey_id)
    tree = org.tree()
    context = {
        "progress": progress,
        "survey": progress.survey,
        "units": [tree.unit(number).name for number in progress.survey.units],
        "found": queries.findings(progress.survey),
        "may_hide": queries.may_hide(progress.survey, request.actor),
        "least": least(),
    }
    return render(request, "ratings/desk/survey.html", context)
