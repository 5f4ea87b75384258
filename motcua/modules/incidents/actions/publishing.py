"""What strangers see of a report, in one place.

``Case.published_at`` says since when they may read it: once it was received, unless its category is one that is never
published, or an official hid it (``Incident.hidden_at``). Its words go out as the machine masked them, until somebody
chose better ones. Photos go out only when somebody looked at them and chose which: ``Incident.moderated_at``. Whichever
move receives a report asks for that choice while it is open; one that is made without looking (many at once, a program
that names none) leaves it open. Photos of the result are the leader's to publish, with the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import said
from motcua.kernel.cases.actions.opening import searched_words
from motcua.kernel.cases.actions.people import publish_files, withdraw_files
from motcua.kernel.cases.kind import FileRole, PartyRole
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.events.queries import histories
from motcua.kernel.identity.queries import opened
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.redaction import contacts_in, name_in, redact
from motcua.lib.vietnamese import nfc
from motcua.modules.incidents.actions.submitting import subject_of
from motcua.modules.incidents.models import Incident

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


def publish(case: Case) -> bool:
    """Let strangers read the locked case, if they may; the caller saves it. Whether they may. What a leader approved
    for its person alone stays theirs."""
    category = rules().categories.get(case.category_id) if case.category_id else None
    hidden_at, resolved_at = Incident.objects.values_list("hidden_at", "resolved_at").get(pk=case.id)
    if (category is None or category.is_public) and hidden_at is None and case.published_at is None:
        case.published_at = moment.now()
        if resolved_at is not None and _was_answered(case):
            withdraw_files(case.id, [FileRole.AFTER, FileRole.DOCUMENT])
    return case.published_at is not None


def _was_answered(case: Case) -> bool:
    """Whether the last result went to the person alone."""
    results = histories([case.id], ["incident.published", "incident.answered"]).get(case.id, [])
    return bool(results) and results[-1].name == "incident.answered"


def moderate(case: Case, *, public_text: str | None, public_file_ids: Sequence[int] | None) -> None:
    """What somebody who looked chose for strangers: the words (None: as they are), and the photos (None: they chose
    none yet, and the choice stays open). Once the photos were chosen, nothing changes here any more."""
    incident = Incident.objects.get(pk=case.id)
    if incident.moderated_at is not None:
        return
    if public_text is not None:
        incident.public_text = redact(nfc(public_text).strip())
        # What was taken out is gone from the heading and from the search as well.
        category = rules().categories.get(case.category_id) if case.category_id else None
        case.subject = subject_of(incident.public_text, category.name if category else _("Phản ánh"))
        case.folded = searched_words(case, incident.public_text)
    if public_file_ids is not None:
        incident.moderated_at = moment.now()
        publish_files(case.id, [FileRole.BEFORE], only=public_file_ids)
    incident.save(update_fields=["moderated_at", "public_text"])


def said_in_public(case: Case, text: str, field: str, empty: str, most: int = 2000) -> str:
    """``said`` by an official where everybody reads it. Refused("invalid") when it says how to reach a person of the
    case, or the whole name of whoever reported: striking it out would spoil an answer that the person reads as well.
    Neither a part of a name nor the name of whoever joined refuses anything: it may be any word of an answer."""
    words = said(text, field, empty, most)
    hides_name, written = Incident.objects.values_list("hides_name", "text").get(pk=case.id)
    found = [_contact_in(words, contact) for contact in contacts_in(written)]  # of whoever left no card
    for party in parties(case.id):
        if party.person is None:
            continue
        card = opened(party.person)
        found += [_number_in(words, card.phone), _contact_in(words, card.email) if card.email else ""]
        if party.role == PartyRole.MERGED or (party.role == PartyRole.REPORTER and hides_name):
            found.append(name_in(words, card.name))
    if any(found):
        shown = ", ".join(f"“{one}”" for one in dict.fromkeys(filter(None, found)))
        told = _("Mọi người đọc được dòng này, mà %(found)s là tên, số hoặc thư của người dân. Bỏ ra rồi gửi lại.")
        told %= {"found": shown}
        raise Refused("invalid", told, fields={field: told})
    return words


def _contact_in(words: str, contact: str) -> str:
    """``contact``, an address or a number, as it stands in ``words``; else an empty text."""
    if not re.search(r"[^\W\d_]", contact):
        number = re.sub(r"\D", "", contact)
        return _number_in(words, number) if len(number) >= 9 else ""  # a shorter one is a service's: 1900 1006
    found = re.search(re.escape(contact), words, re.IGNORECASE)
    return found[0] if found else ""


def _number_in(words: str, number: str) -> str:
    """However the country, the zero and the gaps are written."""
    end = re.sub(r"\D", "", number)[-9:]
    digits = list(re.finditer(r"\d", words))
    place = "".join(digit[0] for digit in digits).find(end)
    if not end or place < 0:
        return ""
    before = re.search(r"\+?[\d ]*$", words[: digits[place].start()])
    return words[before.start() if before else 0 : digits[place + len(end) - 1].end()].strip()
