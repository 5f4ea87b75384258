"""Keys for machines."""

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import PERMISSIONS, SYSTEM, Actor
from motcua.kernel.identity.models import ServiceKey
from motcua.kernel.identity.queries import forget_keys, key_digest, require
from motcua.lib import moment
from motcua.lib.errors import Refused


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
    forget_keys()
    record("servicekey.revoked", actor=actor, data={"name": key.name, "key_id": key.pk})
