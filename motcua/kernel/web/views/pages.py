"""Pages of the house itself: home, finding and following, what we promise about data and access, the language."""

import contextlib
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.cases.queries.clocks import ClockView, views_by_id
from motcua.kernel.identity.views import public, requires
from motcua.kernel.web.forms import SampleForm
from motcua.kernel.web.kind import FINDERS, NOTES, PANELS, Found, Pill
from motcua.kernel.web.templatetags.motcua import CLOCK_SIGNER, clock, when
from motcua.kernel.web.views.middleware import limited
from motcua.lib import moment
from motcua.lib.worktime import ClockState

MOST_FOLLOWED = 20
LONGEST_QUESTION = 120
MOST_CLOCKS = 100  # clock.js asks for no more at once
LANGUAGE_SECONDS = 365 * 24 * 3600


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    panels: dict[str, list[tuple[str, dict[str, object]]]] = {"alert": [], "side": [], "main": []}
    for panel in PANELS.values():
        context = panel.context(request)
        if context is not None:
            panels[panel.place].append((panel.template, context))
    return render(request, "portal/home.html", {"panels": panels, "can_find": bool(FINDERS)})


@public
@require_safe
@limited("find", per_hour=600, methods=("GET",))
def find(request: HttpRequest) -> HttpResponse:
    """One field for a code or words. A code that is found leads straight to its page."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    by_code = _by_codes([question], request) if question else []
    if len(by_code) == 1:
        return HttpResponseRedirect(by_code[0].url)
    groups = [
        (finder.title, found, finder.all_url(question) if finder.all_url else "")
        for finder in FINDERS.values()
        if question and (found := list(finder.by_words(question, request)))
    ]
    return render(request, "portal/find.html", {"question": question, "groups": groups})


@public
@require_safe
@limited("find", per_hour=600, methods=("GET",))
def follow(request: HttpRequest) -> HttpResponse:
    """Follow by code, and what this device follows already."""
    code = request.GET.get("code", "").strip()[:LONGEST_QUESTION]
    found = _by_codes([code], request) if code else []
    if found:
        return HttpResponseRedirect(found[0].url)
    return render(request, "portal/follow.html", {"code": code}, status=404 if code else 200)


@public
@csrf_exempt  # reads only; the portal's pages carry no token, so that they set no cookie
@require_POST
@limited("followed", per_hour=1200)
def followed(request: HttpRequest) -> HttpResponse:
    """The things behind the codes that a device keeps. Codes that are unknown or no longer public are named as such."""
    codes = [code.strip()[:LONGEST_QUESTION] for code in request.POST.getlist("code")][:MOST_FOLLOWED]
    found = _by_codes(codes, request)
    lost = set(codes) - {one.code for one in found}
    return render(request, "portal/followed.html", {"found": found, "lost": [code for code in codes if code in lost]})


def _by_codes(codes: Sequence[str], request: HttpRequest) -> list[Found]:
    asked = [code for code in codes if "\x00" not in code]  # no text to PostgreSQL
    return [found for finder in FINDERS.values() for found in finder.by_code(asked, request)]


@public
@csrf_exempt  # reads only
@require_POST
@limited("clocks", per_hour=6000)
def clocks(request: HttpRequest) -> HttpResponse:
    """The badges of clocks that the reader has on the screen, anew."""
    numbers = []
    for token in request.POST.getlist("c")[:MOST_CLOCKS]:
        with contextlib.suppress(BadSignature, ValueError):
            numbers.append(int(CLOCK_SIGNER.unsign(token)))
    return HttpResponse("\n".join(clock(view) for view in views_by_id(numbers)))


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html", {"notes": list(NOTES.values())})


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@public
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html")


@public
@csrf_exempt  # somebody else can at most change the language, and a page without a form needs no cookie
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the choice on this device and go back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response: HttpResponse = HttpResponseRedirect(back)  # not ``redirect``: a word would be taken for a view's name
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=LANGUAGE_SECONDS,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@requires("system.watch")
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The living style page: every component, in every state, with made-up content."""
    return render(request, "desk/components.html", samples())


def samples() -> dict[str, object]:
    due = moment.now() + timedelta(days=1)
    clocks: list[tuple[ClockState, str, int]] = [
        ("on", _("Còn 5 giờ 20 phút"), 33),
        ("soon", _("Còn 40 phút"), 83),
        ("late", _("Trễ 1 ngày 2 giờ"), 100),
        ("paused", _("Tạm dừng, giữ lại 6 giờ"), 50),
        ("done", _("Xong sớm 50 phút"), 90),
    ]
    return {
        "clocks": [ClockView(state, words, due, used=used, started_at=due) for state, words, used in clocks],
        "pills": [
            Pill(_("Mới gửi"), "neutral", "send"),
            Pill(_("Đang xử lý"), "info", "tool"),
            Pill(_("Cần bạn bổ sung"), "paused", "file-alert"),
            Pill(_("Chờ nộp lệ phí"), "warn", "coin"),
            Pill(_("Đã xử lý xong"), "ok", "circle-check"),
            Pill(_("Không thuộc phạm vi"), "bad", "ban"),
        ],
        "rows": [
            {"title": _("Đang chuẩn bị vật tư"), "line": when(due), "mark": "now"},
            {"title": _("Dời hẹn"), "line": when(due), "mark": "late"},
            {"title": _("Đã nhận phản ánh"), "line": when(due), "mark": "done"},
            {"title": _("Trả kết quả"), "line": _("Trung tâm Phục vụ hành chính công"), "mark": "next"},
        ],
        "tones": ["info", "warn", "bad", "ok", "paused"],
        "note": _("Tính theo giờ làm việc. Không tính thứ Bảy, Chủ nhật và ngày lễ."),
        "fresh": SampleForm(),
        "form": SampleForm({"phone": "0900 000 123", "identity": "06800000012"}),
    }
