"""Letting somebody else act: given with a code, accepted with a code, taken back by either at any moment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.actions.codes import Consent, Contact, read_contact, spend_code
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Authorisation, Person
from motcua.kernel.identity.ports import procedure_names
from motcua.kernel.identity.queries import own_card, sealer
from motcua.kernel.identity.queries.authorisations import own_row
from motcua.kernel.org.queries import local_today
from motcua.lib import moment
from motcua.lib.codes import PROCEDURE_CODE
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_national_id

LONGEST: Final = timedelta(days=366)
MOST_PROCEDURES: Final = 30
MOST_OPEN: Final = 50  # of one giver: nobody hands out more, but a program could


@dataclass(frozen=True, slots=True)
class NewAuthorisation:
    """``to``: a national id, a telephone number or an e-mail address of the other."""

    to: str
    procedures: Sequence[str]
    valid_from: date
    valid_to: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    kind: str  # sms | email | national_id
    address: str


def read_target(text: str) -> Target:
    """For whom it is meant. Refused("invalid") says what to write."""
    if found := read_national_id(text):
        return Target("national_id", found.number)
    try:
        contact = read_contact(text)
    except Refused as refused:
        words = _("Nhập số định danh 12 chữ số, số điện thoại hoặc thư điện tử của người được ủy quyền.")
        raise Refused("invalid", words, fields={"to": words}) from refused
    return Target(contact.channel, contact.address)


def own_contact(actor: Actor) -> Contact:
    """Where a signed-in person gets the code by which they agree: the telephone, else the address."""
    card = own_card(actor)
    if card.phone:
        return read_contact(card.phone)
    if card.email:
        return read_contact(card.email)
    raise Refused("no_contact", _("Thêm số điện thoại hoặc thư điện tử vào tài khoản để nhận mã xác nhận."))


def giving(new: NewAuthorisation) -> Consent:
    """The code agrees to exactly this: another person, other procedures or another time need another code."""
    target = read_target(new.to)
    key = f"give {target.kind} {target.address} {' '.join(sorted(new.procedures))} {new.valid_from} {new.valid_to}"
    return Consent(key, _("ủy quyền cho người khác làm thủ tục"))


def accepting(authorisation_id: int) -> Consent:
    return Consent(f"accept {authorisation_id}", _("nhận ủy quyền"))


def check_authorisation(new: NewAuthorisation, *, actor: Actor) -> NewAuthorisation:
    """The same, tidied. Refused("invalid") names every field that must be mended. Writes nothing."""
    target = read_target(new.to)
    fields: dict[str, str] = {}
    codes = sorted(set(new.procedures))
    if not codes:
        fields["procedures"] = _("Chọn ít nhất một thủ tục.")
    elif len(codes) > MOST_PROCEDURES:
        fields["procedures"] = _("Chọn nhiều nhất {n} thủ tục.").format(n=MOST_PROCEDURES)
    elif wrong := [code for code in codes if not re.fullmatch(PROCEDURE_CODE, code)]:
        fields["procedures"] = _("“{code}” không phải mã thủ tục.").format(code=wrong[0][:40])
    elif procedure_names.is_connected and (unknown := set(codes) - set(procedure_names.call(codes, "vi"))):
        fields["procedures"] = _("Không có thủ tục mã {code}.").format(code=min(unknown))
    if new.valid_from < local_today():
        fields["valid_from"] = _("Ủy quyền có hiệu lực từ hôm nay trở đi.")
    if new.valid_to < new.valid_from:
        fields["valid_to"] = _("Ngày kết thúc phải sau ngày bắt đầu.")
    elif new.valid_to - new.valid_from > LONGEST:
        fields["valid_to"] = _("Mỗi lần ủy quyền nhiều nhất một năm.")
    card = own_card(actor)
    if target.address in (card.national_id, card.email) or (
        target.kind == "sms" and card.phone and read_contact(card.phone).address == target.address
    ):
        fields["to"] = _("Đây là chính bạn. Nhập thông tin của người được ủy quyền.")
    if not card.name:
        fields["to"] = _("Ghi họ tên của bạn ở trang tài khoản trước, để người được ủy quyền biết bạn là ai.")
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    return NewAuthorisation(target.address, codes, new.valid_from, new.valid_to, " ".join(new.note.split())[:300])


def give_authorisation(new: NewAuthorisation, code: str, *, actor: Actor) -> int:
    """Offer it to the other; it counts once they accept. ``code`` came by message to the giver. Returns its number.

    The offer is the same whether or not anybody is known by that number: nothing is told about the other. No
    transaction may be open around it: wrong codes are counted.
    """
    new = check_authorisation(new, actor=actor)
    spend_code(own_contact(actor), code, consent=giving(new))
    return _give(new, actor)


@transaction.atomic
def _give(new: NewAuthorisation, actor: Actor) -> int:
    giver = Person.objects.select_for_update().get(account__pk=actor.id or 0)
    if (
        Authorisation.objects.filter(giver=giver, state__in=("given", "accepted"), valid_to__gte=local_today()).count()
        >= MOST_OPEN
    ):
        raise Refused("too_many", _("Bạn đang có quá nhiều ủy quyền còn hiệu lực. Thôi bớt một số rồi thử lại."))
    target, seal = read_target(new.to), sealer()
    row = Authorisation.objects.create(
        giver=giver,
        to_kind=target.kind,
        to_sealed=seal.seal(target.address),
        to_index=seal.index(target.address) or b"",
        procedures=list(new.procedures),
        note_sealed=seal.seal(new.note),
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        giver_level=giver.level,
        given_at=moment.now(),
    )
    record("authorisation.given", actor=actor, data=_data(row))
    return row.pk


def _data(row: Authorisation) -> dict[str, object]:
    return {
        "authorisation": row.pk,
        "procedures": row.procedures,
        "count": len(row.procedures),
        "until": row.valid_to.strftime("%d/%m/%Y"),
    }


def accept_authorisation(authorisation_id: int, code: str, *, actor: Actor) -> None:
    """By the person for whom it was meant. ``code`` came by message to them. No transaction may be open around it."""
    own_row(authorisation_id, actor=actor)  # who must not know of it spends no code
    spend_code(own_contact(actor), code, consent=accepting(authorisation_id))
    _answer(authorisation_id, actor, Authorisation.State.ACCEPTED)


def decline_authorisation(authorisation_id: int, *, actor: Actor) -> None:
    _answer(authorisation_id, actor, Authorisation.State.DECLINED)


@transaction.atomic
def _answer(authorisation_id: int, actor: Actor, state: Authorisation.State) -> None:
    row, role = own_row(authorisation_id, actor=actor, lock=True)
    if role != "receiver":
        raise Refused("not_allowed", _("Người được ủy quyền mới trả lời được."))
    if row.state != Authorisation.State.GIVEN or row.valid_to < local_today():
        raise Refused("stale", _("Ủy quyền này không còn chờ trả lời."))
    receiver = Person.objects.get(account__pk=actor.id or 0)
    row.receiver, row.receiver_level = receiver, receiver.level
    row.state, row.answered_at = state, moment.now()
    row.save(update_fields=["receiver", "receiver_level", "state", "answered_at"])
    record(f"authorisation.{state.value}", actor=actor, data=_data(row))


@transaction.atomic
def revoke_authorisation(authorisation_id: int, *, actor: Actor) -> None:
    """By the giver, or by the receiver who will not go on: at once, without a code."""
    row, role = own_row(authorisation_id, actor=actor, lock=True)
    if row.state not in (Authorisation.State.GIVEN, Authorisation.State.ACCEPTED):
        return
    if role == "receiver" and row.receiver_id is None:
        raise Refused("not_allowed", _("Bạn chưa nhận ủy quyền này."))
    row.state, row.revoked_at, row.revoked_by = Authorisation.State.REVOKED, moment.now(), role
    row.save(update_fields=["state", "revoked_at", "revoked_by"])
    record("authorisation.revoked", actor=actor, data=_data(row) | {"by": role})
