"""Planning messages from events, their fate on the way, and the texts and wishes they follow."""

from motcua.kernel.messages.actions.notices import mark_notices_read, set_preference
from motcua.kernel.messages.actions.planning import plan_messages, queue_code, queue_consent_code, queue_letter
from motcua.kernel.messages.actions.sending import (
    Claimed,
    claim_message,
    forget_messages,
    hold_message,
    note_failure,
    note_receipts,
    note_sent,
    retry_message,
    retry_parked,
)
from motcua.kernel.messages.actions.texts import reset_template, save_template

__all__ = [
    "Claimed",
    "claim_message",
    "forget_messages",
    "hold_message",
    "mark_notices_read",
    "note_failure",
    "note_receipts",
    "note_sent",
    "plan_messages",
    "queue_code",
    "queue_consent_code",
    "queue_letter",
    "reset_template",
    "retry_message",
    "retry_parked",
    "save_template",
    "set_preference",
]
