"""The outbox, for programs that watch over it: how messages fare, never what they say."""

from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.messages.queries import OutboxFilter, outbox, outbox_counts
from motcua.lib.wire import Id

router = Router(tags=["operation"])


class MessageOut(Schema):
    id: int
    event: str
    case_id: int | None
    recipient: str
    channel: str
    address: str  # masked
    state: str
    is_parked: bool
    attempts: int
    retry_at: datetime | None
    provider: str
    error: str
    created_at: datetime
    updated_at: datetime


class OutboxOut(Schema):
    counts: dict[str, int]
    items: list[MessageOut]
    next: int | None


class OutboxQuery(Schema):
    group: Literal["", "waiting", "parked", "failed", "held", "done"] = ""
    channel: Literal["", "email", "sms"] = ""
    case_id: Id | None = None
    before: Id | None = None


@router.get("/outbox", response=OutboxOut)
@requires("system.watch")
def show_outbox(request: Request, wanted: Query[OutboxQuery]) -> OutboxOut:
    """Messages, newest first."""
    page = outbox(request.actor, OutboxFilter(**wanted.model_dump()))
    return OutboxOut(
        counts=outbox_counts(request.actor),
        items=[MessageOut.model_validate(row, from_attributes=True) for row in page.rows],
        next=page.next_before,
    )
