"""Texts, the outbox and notices, as pages and the sending need them."""

from motcua.kernel.messages.queries.notices import NoticeRow, count_unread, list_notices
from motcua.kernel.messages.queries.outbox import (
    OutboxFilter,
    OutboxPage,
    OutboxRow,
    get_preference,
    outbox,
    outbox_counts,
    parked_count,
)
from motcua.kernel.messages.queries.texts import (
    Preview,
    TemplateKey,
    TemplateRow,
    Texts,
    Wording,
    list_templates,
    preview,
    problems_of,
    read_key,
    samples,
    template_row,
)

__all__ = [
    "NoticeRow",
    "OutboxFilter",
    "OutboxPage",
    "OutboxRow",
    "Preview",
    "TemplateKey",
    "TemplateRow",
    "Texts",
    "Wording",
    "count_unread",
    "get_preference",
    "list_notices",
    "list_templates",
    "outbox",
    "outbox_counts",
    "parked_count",
    "preview",
    "problems_of",
    "read_key",
    "samples",
    "template_row",
]
