"""Acting for an organisation: asked by a person, accepted by an official or by the register, ended by either."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Organisation, Representation
from motcua.kernel.identity.queries import require
from motcua.kernel.org.queries import local_today
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_tax_code
from motcua.lib.vietnamese import fold


def _told(text: str, field: str, words: str) -> str:
    if not text.strip():
        raise Refused("invalid", words, fields={field: words})
    return " ".join(text.split())


def _data(row: Representation, **more: str) -> dict[str, str | int]:
    """The name and code of an organisation are public; who the person is stays out of events."""
    organisation = row.organisation
    return {
        "representation": row.pk,
        "organisation": organisation.name,
        "tax_code": organisation.tax_code,
        "person_id": row.person_id,
        **more,
    }


def known_organisation(tax_code: str, name: str, *, by_official: bool = False) -> Organisation:
    """By a tax code that was read. The name is the one known already; else ``name``, as it was told. Of one that is
    known only because somebody asked to act for it, what an official tells counts.

    Refused("invalid") without either.
    """
    organisation = Organisation.objects.filter(tax_code=tax_code).first()
    if organisation is not None:
        asked = set(organisation.representations.values_list("state", flat=True)) if by_official else set()
        if name.strip() and asked and Representation.State.ACCEPTED not in asked:
            _rename(organisation, name)
        return organisation
    name = _told(name, "name", _("Ghi tên tổ chức như trên giấy đăng ký."))
    return Organisation.objects.create(
        tax_code=tax_code, name=name[:200], folded=fold(name)[:200], created_at=moment.now()
    )


def _rename(organisation: Organisation, name: str) -> None:
    organisation.name, organisation.folded = name.strip()[:200], fold(name)[:200]
    organisation.save(update_fields=["name", "folded"])


@transaction.atomic
def ask_representation(
    tax_code: str, *, actor: Actor, name: str, title: str, evidence: str, valid_to: date | None = None
) -> Representation:
    """A person asks to be accepted as representative. The organisation's name is the one known already, if any."""
    if actor.kind != "person" or actor.person_id is None or actor.id is None:
        raise Refused("sign_in", _("Bạn cần đăng nhập để làm việc này."))
    code = read_tax_code(tax_code)
    if not code:
        words = _("Nhập mã số thuế 10 chữ số, hoặc 10 và 3 chữ số như 0101234567-001.")
        raise Refused("invalid", words, fields={"tax_code": words})
    if valid_to is not None and valid_to < local_today():
        words = _("Ngày này đã qua.")
        raise Refused("invalid", words, fields={"valid_to": words})
    title = _told(title, "title", _("Ghi chức danh của bạn, như Giám đốc."))
    evidence = _told(evidence, "evidence", _("Ghi giấy tờ chứng minh, với số và ngày."))
    organisation = known_organisation(code, name)
    if organisation.representations.filter(person_id=actor.person_id, state__in=("asked", "accepted")).exists():
        words = _("Bạn đã là người đại diện, hoặc đang chờ được công nhận.")
        raise Refused("invalid", words, fields={"tax_code": words})
    row = Representation.objects.create(
        organisation=organisation,
        person_id=actor.person_id,
        title=title[:120],
        evidence=evidence[:300],
        valid_from=local_today(),
        valid_to=valid_to,
        asked_at=moment.now(),
    )
    record("representation.asked", actor=actor, data=_data(row))
    return row


def _locked(representation_id: int) -> Representation:
    rows = Representation.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=representation_id).first()
    if row is None:
        raise Refused("not_found", _("Không tìm thấy yêu cầu này."))
    return row


def _decide(row: Representation, state: Representation.State, actor: Actor, reason: str) -> None:
    if row.state != Representation.State.ASKED:
        raise Refused("stale", _("Yêu cầu này đã được xem xét rồi."))
    row.state, row.decided_at, row.reason = state, moment.now(), reason[:300]
    row.decided_by = actor.name or actor.key
    if state == Representation.State.ACCEPTED:
        row.valid_from = local_today()
    row.save(update_fields=["state", "decided_at", "decided_by", "reason", "valid_from"])


@transaction.atomic
def accept_representation(representation_id: int, *, actor: Actor, reason: str = "", name: str = "") -> None:
    """``reason`` says what showed it. ``name`` corrects the organisation's name to that of the register."""
    require(actor, "representation.accept")
    row = _locked(representation_id)
    _decide(row, Representation.State.ACCEPTED, actor, reason)
    if name.strip() and name.strip() != row.organisation.name:
        _rename(row.organisation, name)
    record("representation.accepted", actor=actor, data=_data(row))


@transaction.atomic
def accept_by_register(representation_id: int, *, name: str, source: str) -> None:
    """The business register names this person as representative; the caller has compared proved identities."""
    accept_representation(representation_id, actor=SYSTEM, reason=source, name=name)


@transaction.atomic
def refuse_representation(representation_id: int, *, actor: Actor, reason: str) -> None:
    require(actor, "representation.accept")
    reason = _told(reason, "reason", _("Ghi lý do, người gửi sẽ đọc."))
    row = _locked(representation_id)
    _decide(row, Representation.State.REFUSED, actor, reason)
    record("representation.refused", actor=actor, data=_data(row, reason=reason[:300]))


@transaction.atomic
def end_representation(representation_id: int, *, actor: Actor, reason: str = "") -> None:
    """By the person themselves, or by an official who accepts representatives. From now on."""
    row = _locked(representation_id)
    if not (actor.kind == "person" and actor.id is not None and actor.person_id == row.person_id):
        require(actor, "representation.accept")
    if row.state not in (Representation.State.ASKED, Representation.State.ACCEPTED):
        return
    row.state, row.decided_at, row.reason = Representation.State.ENDED, moment.now(), reason[:300]
    row.valid_to = max(local_today(), row.valid_from)
    row.save(update_fields=["state", "decided_at", "reason", "valid_to"])
    record("representation.ended", actor=actor, data=_data(row))
