"""Consents of people, and what they ask of those who hold data about them."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.actions import note_access
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require, sealer
from motcua.kernel.org.queries import tree, work_calendar
from motcua.kernel.registries.kind import (
    ANSWER_DAYS,
    EXTENSION_DAYS,
    PURPOSES,
    REGISTRIES,
    REQUEST_DAYS,
    REQUEST_NAMES,
    Basis,
    RequestKind,
)
from motcua.kernel.registries.models import Consent, DataRequest
from motcua.kernel.registries.queries.own import RequestRow, consent_words, get_request
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.worktime import Duration, due_at

MOST_OPEN = 10  # requests of one person


def _own_person(actor: Actor) -> int:
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        raise Refused("sign_in", _("Bạn cần đăng nhập để làm việc này."))
    return actor.person_id


@transaction.atomic
def give_consent(purpose: str, registry: str, *, actor: Actor) -> int:
    """Explicit, for one purpose and one registry; the words are kept as they were shown. Again: the same one."""
    person_id = _own_person(actor)
    if purpose not in PURPOSES or PURPOSES[purpose].basis is not Basis.CONSENT or registry not in REGISTRIES:
        raise Refused("not_found", _("Không có việc này để đồng ý."))
    consent, is_new = Consent.objects.get_or_create(
        person_id=person_id,
        purpose=purpose,
        registry=registry,
        withdrawn_at=None,
        defaults={
            "words": consent_words(purpose, registry),
            "language": get_language() or "vi",
            "given_at": moment.now(),
        },
    )
    if is_new:
        record("consent.given", actor=actor, data=_consent_data(consent))
    return consent.pk


@transaction.atomic
def withdraw_consent(consent_id: int, *, actor: Actor) -> None:
    """At once: nothing more is asked for that purpose."""
    person_id = _own_person(actor)
    consent = Consent.objects.select_for_update().filter(pk=consent_id, person_id=person_id).first()
    if consent is None:
        raise Refused("not_found", _("Không tìm thấy đồng ý này."))
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = moment.now()
    consent.save(update_fields=["withdrawn_at"])
    record("consent.withdrawn", actor=actor, data=_consent_data(consent))


def _consent_data(consent: Consent) -> dict[str, str | int]:
    return {
        "consent": consent.pk,
        "registry": consent.registry,
        "purpose": consent.purpose,
        "purpose_name": str(PURPOSES[consent.purpose].title),
    }


# ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _end_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_default_timezone()).replace(hour=23, minute=59)


def _answer_due(now: datetime) -> datetime:
    roots = tree().children(None)
    if not roots:
        return now + timedelta(days=ANSWER_DAYS)
    return due_at(work_calendar(roots[0].calendar_id), now, Duration.parse(f"{ANSWER_DAYS} ngày làm việc"))


@transaction.atomic
def make_request(kind: RequestKind, text: str, *, actor: Actor) -> int:
    """A person uses a right over data about them. Officials see it with the days by which it is due."""
    person_id = _own_person(actor)
    text = text.strip()
    if not text:
        words = _("Ghi bạn muốn xem, sửa hoặc xóa điều gì.")
        raise Refused("invalid", words, fields={"text": words})
    if DataRequest.objects.filter(person_id=person_id, closed_at__isnull=True).count() >= MOST_OPEN:
        raise Refused("too_many", _("Bạn đang có nhiều yêu cầu chờ trả lời. Hãy đợi trả lời trước."))
    now = moment.now()
    row = DataRequest.objects.create(
        person_id=person_id,
        kind=kind.value,
        text_sealed=sealer().seal(text[:4000]),
        made_at=now,
        answer_due_at=_answer_due(now),
        due_at=_end_of(timezone.localtime(now).date() + timedelta(days=REQUEST_DAYS[kind])),
    )
    record("datarequest.made", actor=actor, data=_data(row))
    return row.pk


def _data(row: DataRequest, **more: str) -> dict[str, str | int]:
    """Neither who asks nor what: events stay for ever."""
    return {"request": row.pk, "kind_name": str(REQUEST_NAMES[RequestKind(row.kind)]), **more}


def open_request(request_id: int, *, actor: Actor) -> RequestRow:
    """For who answers it, with the person's name and contact; the person sees that it was opened."""
    found = get_request(request_id, actor=actor)
    note_access(actor, "person.reveal", person_id=found.person_id, reason=str(found.kind_name))
    return found


def _locked(request_id: int, actor: Actor) -> DataRequest:
    require(actor, "privacy.answer")
    row = DataRequest.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise Refused("not_found", _("Không tìm thấy yêu cầu này."))
    if row.closed_at is not None:
        raise Refused("stale", _("Yêu cầu này đã được trả lời rồi."))
    row.officer_id, row.officer_name = actor.id, actor.name
    return row


@transaction.atomic
def receive_request(request_id: int, *, actor: Actor) -> None:
    """The first answer, due within two working days: it came in and is being worked on."""
    row = _locked(request_id, actor)
    if row.received_at is not None:
        return
    row.received_at, row.state = moment.now(), DataRequest.State.RECEIVED
    row.save(update_fields=["received_at", "state", "officer_id", "officer_name"])
    record("datarequest.received", actor=actor, data=_data(row))


@transaction.atomic
def extend_request(request_id: int, *, actor: Actor, reason: str) -> None:
    """Once, before it is due, with the reason."""
    row = _locked(request_id, actor)
    days = EXTENSION_DAYS[RequestKind(row.kind)]
    if row.extended_at is not None or not days or moment.now() > row.due_at:
        raise Refused("wrong_state", _("Yêu cầu này không gia hạn được nữa."))
    reason = " ".join(reason.split())
    if not reason:
        words = _("Ghi lý do, người gửi sẽ đọc.")
        raise Refused("invalid", words, fields={"answer": words})
    row.due_at += timedelta(days=days)
    row.extended_at = moment.now()
    row.save(update_fields=["due_at", "extended_at", "officer_id", "officer_name"])
    record("datarequest.extended", actor=actor, data=_data(row, reason=reason[:300]))


@transaction.atomic
def close_request(request_id: int, *, actor: Actor, answer: str, is_refused: bool = False) -> None:
    """What was done, or why it cannot be done; the person reads it."""
    row = _locked(request_id, actor)
    answer = answer.strip()
    if not answer:
        words = _("Ghi câu trả lời, người gửi sẽ đọc.")
        raise Refused("invalid", words, fields={"answer": words})
    row.answer_sealed = sealer().seal(answer[:4000])
    row.state = DataRequest.State.REFUSED if is_refused else DataRequest.State.DONE
    row.closed_at = moment.now()
    row.received_at = row.received_at or row.closed_at
    row.save(update_fields=["answer_sealed", "state", "closed_at", "received_at", "officer_id", "officer_name"])
    record("datarequest.closed", actor=actor, data=_data(row))
