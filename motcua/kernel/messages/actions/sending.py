"""What becomes of a message on its way. Nothing here talks to the outside: ``tasks`` does, between these steps."""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require, sealer
from motcua.kernel.messages.kind import ACCOUNT_LETTER, CONSENT_CODE, LOGIN_CODE
from motcua.kernel.messages.models import Message, Notice
from motcua.kernel.messages.ports import OutboundMessage, Receipt, Sent
from motcua.kernel.messages.queries.outbox import FAILED
from motcua.lib import moment
from motcua.lib.errors import Refused

State = Message.State
# Longer than any sender waits: only a worker that died leaves a claim behind.
CLAIMED_FOR = timedelta(minutes=5)
ATTEMPTS = 10  # over some four hours; then the message is parked and shown on the outbox page
FIRST_WAIT = timedelta(seconds=30)
CODES_KEPT = timedelta(days=1)
_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Claimed:
    message: OutboundMessage
    attempts: int


@transaction.atomic
def claim_message(channels: Collection[str]) -> Claimed | None:
    """Take the next message that is due on one of ``channels``; no other worker gets it for five minutes."""
    now = moment.now()
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(retry_at__lte=now, channel__in=channels)
        .order_by("-is_urgent", "retry_at", "id")
        .first()
    )
    if message is None:
        return None
    message.attempts += 1
    message.retry_at = now + CLAIMED_FOR
    message.save(update_fields=["attempts", "retry_at"])
    subject, _newline, body = sealer().open(message.content_sealed).partition("\n")
    return Claimed(
        OutboundMessage(
            id=message.pk,
            channel=message.channel,
            to=sealer().open(message.address_sealed),
            subject=subject,
            body=body,
            language=message.language,
        ),
        message.attempts,
    )


@transaction.atomic
def expire_messages() -> int:
    """What came too late to be of use goes to nobody."""
    now = moment.now()
    return Message.objects.filter(retry_at__isnull=False, expires_at__lte=now).update(
        state=State.TECHNICAL_FAILURE, retry_at=None, error=_("Hết hạn trước khi gửi được."), updated_at=now
    )


@transaction.atomic
def note_sent(message_id: int, *, provider: str, sent: Sent) -> None:
    message = Message.objects.select_for_update().get(pk=message_id)
    message.state = sent.state
    message.provider, message.reference, message.error = provider, sent.reference[:120], ""
    message.retry_at, message.updated_at = None, moment.now()
    message.save(update_fields=["state", "provider", "reference", "error", "retry_at", "updated_at"])


@transaction.atomic
def note_failure(message_id: int, *, state: str, provider: str, error: str) -> None:
    """Did not go. Permanent: never will. Else later again, each time later; after the last attempt it is parked."""
    message = Message.objects.select_for_update().get(pk=message_id)
    message.provider = provider
    _fail(message, state, error)
    message.save(update_fields=["state", "provider", "error", "retry_at", "updated_at"])


def _fail(message: Message, state: str, error: str) -> None:
    now = moment.now()
    message.state, message.error, message.updated_at = state, error[:300], now
    wait = FIRST_WAIT * 2 ** (max(message.attempts, 1) - 1) * _chance.uniform(0.8, 1.2)
    is_last = state == State.PERMANENT_FAILURE or message.attempts >= ATTEMPTS
    message.retry_at = None if is_last else now + wait


@transaction.atomic
def note_receipts(provider: str, receipts: Iterable[Receipt]) -> int:
    """What the provider says became of messages; returns how many it knew. The same receipt again changes nothing, and
    nothing takes back that a message arrived."""
    known = 0
    for receipt in receipts:
        message = Message.objects.select_for_update().filter(provider=provider, reference=receipt.reference).first()
        if message is None or not receipt.reference:
            continue
        known += 1
        if message.state == State.DELIVERED or (receipt.state != State.DELIVERED and message.state != State.SENDING):
            continue  # a repeated or late one: a retry may be under way, a person may hold the message
        if receipt.state == State.DELIVERED:
            message.state, message.error = State.DELIVERED, ""
            message.retry_at, message.updated_at = None, moment.now()
        else:
            _fail(message, receipt.state, receipt.error)
        message.save(update_fields=["state", "error", "retry_at", "updated_at"])
    return known


# ── What operators do ───────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def retry_message(message_id: int, *, actor: Actor) -> None:
    """Start a message that was held, parked or failed again from the first attempt."""
    message = _locked(message_id, actor)
    may = message.is_parked or message.state in (State.HELD, State.PERMANENT_FAILURE)
    if not may or (message.expires_at is not None and message.expires_at <= moment.now()):
        raise Refused("stale", _("Tin này không gửi lại được nữa: đã đi, đang đi hoặc đã hết hạn."))
    _restart(message)
    record("message.retried", case_id=None, actor=actor, data={"message": message.pk, "case": message.case_id})


@transaction.atomic
def retry_parked(*, actor: Actor) -> int:
    """Start every parked message again, after the outside was mended; 1,000 at a time."""
    require(actor, "system.watch")
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=moment.now())
    parked = Message.objects.select_for_update().filter(unexpired, retry_at__isnull=True, state__in=FAILED)
    messages = list(parked.order_by("id")[:1000])
    for message in messages:
        _restart(message)
        record("message.retried", case_id=None, actor=actor, data={"message": message.pk, "case": message.case_id})
    return len(messages)


@transaction.atomic
def hold_message(message_id: int, *, actor: Actor) -> None:
    """Stop a message that has not gone yet."""
    message = _locked(message_id, actor)
    if message.retry_at is None:
        raise Refused("stale", _("Tin này đã đi hoặc đã dừng, không giữ lại được nữa."))
    message.state, message.retry_at, message.updated_at = State.HELD, None, moment.now()
    message.save(update_fields=["state", "retry_at", "updated_at"])
    record("message.held", case_id=None, actor=actor, data={"message": message.pk, "case": message.case_id})


def _locked(message_id: int, actor: Actor) -> Message:
    require(actor, "system.watch")
    message = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        raise Refused("not_found", _("Không tìm thấy tin này."))
    return message


def _restart(message: Message) -> None:
    message.state, message.attempts = State.CREATED, 0
    message.retry_at = message.updated_at = moment.now()
    message.save(update_fields=["state", "attempts", "retry_at", "updated_at"])


@transaction.atomic
def forget_messages() -> int:
    """What was said to whom is kept while one may have to answer for it; codes and letters that open accounts a day."""
    now = moment.now()
    old = now - timedelta(days=settings.MESSAGES_KEPT_DAYS)
    is_over = Q(created_at__lt=old) | Q(
        event__in=(LOGIN_CODE, CONSENT_CODE, ACCOUNT_LETTER), created_at__lt=now - CODES_KEPT
    )
    messages, _by_table = Message.objects.filter(is_over).delete()
    notices, _by_table = Notice.objects.filter(created_at__lt=old).delete()
    return messages + notices
