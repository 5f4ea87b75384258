"""From events to messages: who is told, on which way, in which words. The reader ``messages`` runs here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from motcua.kernel.identity.actions.codes import VALID_FOR
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.kind import (
    ACCOUNT_LETTER,
    CONSENT_CODE,
    EMAIL,
    LOGIN_CODE,
    PLANS,
    SMS,
    WEB,
    MessagePlan,
    Recipient,
)
from motcua.kernel.messages.models import Message, Notice, Preference
from motcua.kernel.messages.queries import Texts, Wording
from motcua.lib import contacts, moment
from motcua.lib.sms import measure

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

# A reader that starts anew, or a history that is filled in, tells nobody what they knew long ago.
TOO_OLD = timedelta(days=2)
DEFAULT_ORDER = (EMAIL, SMS)


def plan_messages(events: Sequence["Event"]) -> None:
    """Write the messages and notices of these events, once: a second time nothing is added. Sends nothing."""
    oldest = moment.now() - TOO_OLD
    told = [
        (event, PLANS[event.name], recipient)
        for event in events
        if event.name in PLANS and event.at >= oldest
        for recipient in PLANS[event.name].recipients(event)
    ]
    if not told:
        return
    texts = Texts()
    preferences = {
        row.recipient: row for row in Preference.objects.filter(recipient__in={who.key for _, _, who in told})
    }
    messages: list[Message] = []
    notices: list[Notice] = []
    for event, plan, recipient in told:
        missing = set(plan.variables) - set(recipient.variables)
        if missing:
            raise ValueError(f"the messages of {plan.event} promise {sorted(missing)}, which {recipient.key} lacks")
        preference = preferences.get(recipient.key)
        if not _wants(plan, recipient, preference):
            continue
        if message := _message(event, plan, recipient, preference, texts):
            messages.append(message)
        if notice := _notice(event, plan, recipient, texts):
            notices.append(notice)
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _wants(plan: MessagePlan, recipient: Recipient, preference: Preference | None) -> bool:
    wishes = {recipient.wants, preference.wants if preference else "all"}
    if "none" in wishes:
        return False
    return plan.is_result or "result" not in wishes


def _message(
    event: "Event", plan: MessagePlan, recipient: Recipient, preference: Preference | None, texts: Texts
) -> Message | None:
    """On the first way that the recipient prefers, has an address for, and that has a text."""
    for channel in preference.channels if preference else DEFAULT_ORDER:
        address = _address(channel, recipient.addresses.get(channel, ""))
        wording = texts.find(plan, recipient.audience, channel, recipient.language) if address else None
        if wording is not None:
            return _sealed(
                plan,
                channel,
                recipient.key,
                recipient.language,
                address,
                wording.filled(channel, recipient.variables),
                event_id=event.pk,
                case_id=event.case_id,
            )
    return None


def _address(channel: str, address: str) -> str:
    return contacts.normal_email(address) if channel == EMAIL else contacts.normal_phone(address)


def _notice(event: "Event", plan: MessagePlan, recipient: Recipient, texts: Texts) -> Notice | None:
    if recipient.account_id is None:
        return None
    wording = texts.find(plan, recipient.audience, WEB, recipient.language)
    if wording is None:
        return None
    return Notice(
        account_id=recipient.account_id,
        case_id=event.case_id,
        event_id=event.pk,
        text=wording.filled(WEB, recipient.variables).body[:300],
        url=recipient.url,
        created_at=moment.now(),
    )


@transaction.atomic
def queue_code(channel: str, address: str, code: str, language: str) -> Message:
    """A one-time code (port ``code_sender`` of identity): goes first, at any hour, and not at all once too late."""
    return _queue_code(LOGIN_CODE, channel, address, language, {"code": code})


@transaction.atomic
def queue_consent_code(channel: str, address: str, code: str, language: str, what: str) -> Message:
    """A code that agrees to one thing (port ``consent_code_sender`` of identity)."""
    return _queue_code(CONSENT_CODE, channel, address, language, {"code": code, "what": what})


def _queue_code(name: str, channel: str, address: str, language: str, variables: dict[str, str]) -> Message:
    plan = PLANS[name]
    expires_at = moment.now() + VALID_FOR
    wording = Texts().find(plan, "person", channel, language) or _default_code_text(plan, channel)
    due = expires_at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%H:%M")
    filled = wording.filled(channel, {**variables, "due": due})
    message = _sealed(plan, channel, "code", language, address, filled, expires_at=expires_at)
    message.save(force_insert=True)
    return message


@transaction.atomic
def queue_letter(address: str, subject: str, text: str, language: str) -> Message:
    """A letter to an official about their account (port ``letter_sender`` of identity)."""
    wording = Wording(" ".join(subject.split()), text)
    message = _sealed(PLANS[ACCOUNT_LETTER], EMAIL, "account", language, address, wording)
    message.save(force_insert=True)
    return message


def _default_code_text(plan: MessagePlan, channel: str) -> Wording:
    """Switching the text off cannot lock everybody out."""
    text = next(text for text in plan.texts if text.channel == channel)
    return Wording(text.subject, text.body)


def _sealed(
    plan: MessagePlan,
    channel: str,
    recipient: str,
    language: str,
    address: str,
    wording: Wording,
    *,
    event_id: int | None = None,
    case_id: int | None = None,
    expires_at: datetime | None = None,
) -> Message:
    now = moment.now()
    return Message(
        event=plan.event,
        event_id=event_id,
        case_id=case_id,
        recipient=recipient,
        channel=channel,
        language=language,
        address_sealed=sealer().seal(address),
        content_sealed=sealer().seal(f"{wording.subject}\n{wording.body}"),
        parts=measure(wording.body).parts if channel == SMS else 0,
        is_urgent=plan.is_urgent,
        expires_at=expires_at,
        retry_at=now if plan.is_urgent or channel != SMS else after_quiet_hours(now),
        created_at=now,
        updated_at=now,
    )


def after_quiet_hours(at: datetime) -> datetime:
    """``at``, or the end of the night in which it lies. ``settings.SMS_QUIET`` is (from, to) in local time, or None."""
    if settings.SMS_QUIET is None:
        return at
    begin, end = settings.SMS_QUIET
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    now = local.time()
    is_quiet = begin <= now < end if begin < end else now >= begin or now < end
    if not is_quiet:
        return at
    ends = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)
