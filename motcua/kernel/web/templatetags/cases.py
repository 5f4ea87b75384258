"""The rows of a list of cases. Drawn in Python: fifty of them out of a template cost more than the rest of the page."""

from collections.abc import Container, Iterable
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from motcua.kernel.web.templatetags.motcua import NO_VALUE, clock, icon, short_words
from motcua.lib import moment

if TYPE_CHECKING:
    from motcua.kernel.cases.queries.inbox import InboxRow

register = template.Library()


@register.simple_tag
def case_rows(rows: "Iterable[InboxRow]", query: str, assignable: Container[int], back: str) -> SafeString:
    """Table rows with the marks that rows.js goes by. ``query``: of the list, which the case's page keeps for J and K;
    ``assignable``: cases that can be handed to somebody from here; ``back``: where the list is."""
    choose, nobody, hand = escape(gettext("Chọn")), escape(gettext("Chưa giao")), escape(gettext("Giao"))
    in_all, overdue, now = escape(gettext("cả việc hẹn")), icon("alert-triangle", "", gettext("Trễ")), moment.now()
    flagged, hand_icon = icon("flag", "", gettext("Có cờ")), icon("user-plus")
    hand_url, hand_back = reverse("inbox_bulk", args=["assign"]), escape(urlencode({"back": back}))
    suffix = f"?{escape(query)}" if query else ""
    drawn, when = [], short_words()
    for row in rows:
        case, code, subject = row.case, escape(row.case.code), escape(row.case.subject_said)
        who = escape(row.officer_name) if row.officer_name else f'<span class="muted">{nobody}</span>'
        give = (
            f'<a class="mc-btn sm tight only-s" href="{hand_url}?case={case.id}&amp;{hand_back}">{hand_icon}{hand}'
            f'<span class="sr"> {code}</span></a>'
            if not row.officer_name and case.id in assignable
            else ""
        )
        whose = f'<span class="sub nowrap">{escape(row.initials)}</span>' if row.initials else ""
        due = f"<span>{when(row.clock.due_at) if row.clock else NO_VALUE}</span>"
        if case.due_at and row.clock and case.due_at != row.clock.due_at:  # a step's: people were promised another
            late = overdue if case.due_at <= now else ""
            due += f'<div class="sub{" is-late" if late else ""}">{late}{in_all} {when(case.due_at)}</div>'
        drawn.append(
            f'<tr data-row="{case.id}"><td class="ck"><input type="checkbox" name="case" value="{case.id}" '
            f'aria-label="{choose} {code}"></td><td>{clock(row.clock)}</td>'
            f'<td><div class="row-x o-what"><span class="muted">{icon(row.icon)}</span><a class="ell" '
            f'id="v{case.id}" href="{row.url}{suffix}" data-row-open>{subject}</a>'
            f'<span class="code sub">{code}</span>{whose}</div></td><td class="ell">{escape(row.state_label)}</td>'
            f'<td class="o-who"><div class="ell">{who}</div>'
            f'<div class="ell sub">{escape(row.unit_name)}</div>{give}</td>'
            f'<td class="nowrap num o-due">{due}</td><td>{flagged if case.flag else ""}</td></tr>'
        )
    return mark_safe("".join(drawn))  # noqa: S308  every part that people wrote is escaped
