"""Administration of procedures: list, versions, editing as a file, trying out, comparing, publishing, ending."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.procedures.actions import discard_draft, end_procedure, publish_draft, save_draft, verify_part
from motcua.kernel.procedures.forms import EndForm, SourceForm, VerifyForm
from motcua.kernel.procedures.kind import PARTS
from motcua.kernel.procedures.queries import desk
from motcua.kernel.procedures.queries.national import ROW_PARTS
from motcua.kernel.procedures.queries.page import page
from motcua.lib.errors import Refused

LONGEST_WORDS = 120
ONLY_WORDS = {
    "own": gettext_lazy("Của địa phương"),
    "unsure": gettext_lazy("Cần kiểm chứng"),
    "draft": gettext_lazy("Đang soạn"),
    "national": gettext_lazy("Danh mục quốc gia"),
    "ended": gettext_lazy("Hết hiệu lực"),
}
NEW = """\
code = "1.000000.000.00.00.H00"
name = ""
name_en = ""
field = ""
level = "commune"
online = "info"
who = ["citizen"]
summary = ""
summary_en = ""
steps = \"\"\"
\"\"\"
steps_en = \"\"\"
\"\"\"
keywords = []
basis = [{ number = "", name = "" }]
valid_from = 2026-01-01
results = [{ code = "KQ.", name = "", name_en = "" }]

[[ways]]
way = "counter"
time = "3 ngày làm việc"

[[cases]]

