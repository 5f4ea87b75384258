"""Accounts for which an OpenID Connect provider vouches."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.identity.actions.codes import Contact, account_for, new_person_account
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.models import Account, Person
from motcua.kernel.identity.queries import sealer
from motcua.lib import contacts
from motcua.lib.errors import Refused

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
    national_id = str(claims.get(settings.OIDC_NATIONAL_ID_CLAIM) or "") if settings.OIDC_NATIONAL_ID_CLAIM else ""
    account = _with_national_id(national_id)
    if account is None and (phone or email):
        contact = Contact("sms", phone) if phone else Contact("email", email)
        account = account_for(contact, language=language)
    if account is None:
        return new_person_account(
            create_person(name=name, phone=phone, email=email, national_id=national_id, language=language)
        )
    _complete_card(account, name=name, national_id=national_id)
    return account


def _with_national_id(national_id: str) -> Account | None:
    if not national_id:
        return None
    index = sealer().index(national_id)
    return Account.objects.filter(kind=Account.Kind.PERSON, is_active=True, person__national_id_index=index).first()


def _complete_card(account: Account, *, name: str, national_id: str) -> None:
    """Fill in what the card does not say yet; what the person wrote stays."""
    person = Person.objects.select_for_update().get(account=account)
    seal = sealer()
    if name and not person.name_sealed:
        person.name_sealed = seal.seal(name)
    if national_id and not person.national_id_sealed:
        person.national_id_sealed, person.national_id_index = seal.seal(national_id), seal.index(national_id)
    person.save(update_fields=["name_sealed", "national_id_sealed", "national_id_index"])
