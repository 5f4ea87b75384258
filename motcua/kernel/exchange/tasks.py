"""What the worker does for the exchange: tells partners what is due, and puts open cases in line."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from motcua.kernel.exchange.actions import filling, importing
from motcua.kernel.exchange.actions.sending import (
    Claimed,
    claim,
    hurry,
    keep_code,
    note_answers,
    note_lost,
    note_partner,
    release,
)
from motcua.kernel.exchange.kind import ParcelKind
from motcua.kernel.exchange.ports import Answer, Letter, configured_partners
from motcua.kernel.exchange.queries.bodies import opened_body
from motcua.kernel.exchange.queries.lanes import dossier_in_line, file_link, references
from motcua.kernel.files.queries import content_of
from motcua.lib.circuit import FAILURES_TO_OPEN, Circuit
from motcua.lib.errors import ConnectorError

if TYPE_CHECKING:
    from motcua.kernel.exchange.ports import Partner

log = logging.getLogger(__name__)
TURN = 5.0  # seconds; other jobs wait meanwhile
_PERSONAL = re.compile(r"[^\s<>,;]+@[^\s<>,;]+|\+?\d[\d .]{7,}\d")
CIRCUITS: dict[str, Circuit] = {}


def send_due(seconds: float = TURN, tell: Callable[[int], object] | None = None) -> int:
    """Tell every partner what is due, in turns, until nothing is or the time is over. Returns how many were tried."""
    until, tried, is_any = monotonic() + seconds, 0, True
    while is_any and monotonic() < until:
        is_any = False
        for partner in configured_partners():
            count = _send(partner)
            is_any, tried = is_any or count > 0, tried + count
            if tell is not None and count:
                tell(count)
    return tried


def _send(partner: Partner) -> int:
    """One request. No transaction is open while the partner is asked."""
    circuit = CIRCUITS.setdefault(partner.name, Circuit())
    if circuit.is_open():
        return 0
    claimed = claim(partner)
    if not claimed:
        return 0
    letters, unreadable = [], {}
    try:
        for one in claimed:
            try:
                letters.append(_letter(partner, one))
            except ValueError:  # sealed under a key that is gone, or written by another version
                words = _("Không mở được nội dung chờ gửi. Bấm “Gửi lại” để đọc hồ sơ từ đầu.")
                number = str(one.parcel.pk)
                unreadable[number] = Answer(number, False, error=words, is_permanent=True)
    except ConnectorError as error:  # it gave no code: nothing was told yet
        release(claimed)
        _failed(partner, circuit, error)
        return len(claimed)
    try:
        answers = partner.tell(letters) if letters else ()
    except ConnectorError as error:
        note_lost(claimed, plain(error))
        _failed(partner, circuit, error)
        return len(claimed)
    note_answers(claimed, unreadable | {answer.letter_id: answer for answer in answers})
    if not letters:
        return len(claimed)
    was_away = circuit.failures >= FAILURES_TO_OPEN
    circuit.worked()
    note_partner(partner.name)
    if was_away:
        hurry(partner.name)
    return len(claimed)


def _failed(partner: Partner, circuit: Circuit, error: ConnectorError) -> None:
    circuit.failed()
    note_partner(partner.name, plain(error))
    log.warning("%s could not be told: %s", partner.name, plain(error))


def _letter(partner: Partner, one: Claimed) -> Letter:
    lane, parcel = one.lane, one.parcel
    if not lane.their_code:
        lane.their_code = partner.code_for(dossier_in_line(lane.pk))
        keep_code(lane.pk, lane.their_code)
    is_file_told = ParcelKind.FILE in partner.takes
    return Letter(
        id=str(parcel.pk),
        code=lane.their_code,
        kind=ParcelKind(parcel.kind),
        body=opened_body(parcel.kind, parcel.body_sealed),
        is_known=lane.is_known,
        is_repeat=one.is_repeat,
        references=references(lane.pk) if is_file_told and parcel.kind != ParcelKind.FILE else {},
        link=partial(file_link, partner.name),
        content=content_of,
    )


def plain(error: ConnectorError) -> str:
    """What the outside said, without the addresses and numbers that it likes to repeat."""
    return _PERSONAL.sub("•••", str(error))


def fill_open() -> int:
    return filling.fill_open()


def forget_old() -> int:
    return importing.forget_unread()
