"""Whom an event of a case concerns, for any kind of case: its people, its officer, and those who lead its unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext

from motcua.kernel.cases.kind import KINDS, REPORTERS, Sight
from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token, sight_of, standing, veiled_subject
from motcua.kernel.events.kind import Audience
from motcua.kernel.identity.kind import Role
from motcua.kernel.identity.queries import accounts_of_persons, active_accounts, contact_addresses, list_officers
from motcua.kernel.messages.kind import EMAIL, SMS, Recipient, Sample
from motcua.kernel.org import queries as org
from motcua.lib.redaction import redact
from motcua.lib.worktime import moment_words

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

VARIABLES: dict[str, Sample] = {
    "code": "PA-261117-0388",
    "subject": "Đèn đường tắt trước số 12",
    "unit": "Phường Mẫu",
    "due": partial(moment_words, datetime(2026, 11, 23, 14, 10)),  # noqa: DTZ001  on the reader's clock
    "reason": "Chờ vật tư",
    "result": "Đã thay bóng",
    "link": "https://motcua.example.vn/p/7.Zx3…/",
}
RECEIVING = frozenset({Role.LEADER, Role.CLERK, Role.OPERATOR})
MOST_NAMES = 20  # of those who reported are looked for in what others are told


def recipients(event: Event, *, unit_id: int | None = None) -> Iterator[Recipient]:
    """Everybody who may be told; which of them has a text for the event decides who is. Four statements at most, one
    more for each unit above that is asked for somebody of the role that a late clock names."""
    case = Case.objects.filter(pk=event.case_id).first() if event.case_id is not None else None
    if case is None:
        return
    yield from _people(case, event)
    yield from _officials(case, event, unit_id or case.unit_id)


def whose_link(event: Event) -> Iterator[Recipient]:
    """Whoever got a new private link."""
    case = Case.objects.filter(pk=event.case_id).first() if event.case_id is not None else None
    if case is not None:
        yield from _people(case, event, Party.objects.filter(pk=event.data["party_id"]))


def _people(case: Case, event: Event, chosen: QuerySet[Party] | None = None) -> Iterator[Recipient]:
    wanted = Party.objects.filter(case_id=case.id) if chosen is None else chosen
    parties = list(wanted.filter(standing(), person_id__isnull=False))
    cards = contact_addresses(party.person_id for party in parties if party.person_id is not None)
    accounts = accounts_of_persons(cards)
    reported = [cards[party.person_id][0] for party in parties if party.person_id in cards and party.role in REPORTERS]
    names = [card.name for card in reported[:MOST_NAMES]]
    for party in parties:
        held = cards.get(party.person_id or 0)
        if held is None:
            continue
        card, language = held
        path = f"/p/{party_token(party)}/"
        yield Recipient(
            key=f"party:{party.id}",
            audience="reporter" if party.role in REPORTERS else "follower",
            variables=_words(case, event, f"{settings.PUBLIC_URL}{path}", language, party, names),
            language=language,
            addresses={EMAIL: card.email, SMS: card.phone},
            account_id=accounts.get(party.person_id or 0),
            url=path,
            wants=party.wants,
        )


def _officials(case: Case, event: Event, unit_id: int) -> Iterator[Recipient]:
    path = KINDS[case.kind].desk_url(case.id)
    words = {language: _words(case, event, f"{settings.PUBLIC_URL}{path}", language) for language in ("vi", "en")}
    unit = org.tree().unit(unit_id)
    receiving = _called(event, unit_id) - {case.officer_id}
    chosen = receiving | ({case.officer_id} if case.officer_id else set())
    for account in active_accounts(chosen):
        is_holder = account.id == case.officer_id
        if event.actor == f"officer:{account.id}":
            continue  # nobody is told what they did themselves
        language = account.language if account.language in words else "vi"
        yield Recipient(
            key=f"officer:{account.id}",
            audience="officer" if is_holder else "unit",
            variables=words[language],
            language=language,
            # The unit's own address gets the mail; its people get the notice, and whoever holds the case gets both.
            addresses={EMAIL: account.email, SMS: account.phone} if is_holder else {},
            account_id=account.id,
            url=path,
        )
    if unit.email and case.officer_id is None:
        yield Recipient(
            key=f"unit:{unit.id}", audience="unit", variables=words["vi"], addresses={EMAIL: unit.email}, url=path
        )


def _called(event: Event, unit_id: int) -> set[int]:
    """Who receives for the unit; of a late clock those of the role that its rule names, of the unit or of the nearest
    above it that has any. Where none has, who receives."""
    role = event.data.get("role") if event.name == "clock.escalated" else None
    if role:
        for unit in (unit_id, *(above.id for above in org.tree().ancestors(unit_id))):
            if called := {row.id for row in list_officers([unit]) if role in row.roles}:
                return called
    return {row.id for row in list_officers([unit_id]) if RECEIVING & set(row.roles)}


def _words(
    case: Case, event: Event, link: str, language: str, party: Party | None = None, names: Sequence[str] = ()
) -> Mapping[str, str]:
    """``party``: of a letter to somebody of the case, who is told no more than their page shows. ``names``: of those
    who reported."""
    sight = sight_of(case, party) if party else Sight.OFFICIAL
    with translation.override(language):
        subject = veiled_subject(case) if sight is Sight.VEILED else case.subject
        kept_back = gettext("chỉ báo cho người gửi")
    data = event.data
    due = datetime.fromisoformat(data["due"]) if isinstance(data.get("due"), str) else case.due_at
    said = next((str(data[key]) for key in ("reason", "question", "text", "note") if data.get(key)), "")
    result = str(data.get("result", ""))
    if sight is Sight.VEILED:
        said, result = said and kept_back, result and kept_back
    elif Sight.STRANGER < sight < Sight.REPORTER and event.audience == Audience.PARTY:
        private = redact(result, names) if sight is Sight.MERGED else kept_back
        said, result = redact(said, names), result and private
    return {
        "code": case.code,
        "subject": subject,
        "unit": org.tree().unit(case.unit_id).said_in(language),
        "due": moment_words(timezone.localtime(due), "en" if language == "en" else "vi") if due else "–",
        "reason": said or str(data.get("into", "")),
        "result": result,
        "link": link,
    }