[[cases.papers]]
code = "GT."
name = ""
name_en = ""
originals = 1
"""


@requires("procedure.manage")
@never_cache
@require_safe
def admin_procedures(request: Request) -> HttpResponse:
    only = request.GET.get("loai", "own")
    only = only if only in ONLY_WORDS else "own"
    words = request.GET.get("tim", "").replace("\x00", "").strip()[:LONGEST_WORDS]
    after = request.GET.get("sau", "")[:40]
    listed = desk.list_procedures(request.actor, words=words, only=only, after=after.replace("\x00", ""))
    context = {
        "listed": listed,
        "words": words,
        "only": only,
        "choices": ONLY_WORDS.items(),
        "unsure": desk.count_unsure(request.actor),
        "imported": desk.import_state(request.actor),
    }
    return render(request, "procedures/desk/list.html", context)


@requires("procedure.manage")
@never_cache
@require_safe
def admin_procedure(request: Request, code: str) -> HttpResponse:
    return _history_page(request, desk.get_history(request.actor, code))


def _history_page(request: Request, history: desk.History, wrong: VerifyForm | None = None) -> HttpResponse:
    doubts = desk.doubts_of(history)
    context = {
        "history": history,
        "source": desk.text_of(history.newest),
        "doubts": doubts,
        "doubted": [
            (doubt, PARTS[doubt.part], wrong if wrong and wrong.data.get("part") == doubt.part else _verify_form(doubt))
            for doubt in doubts.each
        ],
        "checked": [(check, [PARTS[part] for part in check.parts]) for check in doubts.checked],
    }
    return render(request, "procedures/desk/history.html", context, status=422 if wrong else 200)


def _verify_form(doubt: desk.Doubt) -> VerifyForm:
    return VerifyForm(initial={"part": doubt.part}, auto_id=f"id_{doubt.part}_%s")


@requires("procedure.manage")
@require_POST
def verify(request: Request, code: str) -> HttpResponse:
    """Somebody compared one part with what was published."""
    form = VerifyForm(request.POST, auto_id=f"id_{request.POST.get('part', '')[:20]}_%s")
    if not form.is_valid():
        return _history_page(request, desk.get_history(request.actor, code), form)
    verify_part(code, form.cleaned_data["part"], actor=request.actor, source=form.cleaned_data["source"])
    messages.success(request, _("Đã ghi kiểm chứng."))
    return redirect("admin_procedure", code)


@requires("procedure.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def new_procedure(request: Request) -> HttpResponse:
    return _edit(request, None)


@requires("procedure.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def edit_procedure(request: Request, code: str) -> HttpResponse:
    return _edit(request, desk.get_history(request.actor, code))


def _edit(request: Request, history: desk.History | None) -> HttpResponse:
    code = history.procedure.code if history else ""
    if request.method != "POST":
        draft = history.draft if history else None
        text = desk.text_of(history.newest) if history else NEW
        return _editor(request, history, SourceForm(initial={"text": text, "lock": draft.lock if draft else 0}))
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _editor(request, history, form)
    text = form.cleaned_data["text"].replace("\r\n", "\n")
    try:
        draft = save_draft(text, actor=request.actor, code=code, lock=form.cleaned_data["lock"])
    except Refused as refused:
        if refused.code not in ("invalid", "stale"):
            raise
        form.add_error("text", refused.message.split("\n"))
        return _editor(request, history, form)
    messages.success(request, _("Đã lưu bản soạn. Chưa ai thấy cho đến khi bạn công bố."))
    return redirect("admin_procedure", draft.procedure.code)


def _editor(request: Request, history: desk.History | None, form: SourceForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "procedures/desk/edit.html", {"history": history, "form": form}, status=status)


@requires("procedure.manage")
@never_cache
@require_safe
def preview_procedure(request: Request, code: str) -> HttpResponse:
    """The page as people would see it."""
    history = desk.get_history(request.actor, code)
    shown = page(desk.preview_of(history.newest), request.actor)
    wanted = request.GET.get("truong-hop", "")
    case = next((case for case in shown.cases if case.key == wanted), next(iter(shown.cases), None))
    context = {"page": shown, "case": case, "body": shown.body, "is_preview": history.draft is not None}
    return render(request, "procedures/portal/procedure.html", context)


@requires("procedure.manage")
@never_cache
@require_safe
def compare_procedure(request: Request, code: str) -> HttpResponse:
    """``?tu=1&den=2``; without them the newest with the one before it."""
    history = desk.get_history(request.actor, code)
    numbers = [version.number for version in history.versions]
    first = _number(request.GET.get("tu"), numbers[min(1, len(numbers) - 1)])
    second = _number(request.GET.get("den"), numbers[0])
    context = {
        "history": history,
        "numbers": numbers,
        "first": first,
        "second": second,
        "lines": desk.difference(history, first, second),
    }
    return render(request, "procedures/desk/compare.html", context)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


@requires("procedure.manage")
@require_POST
def publish_procedure(request: Request, code: str) -> HttpResponse:
    lock = request.POST.get("lock", "")
    draft = publish_draft(code, actor=request.actor, lock=int(lock) if lock.isdecimal() and len(lock) < 10 else -1)
    messages.success(request, _("Đã công bố. Áp dụng từ {day}.").format(day=f"{draft.valid_from:%d/%m/%Y}"))
    return redirect("admin_procedure", code)


@requires("procedure.manage")
@require_POST
def discard_procedure(request: Request, code: str) -> HttpResponse:
    discard_draft(code, actor=request.actor)
    messages.success(request, _("Đã bỏ bản soạn."))
    return redirect("admin_procedures")


@requires("procedure.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def end(request: Request, code: str) -> HttpResponse:
    history = desk.get_history(request.actor, code)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_procedure(code, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            if refused.code != "invalid":
                raise
            for field, words in refused.fields.items():
                form.add_error(field if field in form.fields else None, words)
        else:
            messages.success(request, _("Đã ghi ngày hết hiệu lực."))
            return redirect("admin_procedure", code)
    status = 422 if form.is_bound else 200
    return render(request, "procedures/desk/end.html", {"history": history, "form": form}, status=status)


@requires("procedure.manage")
@never_cache
@require_safe
def import_problems(request: Request) -> HttpResponse:
    """What the last import kept as it was written."""
    state = desk.import_state(request.actor)
    part = request.GET.get("phan", "")
    problems = [row for row in state.problems if not part or row["part"] == part] if state else []
    parts = list(dict.fromkeys(row["part"] for row in state.problems)) if state else []
    number = max(1, _number(request.GET.get("trang"), 1))
    size = 100
    context = {
        "state": state,
        "part": part,
        "parts": [(name, _part_label(name)) for name in parts],
        "parsed": [(_part_label(name), *counts) for name, counts in state.parsed.items()] if state else [],
        "problems": [(row, _part_label(row["part"])) for row in problems[(number - 1) * size : number * size]],
        "count": len(problems),
        "newer_url": f"?phan={part}&trang={number - 1}" if number > 1 and part in ("", *parts) else "",
        "older_url": f"?phan={part}&trang={number + 1}" if number * size < len(problems) else "",
    }
    return render(request, "procedures/desk/imported.html", context)


def _part_label(name: str) -> str:
    """A place that the rules of a procedure found wrong has no label of its own and is named as it is."""
    return str(ROW_PARTS.get(name, name))
