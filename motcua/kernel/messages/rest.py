"""The outbox, for programs that watch over it (how messages fare, never what they say); texts; one's own notices."""

from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema, Status

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.messages.actions import (
    hold_message,
    mark_notices_read,
    reset_template,
    retry_message,
    retry_parked,
    save_template,
)
from motcua.kernel.messages.queries import (
    OutboxFilter,
    TemplateRow,
    Wording,
    count_unread,
    list_notices,
    list_templates,
    outbox,
    outbox_counts,
    read_key,
    template_row,
)
from motcua.lib.wire import Code, Id, Words

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


@router.post("/outbox/{message_id}/hold", response={204: None})
@requires("system.watch")
def hold_outbox_message(request: Request, message_id: Id) -> Status[None]:
    """Stop a message that has not gone yet."""
    hold_message(message_id, actor=request.actor)
    return Status(204, None)


@router.post("/outbox/{message_id}/retry", response={204: None})
@requires("system.watch")
def retry_outbox_message(request: Request, message_id: Id) -> Status[None]:
    """Send a message that was held, parked or failed, from the first attempt on."""
    retry_message(message_id, actor=request.actor)
    return Status(204, None)


class RetriedOut(Schema):
    retried: int


@router.post("/outbox/retry", response=RetriedOut)
@requires("system.watch")
def retry_all_parked(request: Request) -> RetriedOut:
    """Send every parked message again, after the outside was mended; 1,000 at a time."""
    return RetriedOut(retried=retry_parked(actor=request.actor))


# ── Notices ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class NoticeOut(Schema):
    id: int
    case_id: int | None
    text: str
    url: str
    created_at: datetime
    is_read: bool


class NoticesOut(Schema):
    unread: int  # up to 100: "more than 99"
    items: list[NoticeOut]
    next: int | None


@router.get("/notices", response=NoticesOut)
@requires("desk.enter")
def notices(request: Request, before: Id | None = None) -> NoticesOut:
    """Your own as an official, newest first. A machine has none."""
    rows, following = list_notices(request.actor, before=before)
    return NoticesOut(
        unread=count_unread(request.actor),
        items=[NoticeOut.model_validate(row, from_attributes=True) for row in rows],
        next=following,
    )


class ReadOut(Schema):
    read: int  # how many were unread until now


@router.post("/notices/read", response=ReadOut)
@requires("desk.enter")
def read_notices(request: Request) -> ReadOut:
    """You have read all of yours."""
    return ReadOut(read=mark_notices_read(actor=request.actor))


@router.post("/notices/{notice_id}/read", response=ReadOut)
@requires("desk.enter")
def read_notice(request: Request, notice_id: Id) -> ReadOut:
    """You have read this one of yours; another's stays as it is."""
    return ReadOut(read=mark_notices_read(actor=request.actor, notice_id=notice_id))


# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TEXT = "/message-templates/{event}/{audience}/{channel}/{language}"


class TemplateOut(Schema):
    """``version`` goes back with a change; 0 is the text that came with the event. ``variables``: what may stand in
    braces."""

    event: str
    title: str
    audience: str
    channel: str
    language: str
    subject: str  # of an e-mail
    body: str
    is_active: bool
    is_own: bool  # the city's, not the default
    version: int
    variables: list[str]

    @classmethod
    def of(cls, row: TemplateRow) -> "TemplateOut":
        return cls(
            event=row.key.event,
            title=str(row.plan.title),
            audience=row.key.audience,
            channel=row.key.channel,
            language=row.key.language,
            subject=row.wording.subject,
            body=row.wording.body,
            is_active=row.is_active,
            is_own=row.is_own,
            version=row.version,
            variables=list(row.plan.variables),
        )


@router.get("/message-templates", response=list[TemplateOut])
@requires("template.manage")
def templates(request: Request) -> list[TemplateOut]:
    """Every text that is sent, by event."""
    return [TemplateOut.of(row) for _plan, rows in list_templates() for row in rows]


@router.get(TEXT, response=TemplateOut)
@requires("template.manage")
def template(request: Request, event: Code, audience: Code, channel: Code, language: Code) -> TemplateOut:
    """One text; an empty one may still be written."""
    return TemplateOut.of(template_row(read_key(event, audience, channel, language)))


class TemplateIn(Schema):
    subject: Words = ""
    body: Words
    is_active: bool = True
    version: int  # the one that was read


@router.put(TEXT, response=TemplateOut)
@requires("template.manage")
def change_template(
    request: Request, event: Code, audience: Code, channel: Code, language: Code, body: TemplateIn
) -> TemplateOut:
    """Puts your own text in force. 409 ``stale`` when somebody else saved it meanwhile."""
    key = read_key(event, audience, channel, language)
    wording = Wording(body.subject, body.body)
    save_template(key, wording, actor=request.actor, is_active=body.is_active, version=body.version)
    return TemplateOut.of(template_row(key))


@router.delete(TEXT, response={204: None})
@requires("template.manage")
def default_template(request: Request, event: Code, audience: Code, channel: Code, language: Code) -> Status[None]:
    """Back to the text that came with the event."""
    reset_template(read_key(event, audience, channel, language), actor=request.actor)
    return Status(204, None)
