"""Accounts for which an OpenID Connect provider vouches."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.identity.actions.codes import Contact, account_for, new_person_account
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.actions.proving import Proof, prove_person
from motcua.kernel.identity.kind import PROVED, SYSTEM, Level
from motcua.kernel.identity.models import Account, Person
from motcua.kernel.identity.queries import person_with_national_id, sealer
from motcua.lib import contacts
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_national_id

Claims = Mapping[str, Any]


def officer_vouched_for(claims: Claims, claim: str) -> Account:
    """The official whom a claim names: by verified work address, or any other claim equal to the login name.

    Nobody becomes an official by signing in elsewhere: an administrator adds them first.
    """
    value = str(claims.get(claim) or "").strip().casefold()
    officers = Account.objects.filter(kind=Account.Kind.OFFICER, is_active=True)
    if claim == "email":
        found = list(officers.filter(email=value)[:2]) if value and claims.get("email_verified") is True else []
    else:
        found = list(officers.filter(login=value)[:2]) if value else []
    if len(found) != 1:
        raise Refused("not_allowed", _("Chưa có tài khoản cán bộ nào gắn với tài khoản này. Hỏi quản trị đơn vị bạn."))
    return found[0]


@transaction.atomic
def person_vouched_for(claims: Claims) -> Account:
    """The person with the same verified number, address or national id; a new account when there is none yet."""
    language = get_language() or "vi"
    name = str(claims.get(settings.OIDC_NAME_CLAIM) or "")
    phone = (
        contacts.normal_phone(str(claims.get("phone_number") or ""))
        if claims.get("phone_number_verified") is True
        else ""
    )
    email = contacts.normal_email(str(claims.get("email") or "")) if claims.get("email_verified") is True else ""
    told = str(claims.get(settings.OIDC_NATIONAL_ID_CLAIM) or "") if settings.OIDC_NATIONAL_ID_CLAIM else ""
    found = read_national_id(told)
    national_id = found.number if found else ""
    account = _with_national_id(national_id)
    if account is None and (phone or email):
        contact = Contact("sms", phone) if phone else Contact("email", email)
        account = account_for(contact, language=language)
        if national_id and _is_somebody_else(account, national_id):
            account, phone, email = None, "", ""  # a number that went on to another holder opens nothing of the first
    if account is None:
        account = new_person_account(create_person(name=name, phone=phone, email=email, language=language))
    _complete_card(account, name=name, national_id=national_id)
    return account


@transaction.atomic
def person_vouched_for_again(account_id: int, claims: Claims) -> None:
    """Somebody who came from there before: what the provider says of who they are now counts as well."""
    account = Account.objects.get(pk=account_id)
    told = str(claims.get(settings.OIDC_NATIONAL_ID_CLAIM) or "") if settings.OIDC_NATIONAL_ID_CLAIM else ""
    found = read_national_id(told)
    if found is None or _is_somebody_else(account, found.number):
        return
    other = person_with_national_id(found.number)
    if other is None or other == account.person_id:
        _complete_card(account, name=str(claims.get(settings.OIDC_NAME_CLAIM) or ""), national_id=found.number)


def _with_national_id(national_id: str) -> Account | None:
    """What somebody merely said of themselves leads nobody into their account."""
    person_id = person_with_national_id(national_id)
    if person_id is None:
        return None
    return Account.objects.filter(kind=Account.Kind.PERSON, is_active=True, person_id=person_id).first()


def _is_somebody_else(account: Account, national_id: str) -> bool:
    person = account.person
    return person is not None and person.level in PROVED and sealer().open(person.national_id_sealed) != national_id


def _complete_card(account: Account, *, name: str, national_id: str) -> None:
    """With a national id the provider vouches for who it is, and its words replace what the person wrote; without one
    it fills in what the card does not say yet."""
    person = Person.objects.select_for_update().get(account=account)
    if national_id and person.level not in PROVED:
        prove_person(person.pk, Proof(national_id=national_id, name=name), level=Level.PROVIDER, actor=SYSTEM)
    elif name and (not person.name_sealed or person.level == Level.PROVIDER):
        person.name_sealed = sealer().seal(name)
        person.save(update_fields=["name_sealed"])
