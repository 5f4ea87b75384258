"""One report in a list of reports. Drawn in Python: thirty of them out of a template were half of the page's time."""

from collections.abc import Iterable
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.kernel.web.templatetags.motcua import ago, clock, icon, pill
from motcua.modules.incidents.queries.public import PublicRow

SEEN_AT_ONCE = 4  # the pictures further down wait until somebody scrolls to them


def card(row: PublicRow, *, is_far: bool = False) -> SafeString:
    if row.photo:
        later = ' loading="lazy"' if is_far else ""
        picture = f'<img src="{reverse("file", args=[row.photo, "nho"])}" alt="" width="92" height="92"{later}>'
    else:
        picture = f'<span class="ph">{icon(row.icon)}</span>'
    where = " · ".join(filter(None, (row.category, row.area)))
    told = _("Gửi %(when)s.") % {"when": ago(row.opened_at)}
    if row.joined:
        others = ngettext("%(n)s người cũng gặp.", "%(n)s người cũng gặp.", row.joined)
        told += " " + others % {"n": row.joined}
    return mark_safe(  # noqa: S308  every part that people wrote is escaped
        f'<article class="near case-card">{picture}<div><a class="t" href="{escape(row.url)}">{escape(row.subject)}</a>'
        f'<p class="small muted">{escape(where)}</p><p class="small muted">{escape(told)}</p>'
        f'<div class="row-x wrap mt-1">{pill(row.state)}{clock(row.clock) if row.state.is_open else ""}</div>'
        "</div></article>"
    )


def card_list(rows: Iterable[PublicRow]) -> SafeString:
    drawn = (f"<li>{card(row, is_far=number >= SEEN_AT_ONCE)}</li>" for number, row in enumerate(rows))
    return mark_safe("".join(drawn))  # noqa: S308  cards
