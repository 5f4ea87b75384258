"""Reports as the house's own pages find them: by the codes kept on a device, and by words."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from motcua.kernel.web.kind import Found, Pill
from motcua.kernel.web.templatetags.motcua import when
from motcua.modules.incidents.queries.public import PublicFilter, PublicRow, public_list, rows_by_code

MOST_FOUND = 10


def by_code(codes: Sequence[str], request: HttpRequest) -> list[Found]:
    """Published ones, and those whose private link is on this device."""
    return [_found(row) for row in rows_by_code([code.upper() for code in codes], actor=request.actor)]  # type: ignore[attr-defined]


def by_words(words: str, request: HttpRequest) -> list[Found]:
    return [_found(row) for row in public_list(PublicFilter(words=words), limit=MOST_FOUND)[0]]


def all_url(words: str) -> str:
    return f"{reverse('incidents')}?{urlencode({'tim': words})}"


def _found(row: PublicRow) -> Found:
    line = row.area
    if row.closed_at is not None:
        line = _("Xong lúc %(when)s.") % {"when": when(row.closed_at)}
    elif row.clock is not None and row.clock.state == "late":
        line = _("Đã hẹn %(when)s.") % {"when": when(row.clock.due_at)}
    elif row.clock is not None:
        line = _("Hẹn xong trước %(when)s.") % {"when": when(row.clock.due_at)}
    pill = Pill(row.state.public_label, row.state.tone, row.state.icon)
    return Found(row.code, row.subject, row.url, line, pill, row.clock if row.state.is_open else None)
