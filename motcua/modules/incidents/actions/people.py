"""What people do with a report: join it, add to it, say it is still there, rate it, reopen it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.actions.moving import begin, finish, said, touch
from motcua.kernel.cases.actions.people import add_party, take_files
from motcua.kernel.cases.kind import FileRole, PartyRole
from motcua.kernel.cases.queries.people import party_of, party_token
from motcua.kernel.cases.queries.reading import cases_of, may_on, not_found
from motcua.kernel.events.actions import record
from motcua.kernel.identity.actions.persons import forget_person, sealed_person_values
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import require
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.redaction import redact
from motcua.lib.vietnamese import nfc
from motcua.modules.incidents.actions.receiving import KIND, OPEN_STATES, unit_words
from motcua.modules.incidents.kind import LONGEST_TEXT
from motcua.modules.incidents.models import Addition, Incident, Rating
from motcua.modules.incidents.queries.near import joinable_cases
from motcua.modules.incidents.queries.public import may_reopen, public_answers, public_cases, reopen_days
from motcua.modules.incidents.queries.sight import names_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


def _public_case(case_id: int) -> Case:
    """A published report, locked; strangers act on no other."""
    case = public_cases().select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise not_found()
    return case


@transaction.atomic
def join_incident(
    case_id: int, *, actor: Actor, name: str = "", phone: str = "", email: str = "", language: str = "vi"
) -> str:
    """“Tôi cũng gặp việc này”: the same promise, the same code. Returns the token of the person's own private link."""
    require(actor, "incident.join")
    already = party_of(case_id, actor)
    if already is not None:
        return party_token(already)
    case = joinable_cases().select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise not_found()
    if case.state not in OPEN_STATES:
        raise Refused("wrong_state", _("Việc này đã xong. Nếu sự cố còn, bạn bấm “Vẫn còn” hoặc gửi phản ánh mới."))
    has_contact = bool(name or phone or email) and actor.person_id is None
    party = add_party(
        case_id,
        role=PartyRole.JOINED,
        person=sealed_person_values(nfc(name), phone, email, language=language) if has_contact else None,
        person_id=actor.person_id,
        language=language,
    )
    Incident.objects.filter(pk=case_id).update(joined=F("joined") + 1)
    touch(case, outdates=False)
    record("incident.joined", case_id=case_id, actor=actor)
    return party_token(party)


@transaction.atomic
def report_still_there_incident(case_id: int, *, actor: Actor) -> Case:
    """Somebody passes by and sees that it is still there."""
    require(actor, "incident.report_still_there")
    case = _public_case(case_id)
    Incident.objects.filter(pk=case_id).update(still_there=F("still_there") + 1, still_there_at=moment.now())
    touch(case, outdates=False)
    record("incident.still_there", case_id=case_id, actor=actor)
    return case


@transaction.atomic
def add_info_incident(
    case_id: int, *, actor: Actor, text: str = "", file_ids: Sequence[int] = (), version: int | None = None
) -> Case:
    """More words or photos. From those whom we had asked this is the answer, and the clocks run on."""
    case = begin(case_id, "add_info", kind=KIND, actor=actor, version=version)
    if case.state == "info_requested" and may_on(actor, f"{KIND}.provide_info", case):
        return _provide(case, actor=actor, text=text, file_ids=file_ids)
    _words_or_files(text, file_ids)
    event = finish(case, "add_info", actor=actor)
    _add(case, event.id, actor=actor, text=text, file_ids=file_ids)
    return case


@transaction.atomic
def provide_info_incident(
    case_id: int, *, actor: Actor, text: str = "", file_ids: Sequence[int] = (), version: int | None = None
) -> Case:
    """The answer to what we asked: from the person, or written down by an official who telephoned."""
    case = begin(case_id, "provide_info", kind=KIND, actor=actor, version=version)
    return _provide(case, actor=actor, text=text, file_ids=file_ids)


def _provide(case: Case, *, actor: Actor, text: str, file_ids: Sequence[int]) -> Case:
    _words_or_files(text, file_ids)
    before = Incident.objects.values_list("state_before_pause", flat=True).get(pk=case.id)
    clocks = Clocks.of(case)
    clocks.resume()
    event = finish(case, "provide_info", actor=actor, clocks=clocks, to=before or "accepted")
    Incident.objects.filter(pk=case.id).update(state_before_pause="", info_question="")
    _add(case, event.id, actor=actor, text=text, file_ids=file_ids)
    return case


def _words_or_files(text: str, file_ids: Sequence[int]) -> None:
    if nfc(text).strip() or not file_ids:
        said(text, "text", _("Ghi điều bạn muốn thêm, hoặc chọn ảnh."), most=LONGEST_TEXT)


