"""Notices of one account. Nobody reads another's."""

from dataclasses import dataclass
from datetime import datetime

from motcua.kernel.identity.kind import Actor
from motcua.kernel.messages.models import Notice, Preference
from motcua.kernel.statements.queries import prepared

PAGE = 50


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: int
    case_id: int | None
    text: str
    url: str
    created_at: datetime
    is_read: bool


def own_account(actor: Actor) -> int:
    """Whose notices these are; 0 for machines, whose numbers are their keys', and for nobody."""
    return actor.id or 0 if actor.kind in ("officer", "person") else 0


def count_unread(actor: Actor) -> int:
    """Counted up to 100: the side bar says "99+"."""
    account_id = own_account(actor)
    if not account_id:
        return 0
    with prepared() as cursor:  # every page of the desk asks: the ORM costs four times as much
        cursor.execute(
            "SELECT count(*) FROM"
            " (SELECT FROM messages_notice WHERE account_id = %s AND read_at IS NULL LIMIT 100) AS few",
            [account_id],
        )
        return int(cursor.fetchone()[0])


def list_notices(actor: Actor, *, before: int | None = None) -> tuple[list[NoticeRow], int | None]:
    """Newest first, and where the next page begins."""
    found = Notice.objects.filter(account_id=own_account(actor))
    if before is not None:
        found = found.filter(pk__lt=before)
    notices = list(found.order_by("-id")[: PAGE + 1])
    rows = [
        NoticeRow(notice.pk, notice.case_id, notice.text, notice.url, notice.created_at, notice.read_at is not None)
        for notice in notices[:PAGE]
    ]
    return rows, rows[-1].id if len(notices) > PAGE else None


def wants_everything(recipient: str) -> bool:
    """Whether ``recipient`` wants to be told more than what they wait for; who never said so does."""
    return not Preference.objects.filter(recipient=recipient).exclude(wants="all").exists()
