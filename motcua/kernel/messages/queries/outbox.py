"""Messages on their way, as operators see them: without what they say, and without whom they say it to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require, sealer
from motcua.kernel.messages.kind import EMAIL, PLANS
from motcua.kernel.messages.models import Message, Preference
from motcua.lib import contacts, moment

PAGE = 50
COUNTED_OVER = timedelta(days=7)
FAILED = (Message.State.TEMPORARY_FAILURE, Message.State.TECHNICAL_FAILURE)


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """``group``: "" all | waiting | parked | failed | held | done."""

    group: str = ""
    channel: str = ""
    case_id: int | None = None
    before: int | None = None  # id: the page after it


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: int
    event: str
    title: str
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
    parts: int
    created_at: datetime
    updated_at: datetime

    @property
    def may_retry(self) -> bool:
        return self.is_parked or self.state in (Message.State.HELD, Message.State.PERMANENT_FAILURE)

    @property
    def may_hold(self) -> bool:
        return self.retry_at is not None


@dataclass(frozen=True, slots=True)
class OutboxPage:
    rows: list[OutboxRow]
    next_before: int | None


def _in_group(group: str) -> Q:
    match group:
        case "waiting":
            return Q(retry_at__isnull=False)
        case "parked":
            return Q(retry_at__isnull=True, state__in=FAILED)
        case "failed":
            return Q(state=Message.State.PERMANENT_FAILURE)
        case "held":
            return Q(state=Message.State.HELD)
        case "done":
            return Q(state__in=(Message.State.SENDING, Message.State.SENT, Message.State.DELIVERED))
    return Q()


def _chosen(wanted: OutboxFilter) -> QuerySet[Message]:
    found = Message.objects.filter(_in_group(wanted.group))
    if wanted.channel:
        found = found.filter(channel=wanted.channel)
    if wanted.case_id is not None:
        found = found.filter(case_id=wanted.case_id)
    return found


def outbox(actor: Actor, wanted: OutboxFilter) -> OutboxPage:
    """Newest first."""
    require(actor, "system.watch")
    found = _chosen(wanted)
    if wanted.before is not None:
        found = found.filter(pk__lt=wanted.before)
    messages = list(found.order_by("-id")[: PAGE + 1])
    rows = [_row(message) for message in messages[:PAGE]]
    return OutboxPage(rows, rows[-1].id if len(messages) > PAGE else None)


def _row(message: Message) -> OutboxRow:
    plan = PLANS.get(message.event)
    address = sealer().open(message.address_sealed)
    return OutboxRow(
        id=message.pk,
        event=message.event,
        title=str(plan.title) if plan else message.event,
        case_id=message.case_id,
        recipient=message.recipient.partition(":")[0],
        channel=message.channel,
        address=contacts.masked_email(address) if message.channel == EMAIL else contacts.masked_phone(address),
        state=message.state,
        is_parked=message.is_parked,
        attempts=message.attempts,
        retry_at=message.retry_at,
        provider=message.provider,
        error=message.error,
        parts=message.parts,
        created_at=message.created_at,
        updated_at=message.updated_at,
    )


def outbox_counts(actor: Actor) -> dict[str, int]:
    """How many in each group; those that are done or gone wrong for good only of the last seven days."""
    require(actor, "system.watch")
    recent = Q(created_at__gte=moment.now() - COUNTED_OVER)
    counted = Message.objects.filter(recent | Q(retry_at__isnull=False)).aggregate(
        **{group: Count("pk", filter=_in_group(group)) for group in ("waiting", "parked", "failed", "held", "done")}
    )
    return {group: int(number) for group, number in counted.items()}


def parked_count() -> int:
    """For the side bar: what waits for a person."""
    since = moment.now() - COUNTED_OVER
    return Message.objects.filter(_in_group("parked"), created_at__gte=since).count()


def get_preference(recipient: str) -> Preference:
    """As stored, or what holds without a row."""
    return Preference.objects.filter(recipient=recipient).first() or Preference(
        recipient=recipient, channels=["email", "sms"]
    )
