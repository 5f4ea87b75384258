"""Accounts of officials and the posts they hold."""

from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import ROLE_NAMES, Actor, Role
from motcua.kernel.identity.models import Account, Post, Session
from motcua.kernel.identity.queries import get_officer, may, may_somewhere, reach_at
from motcua.kernel.org.queries import local_today, tree
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold


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
    record("officer.created", actor=actor, data=_who(officer))
    return officer


def _require_reach(actor: Actor, role: Role, unit_id: int) -> None:
    """A post gives power over its reach: only who administers all of that may give or take it."""
    if not may(actor, "org.manage", unit_path=reach_at(role, unit_id)):
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
    post = Post.objects.filter(officer=officer, unit_id=unit_id, role=role).first()
    begins = valid_from or (post.valid_from if post and post.is_in_force(local_today()) else local_today())
    if valid_to is not None and valid_to < begins:
        words = _("Ngày kết thúc phải từ ngày bắt đầu trở đi.")
        raise Refused("invalid", words, fields={"valid_to": words})
    values = {"title": title.strip(), "valid_from": begins, "valid_to": valid_to}
    if post is None:
        post = Post.objects.create(officer=officer, unit_id=unit_id, role=role, **values)
    elif all(getattr(post, field) == value for field, value in values.items()):
        return post
    else:
        for field, value in values.items():
            setattr(post, field, value)
        post.save(update_fields=list(values))
    dates = {"from": begins.isoformat(), "to": valid_to.isoformat() if valid_to else ""}
    record("post.granted", actor=actor, data=_words_of(post) | dates)
    return post


def _words_of(post: Post) -> dict[str, str | int]:
    unit = tree().unit(post.unit_id)
    return {
        "officer": post.officer.name,
        "officer_id": post.officer_id,
        "unit": unit.name,
        "unit_id": unit.id,
        "role": post.role,
        "role_name": str(ROLE_NAMES[Role(post.role)]),
    }


@transaction.atomic
def hire_officer(
    *,
    actor: Actor,
    unit_id: int,
    role: Role,
    title: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    **account: str,
) -> Account:
    """A new official with a first post, so that somebody administers them from the beginning."""
    officer = create_officer(actor=actor, **account)
    grant_post(officer.pk, unit_id, role, actor=actor, title=title, valid_from=valid_from, valid_to=valid_to)
    return officer


@transaction.atomic
def revoke_post(post_id: int, *, actor: Actor) -> None:
    """End a post with yesterday, so that it gives no power from now on."""
    post = Post.objects.select_for_update(of=("self",)).select_related("officer").filter(pk=post_id).first()
    if post is None:
        raise Refused("not_found", _("Không tìm thấy vai trò này."))
    _require_reach(actor, Role(post.role), post.unit_id)
    if post.officer_id == actor.id:
        raise Refused("own_account", _("Bạn không tự thôi vai trò của mình. Nhờ một quản trị khác làm việc này."))
    yesterday = local_today() - timedelta(days=1)
    if post.valid_to is not None and post.valid_to <= yesterday:
        return
    record("post.revoked", actor=actor, data=_words_of(post))
    if post.valid_from > yesterday:
        post.delete()
        return
    post.valid_to = yesterday
    post.save(update_fields=["valid_to"])


@transaction.atomic
def change_officer(
    officer_id: int, *, actor: Actor, name: str, email: str = "", phone: str = "", language: str = "vi"
) -> Account:
    officer = get_officer(officer_id, actor=actor, lock=True)
    values = {
        "name": name.strip(),
        "folded": fold(name),
        "email": email.strip().casefold(),
        "phone": phone.strip(),
        "language": language,
    }
    changed = [field for field, value in values.items() if getattr(officer, field) != value]
    if changed:
        for field in changed:
            setattr(officer, field, values[field])
        officer.save(update_fields=changed)
        what = ", ".join(field for field in changed if field != "folded")
        record("officer.changed", actor=actor, data=_who(officer) | {"what": what})
    return officer


def _who(officer: Account) -> dict[str, str | int]:
    return {"officer": officer.name, "officer_id": officer.pk}


@transaction.atomic
def deactivate_officer(officer_id: int, *, actor: Actor) -> None:
    """Nobody signs in with this account any more, and whoever is signed in is out at once."""
    officer = get_officer(officer_id, actor=actor, lock=True)
    if officer.pk == actor.id:
        raise Refused("own_account", _("Bạn không tự khoá tài khoản của mình. Nhờ một quản trị khác làm việc này."))
    if officer.is_active:
        officer.is_active = False
        officer.save(update_fields=["is_active"])
        Session.objects.filter(account=officer).delete()
        record("officer.deactivated", actor=actor, data=_who(officer))


@transaction.atomic
def activate_officer(officer_id: int, *, actor: Actor) -> None:
    officer = get_officer(officer_id, actor=actor, lock=True)
    if not officer.is_active:
        officer.is_active = True
        officer.save(update_fields=["is_active"])
        record("officer.activated", actor=actor, data=_who(officer))


@transaction.atomic
def reset_factors(officer_id: int, *, actor: Actor) -> None:
    """For an official who lost phone and recovery codes: they sign in with the password and set it up anew."""
    officer = get_officer(officer_id, actor=actor, lock=True)
    if officer.pk == actor.id:
        raise Refused("own_account", _("Lớp xác thực của chính bạn thì đổi ở trang Bảo mật."))
    removed, _by_model = Authenticator.objects.filter(user=officer).delete()
    if removed:
        Session.objects.filter(account=officer).delete()
        record("officer.factors_reset", actor=actor, data=_who(officer))


def set_same_password(password_hash: str) -> int:
    """Give every official the same password, already hashed. For a demonstration only; how many."""
    return Account.objects.filter(kind=Account.Kind.OFFICER).update(password=password_hash)
