"""A form tried out by its designer: the same pages as for people, and nothing is kept."""

import json
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.forms.queries.answers import check
from motcua.kernel.forms.queries.showing import language_now
from motcua.kernel.forms.queries.versions import FormVersion, version_of
from motcua.kernel.forms.views.rendering import answer_step, step_page
from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.lib.errors import Refused

SALT = "motcua.form.preview"
LASTS = 24 * 3600  # seconds for which a page that was left open goes on


@requires("form.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def show_preview(request: Request, key: str, number: int) -> HttpResponse:
    """Step by step; ``vi-du`` begins with the answers of an example. The answers travel in the page itself."""
    require(request.actor, "form.manage")
    version = version_of(key, number)
    step = _step(request.POST.get("buoc") or request.GET.get("buoc", "0"), len(version.form.steps))
    if request.method != "POST":
        answers = _example(request, version)
        return _asked(request, version, step, answers)
    answers = _kept(request)
    if "quay-lai" in request.POST:
        back = _step(request.POST["quay-lai"], len(version.form.steps))
        return _asked(request, version, back, answers)
    answered = answer_step(request, version.form, step, answers)
    if not answered.is_done:
        status = 422 if answered.page.errors else 200
        return _page(request, version, answered.answers, {"page": answered.page}, status=status)
    if answered.page.next is not None:
        return _asked(request, version, answered.page.next, answered.answers)
    checked = check(version.form, answered.answers, language=language_now())
    values = json.dumps(checked.values, ensure_ascii=False, indent=2)
    return _page(request, version, answered.answers, {"checked": checked, "values": values, "last": step})


def _asked(request: Request, version: FormVersion, step: int, answers: dict[str, Any]) -> HttpResponse:
    checked = check(version.form, answers, language=language_now(), step=step)
    page = step_page(version.form, step, answers, checked, has_errors=False)
    return _page(request, version, answers, {"page": page})


def _page(
    request: Request, version: FormVersion, answers: dict[str, Any], more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    kept = signing.dumps(answers, salt=SALT, compress=True)
    context = {"version": version, "kept": kept, "examples": list(enumerate(version.form.examples)), **more}
    return render(request, "forms/desk/preview.html", context, status=status)


def _step(text: str, count: int) -> int:
    return min(int(text), count - 1) if text.isdecimal() and len(text) < 5 else 0


def _example(request: Request, version: FormVersion) -> dict[str, Any]:
    number = request.GET.get("vi-du", "")
    examples = version.form.examples
    if number.isdecimal() and len(number) < 5 and int(number) < len(examples):
        return dict(examples[int(number)].answers)
    return {}


def _kept(request: Request) -> dict[str, Any]:
    try:
        answers: dict[str, Any] = signing.loads(request.POST.get("_kept", ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise Refused("stale", _("Trang xem thử đã cũ. Bạn hãy mở lại.")) from error
    return answers
