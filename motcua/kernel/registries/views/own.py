"""``/tai-khoan/du-lieu/``: who looked at my data, what I agreed to, what I ask for; and those who answer it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.kind import LEVEL_NAMES
from motcua.kernel.identity.queries import own_card
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.registries import actions, queries
from motcua.kernel.registries.forms import AnswerForm, RequestForm
from motcua.kernel.registries.kind import EXTENSION_DAYS, RequestKind
from motcua.lib.errors import Refused


@requires("account.own")
@never_cache
@require_safe
def my_data(request: Request) -> HttpResponse:
    card = own_card(request.actor)  # refuses officials: the page is about people
    context = {
        "card": card,
        "level": LEVEL_NAMES[card.level],
        "rows": queries.who_looked(request.actor, limit=100),
        "consents": queries.own_consents(request.actor),
        "requests": queries.own_requests(request.actor),
    }
    return render(request, "registries/my_data.html", context)


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def consents(request: Request) -> HttpResponse:
    """Nothing is ticked; each line is one purpose and one register."""
    own_card(request.actor)
    offers = {f"{purpose}:{registry}": words for purpose, registry, words in queries.open_offers(request.actor)}
    if request.method == "POST":
        chosen = [name for name in request.POST.getlist("dong-y") if name in offers]
        for name in chosen:
            purpose, _colon, registry = name.partition(":")
            actions.give_consent(purpose, registry, actor=request.actor)
        if chosen:
            messages.success(request, _("Đã ghi đồng ý của bạn. Bạn rút lại lúc nào cũng được."))
        return redirect("my_data")
    return render(request, "registries/consents.html", {"offers": offers.items()})


@requires("account.own")
@require_POST
def withdraw(request: Request, consent_id: int) -> HttpResponse:
    actions.withdraw_consent(consent_id, actor=request.actor)
    messages.success(request, _("Đã rút lại. Từ bây giờ hệ thống không hỏi dữ liệu này để làm việc đó nữa."))
    return redirect("my_data")


@requires("account.own")
@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    own_card(request.actor)
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_request(RequestKind(form.cleaned_data["kind"]), form.cleaned_data["text"], actor=request.actor)
        except Refused as refused:
            form.add_error("text" if "text" in refused.fields else None, refused.message)
        else:
            messages.success(request, _("Đã gửi. Chúng tôi báo bạn trong 2 ngày làm việc."))
            return redirect("my_data")
    return render(request, "registries/ask.html", {"form": form}, status=422 if form.errors else 200)


# ── Those who answer ────────────────────────────────────────────────────────────────────────────────────────────────


@requires("privacy.answer")
@never_cache
@require_safe
def list_requests(request: Request) -> HttpResponse:
    is_closed = request.GET.get("xong") == "1"
    context = {"rows": queries.list_requests(actor=request.actor, is_closed=is_closed), "is_closed": is_closed}
    return render(request, "registries/desk/requests.html", context)


@requires("privacy.answer")
@never_cache
@sensitive_post_parameters("answer")
@require_http_methods(["GET", "POST"])
def answer(request: Request, request_id: int) -> HttpResponse:
    found = actions.open_request(request_id, actor=request.actor)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, request_id, form.cleaned_data["answer"])
        except Refused as refused:
            if refused.code == "not_found":
                raise
            form.add_error("answer" if refused.fields else None, refused.message)
        else:
            messages.success(request, _("Đã ghi."))
            return redirect("datarequests")
    may_extend = not found.is_closed and found.extended_at is None and EXTENSION_DAYS[RequestKind(found.kind)] > 0
    context = {"row": found, "form": form, "may_extend": may_extend}
    return render(request, "registries/desk/request.html", context, status=422 if form.errors else 200)


def _do(request: Request, request_id: int, text: str) -> None:
    actor = request.actor
    if "receive" in request.POST:
        actions.receive_request(request_id, actor=actor)
    elif "extend" in request.POST:
        actions.extend_request(request_id, actor=actor, reason=text)
    else:
        actions.close_request(request_id, actor=actor, answer=text, is_refused="refuse" in request.POST)
