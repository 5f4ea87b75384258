"""What is known of who somebody is: said by themselves, or proved by a provider or at the counter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.actions.codes import Consent, Contact, spend_code
from motcua.kernel.identity.kind import LEVEL_NAMES, PROVED, Actor, Level
from motcua.kernel.identity.models import Access, Account, Person
from motcua.kernel.identity.queries import person_with_national_id, require, sealer
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_national_id


@dataclass(frozen=True, slots=True)
class Proof:
    """What the card or the provider says. Empty parts leave what is known; ``address`` is {area, line}."""

    national_id: str
    name: str = ""
    born_on: date | None = None
    sex: str = ""
    address: Mapping[str, str] = field(default_factory=dict)


def proving(national_id: str) -> Consent:
    """The code by which the holder of a telephone agrees that this card is theirs."""
    return Consent(f"prove {national_id}", _("xác thực danh tính tại quầy"))


def _national_id(text: str) -> str:
    found = read_national_id(text)
    if found is None:
        digits = sum(char.isdigit() for char in text)
        words = _("Nhập đủ 12 chữ số, bạn đã nhập {n}.").format(n=digits)
        raise Refused("invalid", words, fields={"national_id": words})
    return found.number


def _fill_in(person: Person, proof: Proof) -> None:
    seal = sealer()
    about: dict[str, Any] = json.loads(seal.open(person.about_sealed or b"") or "{}")
    if proof.born_on:
        about["born_on"] = proof.born_on.isoformat()
    if proof.sex in ("nam", "nu"):
        about["sex"] = proof.sex
    if proof.address.get("line") or proof.address.get("area"):
        about["address"] = {"area": proof.address.get("area", ""), "line": proof.address.get("line", "").strip()}
    person.about_sealed = seal.seal(json.dumps(about, ensure_ascii=False)) if about else None
    if proof.national_id:
        person.national_id_sealed = seal.seal(proof.national_id)
        person.national_id_index = seal.index(proof.national_id)
    if proof.name.strip():
        person.name_sealed = seal.seal(proof.name.strip())


_CARD = (
    "name_sealed",
    "national_id_sealed",
    "national_id_index",
    "about_sealed",
    "level",
    "proved_by",
    "proved_at",
)


@transaction.atomic
def declare_identity(proof: Proof, *, actor: Actor) -> None:
    """What a person says of themselves. Once it was proved only the address can be changed this way."""
    if actor.kind != "person" or actor.id is None:
        raise Refused("sign_in", _("Bạn cần đăng nhập để làm việc này."))
    person = Person.objects.select_for_update().get(account__pk=actor.id)
    if person.level in PROVED:
        proof = Proof("", address=proof.address)
    elif proof.national_id:
        proof = Proof(_national_id(proof.national_id), proof.name, proof.born_on, proof.sex, proof.address)
    _fill_in(person, proof)
    person.save(update_fields=list(_CARD))


@transaction.atomic
def prove_person(person_id: int, proof: Proof, *, level: Level, actor: Actor) -> None:
    """Note that this card's holder is who they say. Others' word for it was checked by the caller."""
    number = _national_id(proof.national_id)
    person = Person.objects.select_for_update().get(pk=person_id)
    other = person_with_national_id(number)
    if other is not None and other != person_id:
        words = _("Số định danh này đã được xác thực cho một tài khoản khác. Đăng nhập bằng tài khoản đó.")
        raise Refused("taken", words, fields={"national_id": words})
    if person.level in PROVED and sealer().open(person.national_id_sealed) != number:
        words = _("Tài khoản này đã được xác thực cho một người khác.")
        raise Refused("taken", words, fields={"national_id": words})
    _fill_in(person, Proof(number, proof.name, proof.born_on, proof.sex, proof.address))
    person.level, person.proved_by, person.proved_at = level, actor.key, moment.now()
    person.save(update_fields=list(_CARD))
    record(
        "person.proved",
        actor=actor,
        data={"person_id": person_id, "level": level.value, "level_name": str(LEVEL_NAMES[level])},
    )


def prove_at_counter(contact: Contact, code: str, proof: Proof, *, actor: Actor) -> int:
    """An official has the card and its holder before them, and the holder reads out the code that came to the telephone
    of their account. Returns the card. The person sees who did it. No transaction may be open around it."""
    require(actor, "person.prove")
    number = _national_id(proof.national_id)
    spend_code(contact, code, consent=proving(number))
    column = "phone_index" if contact.channel == "sms" else "email_index"
    index = sealer().index(contact.address)
    person_id = (
        Account.objects.filter(kind=Account.Kind.PERSON, is_active=True, **{f"person__{column}": index})
        .order_by("pk")
        .values_list("person_id", flat=True)
        .first()
    )
    if person_id is None:
        words = _("Chưa có tài khoản nào dùng số hoặc địa chỉ này. Người dân đăng nhập một lần trước đã.")
        raise Refused("not_found", words, fields={"address": words})
    prove_person(person_id, proof, level=Level.COUNTER, actor=actor)
    Access.objects.note(actor=actor.key, actor_name=actor.name, action="person.prove", person_id=person_id)
    return person_id