def _add(case: Case, event_id: int, *, actor: Actor, text: str, file_ids: Sequence[int]) -> None:
    party = party_of(case.id, actor)
    party_id = party.id if party else None
    words = nfc(text).strip()
    if words:
        Addition.objects.create(
            case_id=case.id,
            party_id=party_id,
            event_id=event_id,
            text=words,
            public_text=redact(words, names_of(case.id, party)),
            created_at=moment.now(),
        )
    take_files(case, file_ids, FileRole.MORE, actor=actor, event_id=event_id, party_id=party_id)


@transaction.atomic
def rate_incident(case_id: int, *, actor: Actor, score: int, words: str = "", version: int | None = None) -> Rating:
    """1 (not at all satisfied) to 5, once for each person of the case; a second time replaces the first."""
    case = begin(case_id, "rate", kind=KIND, actor=actor, version=version)
    if not 1 <= score <= 5:
        hint = _("Chọn từ 1 đến 5.")
        raise Refused("invalid", hint, fields={"score": hint})
    party = party_of(case.id, actor)
    before = Rating.objects.filter(case_id=case_id, party=party).values_list("score", flat=True).first()
    rating, _made = Rating.objects.update_or_create(
        case_id=case_id,
        party=party,
        defaults={
            "score": score,
            "words": redact(nfc(words).strip(), names_of(case.id, party))[:2000],
            "created_at": moment.now(),
        },
    )
    finish(
        case,
        "rate",
        actor=actor,
        data={"score": score, "before": before, **unit_words(case), "category_id": case.category_id,
              "area_id": case.area_id, "channel": case.channel},
    )  # fmt: skip
    return rating


@transaction.atomic
def reopen_incident(
    case_id: int, *, actor: Actor, reason: str, file_ids: Sequence[int] = (), version: int | None = None
) -> Case:
    """Not done, or not well: it runs again, with new promises. People have some days; officials may later, too."""
    case = begin(case_id, "reopen", kind=KIND, actor=actor, version=version)
    why = said(reason, "reason", _("Ghi điều chưa được, để chúng tôi làm lại cho đúng."))
    acts_by_post = actor.is_officer and may_on(actor.by_post, f"{KIND}.reopen", case)
    if not acts_by_post and not may_reopen(case):
        raise Refused(
            "too_late",
            _("Đã quá %(days)d ngày kể từ khi xong. Bạn gửi phản ánh mới, chúng tôi sẽ nối với việc này.")
            % {"days": reopen_days()},
        )
    case.closed_at = None
    was_rejected = case.state == "rejected"
    clocks = Clocks.of(case)
    clocks.start_after("opened")
    Incident.objects.filter(pk=case.id).update(
        reopened=F("reopened") + 1, extended_at=None, extend_reason="", reject_reason="", forgotten_at=None
    )
    writer = party_of(case.id, actor)
    # What a person wrote is masked before it is kept in an event, which can never be emptied.
    event = finish(
        case,
        "reopen",
        actor=actor,
        clocks=clocks,
        to="submitted" if was_rejected else "dispatched",
        data={"reason": redact(why, names_of(case.id, writer)), **unit_words(case), "category_id": case.category_id,
              "area_id": case.area_id, "channel": case.channel},
    )  # fmt: skip
    _add(case, event.id, actor=actor, text="", file_ids=file_ids)
    return case


@transaction.atomic
def forget_contact(case_id: int, person_id: int) -> bool:
    """Empty the card of somebody whose reports are over. Whether there was anything on it."""
    if not forget_person(person_id):
        return False
    record("incident.forgotten", case_id=case_id, actor=SYSTEM)
    return True


@transaction.atomic
def forget_words(case_id: int) -> None:
    """Of what the people of a report wrote keep what everybody reads, whether or not they left a card."""
    incident = Incident.objects.select_for_update().get(pk=case_id)
    read_by_all = public_answers(cases_of(KIND).get(pk=case_id).category_id, incident.attributes)
    additions = Addition.objects.filter(case_id=case_id).exclude(text=F("public_text")).update(text=F("public_text"))
    is_changed = bool(additions) or (incident.text, incident.attributes) != (incident.public_text, read_by_all)
    incident.text, incident.attributes, incident.info_question = incident.public_text, read_by_all, ""
    incident.forgotten_at = moment.now()
    incident.save(update_fields=["text", "attributes", "info_question", "forgotten_at"])
    if is_changed:
        record("incident.forgotten", case_id=case_id, actor=SYSTEM)
