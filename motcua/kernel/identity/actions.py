"""Accounts, posts, persons, service keys: the only writes to them."""

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import PERMISSIONS, SYSTEM, Actor, Role, reach_of
from motcua.kernel.identity.models import Access, Account, Person, Post, ServiceKey
from motcua.kernel.identity.queries import key_digest, may, may_somewhere, require, sealer
from motcua.kernel.org.queries import local_today, tree
from motcua.lib import contacts, moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold

# ── Persons ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── Officers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_login() -> Refused:
    words = _("Tên đăng nhập này đã có người dùng. Chọn tên khác.")
    return Refused("invalid", words, fields={"login": words})


@transaction.atomic
def create_officer(
    *,
    login: str,
    name: str,
    email: str = "",
    phone: str = "",
    language: str = "vi",
    password: str | None = None,
    password_hash: str | None = None,
    actor: Actor,
) -> Account:
    """A new official, without any post yet. Without a password they set one through the link sent to their address.

    ``password_hash`` is an already encoded password: for set-ups that make many accounts at once.
    """
    if not may_somewhere(actor, "org.manage"):
        raise Refused("not_allowed", _("Bạn không có quyền làm việc này."))
    login = login.strip().casefold()
    if Account.objects.filter(login=login).exists():
        raise _refuse_login()
    officer = Account.objects.create(
        kind=Account.Kind.OFFICER,
        login=login,
        name=name.strip(),
        folded=fold(name),
        email=email.strip().casefold(),
        phone=phone.strip(),
        language=language,
        password=password_hash or make_password(password),
        created_at=moment.now(),
    )
    record("officer.created", actor=actor, data={"officer": officer.name, "officer_id": officer.pk})
    return officer


def _require_reach(actor: Actor, role: Role, unit_id: int) -> None:
    """A post gives power over its reach: only who administers all of that may give or take it."""
    unit = tree().unit(unit_id)
    parent_path = tree().path(unit.parent_id) if unit.parent_id else None
    reach = reach_of(role, unit_kind=unit.kind, unit_path=unit.path, parent_path=parent_path)
    if not may(actor, "org.manage", unit_path=reach):
        raise Refused("not_found", _("Không tìm thấy, hoặc đơn vị này không thuộc phạm vi quản trị của bạn."))


@transaction.atomic
def grant_post(
    officer_id: int,
    unit_id: int,
    role: Role,
    *,
    actor: Actor,
    title: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Post:
    """Give an officer a role at a unit. A post already there gets the new title and dates; same again: no change."""
    officer = Account.objects.select_for_update().filter(pk=officer_id, kind=Account.Kind.OFFICER).first()
    if officer is None:
        raise Refused("not_found", _("Không tìm thấy cán bộ này."))
    _require_reach(actor, role, unit_id)
    begins = valid_from or local_today()
    if valid_to is not None and valid_to < begins:
        words = _("Ngày kết thúc phải từ ngày bắt đầu trở đi.")
        raise Refused("invalid", words, fields={"valid_to": words})
    values = {"title": title.strip(), "valid_from": begins, "valid_to": valid_to}
    post = Post.objects.filter(officer=officer, unit_id=unit_id, role=role).first()
    if post is None:
        post = Post.objects.create(officer=officer, unit_id=unit_id, role=role, **values)
    elif all(getattr(post, field) == value for field, value in values.items()):
        return post
    else:
        for field, value in values.items():
            setattr(post, field, value)
        post.save(update_fields=list(values))
    record(
        "post.granted",
        actor=actor,
        data={
            "officer": officer.name,
            "officer_id": officer.pk,
            "unit": tree().unit(unit_id).name,
            "unit_id": unit_id,
            "role": role.value,
            "from": begins.isoformat(),
            "to": valid_to.isoformat() if valid_to else "",
        },
    )
    return post


# ── Service keys ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def create_service_key(name: str, grants: Iterable[str], *, actor: Actor = SYSTEM) -> str:
    """A key for a machine. It is returned this once and never shown again: only its hash is kept."""
    require(actor, "service.manage")
    names = sorted(set(grants))
    unknown = [grant for grant in names if grant not in PERMISSIONS]
    if unknown:
        raise Refused("invalid", _("Không có quyền này: {names}.").format(names=", ".join(unknown)))
    if ServiceKey.objects.filter(name=name).exists():
        words = _("Tên khoá này đã có. Chọn tên khác.")
        raise Refused("invalid", words, fields={"name": words})
    text = f"mc_{secrets.token_urlsafe(32)}"
    key = ServiceKey.objects.create(name=name, digest=key_digest(text), grants=names, created_at=moment.now())
    record("servicekey.created", actor=actor, data={"name": name, "key_id": key.pk, "grants": names})
    return text


@transaction.atomic
def revoke_service_key(key_id: int, *, actor: Actor) -> None:
    require(actor, "service.manage")
    key = ServiceKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise Refused("not_found", _("Không tìm thấy khoá này."))
    if key.revoked_at is not None:
        return
    key.revoked_at = moment.now()
    key.save(update_fields=["revoked_at"])
    record("servicekey.revoked", actor=actor, data={"name": key.name, "key_id": key.pk})
