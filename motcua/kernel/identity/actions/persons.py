"""Contact cards, and the notes of who looked at them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor, Level
from motcua.kernel.identity.models import Access, Account, Authorisation, Person, Representation
from motcua.kernel.identity.queries import sealer
from motcua.kernel.org.queries import local_today
from motcua.lib import contacts, moment
from motcua.lib.errors import Refused


def sealed_person_values(
    name: str, phone: str, email: str, national_id: str = "", language: str = "vi"
) -> dict[str, Any]:
    """Column values of a Person row, for those who insert it with other rows. Refused("invalid") names the field."""
    number, address = contacts.normal_phone(phone), contacts.normal_email(email)
    fields = {}
    if phone.strip() and not number:
        fields["phone"] = _("Nhập số điện thoại như 0905 123 456.")
    if email.strip() and not address:
        fields["email"] = _("Nhập địa chỉ thư như ten@example.vn.")
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    seal = sealer()
    return {
        "name_sealed": seal.seal(name.strip()),
        "phone_sealed": seal.seal(number),
        "phone_index": seal.index(number),
        "email_sealed": seal.seal(address),
        "email_index": seal.index(address),
        "national_id_sealed": seal.seal(national_id.strip()),
        "national_id_index": seal.index(national_id.strip()),
        "language": language,
        "created_at": moment.now(),
        "erased_at": None,
    }


def create_person(
    name: str = "", phone: str = "", email: str = "", national_id: str = "", language: str = "vi"
) -> Person:
    return Person.objects.create(**sealed_person_values(name, phone, email, national_id, language))


def create_person_from(values: Mapping[str, Any]) -> Person:
    """A card from what ``sealed_person_values`` made."""
    return Person.objects.create(**values)


@transaction.atomic
def forget_person(person_id: int) -> bool:
    """Empty a card whose time is over. False when it was empty already."""
    emptied = Person.objects.filter(pk=person_id, erased_at__isnull=True).update(
        name_sealed=b"",
        phone_sealed=b"",
        phone_index=None,
        email_sealed=b"",
        email_index=None,
        national_id_sealed=b"",
        national_id_index=None,
        about_sealed=None,
        level=Level.DECLARED,
        proved_by="",
        proved_at=None,
        erased_at=moment.now(),
    )
    return bool(emptied)


def note_access(
    actor: Actor, action: str, *, person_id: int | None = None, case_id: int | None = None, reason: str = ""
) -> None:
    """Somebody looked at personal data, or tried a secret door. Stays when the caller's transaction does not."""
    Access.objects.note(
        actor=actor.key, actor_name=actor.name, action=action, person_id=person_id, case_id=case_id, reason=reason
    )


def note_accesses(actor: Actor, action: str, seen: Iterable[tuple[int, int]], *, reason: str = "") -> None:
    """Of a list that was shown: (person, case) for each line."""
    Access.objects.note_each(actor=actor.key, actor_name=actor.name, action=action, seen=seen, reason=reason)


@transaction.atomic
def change_person(account_id: int, *, name: str, language: str) -> None:
    """What people may change of their card without proof. Numbers and addresses need a code: ``set_contact``; a name
    that was proved stays as it was proved."""
    account = Account.objects.select_for_update().get(pk=account_id, kind=Account.Kind.PERSON)
    account.language = language
    account.save(update_fields=["language"])
    cards = Person.objects.filter(account=account)
    cards.update(language=language)
    cards.filter(level=Level.DECLARED).update(name_sealed=sealer().seal(name.strip()))


def change_language(account_id: int, language: str) -> None:
    """The language in which an official is written to."""
    Account.objects.filter(pk=account_id, kind=Account.Kind.OFFICER).update(language=language)


@transaction.atomic
def delete_own_account(*, actor: Actor) -> None:
    """Remove a person's account with its card's content, sessions and links to outside log-ins. The cases stay."""
    if actor.kind != "person" or actor.id is None:
        raise Refused("not_allowed", _("Bạn cần đăng nhập để làm việc này."))
    account = Account.objects.select_for_update().get(pk=actor.id, kind=Account.Kind.PERSON)
    if account.person_id is not None:
        now = moment.now()
        for role in ("giver", "receiver"):
            Authorisation.objects.filter(**{f"{role}_id": account.person_id}, state__in=("given", "accepted")).update(
                state=Authorisation.State.REVOKED, revoked_at=now, revoked_by=role
            )
        Representation.objects.filter(person_id=account.person_id, state__in=("asked", "accepted")).update(
            state=Representation.State.ENDED, valid_to=local_today(), decided_at=now
        )
        forget_person(account.person_id)
    account.delete()
    record("person.deleted", actor=actor)
