"""The printed forms of a dossier, and the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from motcua.kernel.cases.queries.reading import get_case, not_found
from motcua.kernel.identity.actions.persons import note_access
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.kernel.org.queries import local_today
from motcua.lib.errors import Refused
from motcua.lib.printing import pdf
from motcua.modules.dossiers.kind import COUNTER, KIND, Slip
from motcua.modules.dossiers.queries.printing import REGISTER, Heading, heading, letterhead, register, sheet
from motcua.modules.dossiers.queries.reading import is_at_home, whole

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

BESIDE_QR = 4  # lines that stand beside the code
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "dossiers" / "print"


@requires("desk.enter")
@require_safe
def print_form(request: Request, case_id: int, form: str) -> HttpResponse:
    """One of Mẫu 01–06 as a PDF with a QR code that leads to the tracking page. It bears name, contact and the secret
    that opens the dossier: for those alone who may open the card."""
    case = get_case(case_id, actor=request.actor.by_post)
    if case.kind != KIND:
        raise not_found()
    if not is_at_home(whole(case), "person.reveal", request.actor):
        raise Refused("not_allowed", _("Nơi nhận hồ sơ hoặc đơn vị đang giữ hồ sơ mới in được giấy cho người nộp."))
    with override("vi"):
        called, found = sheet(form, case)
        data = {
            **letterhead(found.unit_id, found.made_at),
            **_heading(called),
            "code": case.code,
            "subtitle": "",
            "beside": BESIDE_QR,
            "lines": [list(line) for line in found.lines],
            "table": found.table,
            "columns": list(found.columns) or [1],
            "after": found.after,
            "signers": [list(signer) for signer in found.signers],
            "qr": segno.make(request.build_absolute_uri(f"/ho-so/{case.code}/"), error="m").svg_inline(
                scale=4, border=1
            ),
        }
    said = f"{case.code}: {called.title}"
    note_access(request.actor, "dossier.print", person_id=case.person_id, case_id=case.id, reason=said)
    content = pdf(TEMPLATES / "form.typ", data, fonts=settings.PRINT_FONTS)
    return _answer(content, f"mau-{form}-{case.code}.pdf")


@requires("dossier.take_in")
@require_safe
def print_register(request: Request) -> HttpResponse:
    """Mẫu 07 from one day to another: the page that asks, or the PDF."""
    first, last = _day(request.GET.get("tu", "")), _day(request.GET.get("den", ""))
    if first is None or last is None or "in" not in request.GET:
        today = local_today()
        context = {"first": first or today.replace(day=1), "last": last or today}
        return render(request, "dossiers/desk/register.html", context)
    if first > last:
        raise Refused("invalid", _("Ngày đầu phải trước ngày cuối."))
    with override("vi"):
        rows = register(first, last, actor=request.actor)
        data = {
            "unit": _counter(request.actor),
            **_heading(heading(Slip.REGISTER, last)),
            "subtitle": f"Từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}",
            "columns": list(REGISTER.values()),
            "table": rows,
        }
    note_access(request.actor, "dossier.register", reason=f"{first} – {last}")
    return _answer(pdf(TEMPLATES / "register.typ", data, fonts=settings.PRINT_FONTS), f"so-theo-doi-{first}-{last}.pdf")


def _heading(called: Heading) -> dict[str, str]:
    return {"title": called.title, "number": called.number, "basis": called.basis}


def _counter(actor: Actor) -> str:
    """Whose register it is: the counter's, where the reader has one."""
    units = {held.unit_id for held in actor.held if held.role in COUNTER}
    return org.tree().unit(min(units)).name if len(units) == 1 else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _answer(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
