"""Devices without a user: kiosks, hall screens, tablets. Each has a link of its own, which can be revoked."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import DEVICE_PURPOSES, Actor
from motcua.kernel.identity.models import Device
from motcua.kernel.identity.queries import key_digest, may, require
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused

SEEN_EVERY = timedelta(minutes=5)  # a write now and then, not one with every look


@transaction.atomic
def add_device(purpose: str, unit_id: int, place: str, name: str, *, actor: Actor) -> str:
    """The secret of the device's link. It is returned this once and never shown again: only its hash is kept."""
    require(actor, "device.manage", unit_path=org.tree().path(unit_id))
    declared = DEVICE_PURPOSES.get(purpose)
    if declared is None or not any((one.unit_id, one.place) == (unit_id, place) for one in declared.targets()):
        words = _("Chọn máy dùng để làm gì, ở đâu.")
        raise Refused("invalid", words, fields={"target": words})
    words = " ".join(name.split())
    if not words:
        words = _("Đặt tên cho máy, như “Ti vi cửa chính”.")
        raise Refused("invalid", words, fields={"name": words})
    if Device.objects.filter(unit_id=unit_id, name=words, revoked_at=None).exists():
        taken = _("Nơi này đã có máy tên như vậy. Chọn tên khác.")
        raise Refused("invalid", taken, fields={"name": taken})
    token = secrets.token_urlsafe(24)
    device = Device.objects.create(
        unit_id=unit_id,
        purpose=purpose,
        place=place,
        name=words,
        digest=key_digest(token),
        created_at=moment.now(),
    )
    _say("device.added", device, actor, purpose_name=str(declared.title))
    return token


@transaction.atomic
def revoke_device(device_id: int, *, actor: Actor) -> Device:
    """Whoever holds its link has nothing in hand any more. A second time changes nothing."""
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    if device is None or not may(actor, "device.manage", unit_path=org.tree().path(device.unit_id)):
        raise Refused("not_found", _("Không tìm thấy máy này."))
    if device.revoked_at is None:
        device.revoked_at = moment.now()
        device.save(update_fields=["revoked_at"])
        _say("device.revoked", device, actor)
    return device


def _say(name: str, device: Device, actor: Actor, **more: str) -> None:
    unit = org.tree().unit(device.unit_id)
    record(name, actor=actor, data={"name": device.name, "device_id": device.pk, "unit": unit.name, **more})


def use_device(token: str, purpose: str, unit_code: str, place: str = "") -> Device | None:
    """The device whose secret this is, when it is for this, here, and not revoked; and a note that it was seen."""
    device = Device.objects.filter(
        digest=key_digest(token), purpose=purpose, unit__code=unit_code, place=place, revoked_at=None
    ).first()
    now = moment.now()
    if device is not None and (device.used_at is None or now - device.used_at >= SEEN_EVERY):
        Device.objects.filter(pk=device.pk).update(used_at=now)
    return device
