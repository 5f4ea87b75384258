"""What the worker does for messages: hand over what is due, forget what is old."""

import logging
import re
from time import monotonic

from motcua.kernel.messages.actions import Claimed, claim_message, forget_messages, note_failure, note_sent
from motcua.kernel.messages.actions.sending import expire_messages
from motcua.kernel.messages.kind import CHANNELS
from motcua.kernel.messages.ports import Sender, TemporarilyUnreachableError, senders_of
from motcua.lib.circuit import Circuit
from motcua.lib.errors import ConnectorError

log = logging.getLogger(__name__)
_PERSONAL = re.compile(r"[^\s<>,;]+@[^\s<>,;]+|\+?\d[\d .-]{6,}\d")
TURN = 5.0  # seconds; the readers wait meanwhile


CIRCUITS: dict[str, Circuit] = {}


def send_due(seconds: float = TURN) -> int:
    """Hand over messages until none is due or the turn is over; returns how many were tried."""
    until = monotonic() + seconds
    expire_messages()
    tried = 0
    while monotonic() < until:
        ready = {channel: _ready(channel) for channel in CHANNELS}
        claimed = claim_message([channel for channel, senders in ready.items() if senders])
        if claimed is None:
            break
        _hand_over(claimed, ready[claimed.message.channel])
        tried += 1
    return tried


def _ready(channel: str) -> list[Sender]:
    return [sender for sender in senders_of(channel) if not CIRCUITS.setdefault(sender.name, Circuit()).is_open()]


def _hand_over(claimed: Claimed, senders: list[Sender]) -> None:
    """Try one sender after the other. No transaction is open while the outside is asked."""
    error = ""
    for sender in senders:
        circuit = CIRCUITS[sender.name]
        try:
            sent = sender.send(claimed.message)
        except TemporarilyUnreachableError as reason:  # it is the recipient's side: another sender would not help
            circuit.worked()
            note_failure(claimed.message.id, state="temporary_failure", provider=sender.name, error=_words(reason))
            return
        except ConnectorError as reason:
            if reason.permanent:
                circuit.worked()
                note_failure(claimed.message.id, state="permanent_failure", provider=sender.name, error=_words(reason))
                return
            circuit.failed()
            error = _words(reason)
            log.warning("%s could not take message %d: %s", sender.name, claimed.message.id, error)
        else:
            circuit.worked()
            note_sent(claimed.message.id, provider=sender.name, sent=sent)
            return
    note_failure(claimed.message.id, state="technical_failure", provider=senders[-1].name, error=error)


def _words(reason: ConnectorError) -> str:
    """What the outside said, without the addresses and numbers that it likes to repeat."""
    return _PERSONAL.sub("•••", str(reason))


def forget_old() -> int:
    return forget_messages()
