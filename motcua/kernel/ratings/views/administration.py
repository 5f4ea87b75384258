"""Administration of questions: what is asked now, and from tomorrow."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import add_refusal, page
from motcua.kernel.org.queries import local_today
from motcua.kernel.ratings.actions.questions import end_question, save_question
from motcua.kernel.ratings.forms import QuestionForm
from motcua.kernel.ratings.queries.asking import every_question, newest
from motcua.lib.errors import Refused


@requires("ratingquestion.manage")
@never_cache
@require_safe
def questions(request: Request) -> HttpResponse:
    context = {"questions": every_question(), "today": local_today()}
    return render(request, "ratings/desk/questions.html", context)


@requires("ratingquestion.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: Request, code: str = "") -> HttpResponse:
    """A new question, or other words for one."""
    found = newest(code) if code else None
    if code and found is None:
        raise Http404
    form = QuestionForm(request.POST or None, question=found)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("code")
        if found is None and newest(chosen) is not None:
            form.add_error("code", _("Đã có câu hỏi với mã này."))
        else:
            try:
                save_question(chosen, actor=request.actor, **values)
            except Refused as refused:
                add_refusal(form, refused)
            else:
                messages.success(request, _("Đã lưu. Lời mới dùng từ ngày mai."))
                return redirect("rating_questions")
    return page(request, "ratings/desk/question.html", form, question=found)


@requires("ratingquestion.manage")
@require_POST
def end(request: Request, code: str) -> HttpResponse:
    end_question(code, actor=request.actor)
    messages.success(request, _("Từ ngày mai không hỏi câu này nữa."))
    return redirect("rating_questions")
