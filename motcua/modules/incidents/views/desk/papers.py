"""Papers that a report makes."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from motcua.kernel.cases.kind import FileRole
from motcua.kernel.events.queries import histories
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.printing import pdf
from motcua.lib.worktime import moment_words
from motcua.modules.incidents.queries.desk import desk_page

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "incidents" / "print"


@requires("desk.enter")
@require_safe
def visit_record(request: Request, case_id: int) -> HttpResponse:
    """The on-the-spot record (biên bản kiểm tra tại chỗ) as a PDF in the layout of NĐ 30/2020; in Vietnamese."""
    page = desk_page(case_id, actor=request.actor)
    if page.incident.visited_at is None:
        raise Refused("wrong_state", _("Chưa ghi kiểm tra tại chỗ nên chưa có biên bản."))
    # The last one, as its time and words are. Whoever was there signs, for the unit that it was then.
    visit = next(row for row in page.rows if row.name == "incident.visited")
    was = histories([page.case.id], [visit.name])[page.case.id][-1].data
    unit = org.tree().unit(was.get("unit_id", page.case.unit_id))
    parents = org.tree().ancestors(unit.id)
    with override("vi"):
        visited, now = timezone.localtime(page.incident.visited_at), timezone.localtime(moment.now())
        data = {
            "code": page.case.code,
            "unit": unit.name,
            "parent": parents[0].name if parents else "",
            "place": page.shown.area or unit.short_name,
            "date": f"ngày {visited.day:02d} tháng {_two(visited.month)} năm {visited.year}",
            "visited": moment_words(visited),
            "address": ", ".join(part for part in (page.case.address, page.shown.area) if part),
            "officer": visit.actor,
            "opened": moment_words(timezone.localtime(page.case.opened_at)),
            "text": page.incident.public_text or "(chỉ có ảnh)",
            "note": page.incident.visit_note,
            "due": moment_words(timezone.localtime(page.shown.promise.due_at)) if page.shown.promise else "–",
            "photos": [use.file.name for use in page.shown.files[FileRole.VISIT] if use.event_id == visit.event_id],
            "printed": moment_words(now),
        }
    response = HttpResponse(
        pdf(TEMPLATES / "visit.typ", data, fonts=settings.PRINT_FONTS), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="bien-ban-{page.case.code}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _two(month: int) -> str:
    """Months 1 and 2 are written with a zero (NĐ 30/2020)."""
    return f"{month:02d}" if month < 3 else str(month)
