"""Devices without a user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from motcua.kernel.identity.kind import DEVICE_PURPOSES, Actor
from motcua.kernel.identity.models import Device
from motcua.kernel.identity.queries.actors import key_digest
from motcua.kernel.identity.queries.permissions import unit_ids_within
from motcua.kernel.org import queries as org

MOST_REVOKED = 20  # of those, the newest are still of interest


@dataclass(frozen=True, slots=True)
class DeviceRow:
    id: int
    name: str
    purpose: str
    unit: str
    place: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def list_devices(actor: Actor) -> list[DeviceRow]:
    """Those within reach: in use by unit and name, then the last revoked ones."""
    ids = unit_ids_within(actor, "device.manage")
    found = Device.objects.all() if ids is None else Device.objects.filter(unit_id__in=ids)
    tree = org.tree()
    used = sorted(
        found.filter(revoked_at=None), key=lambda one: (tree.unit(one.unit_id).name, one.purpose, one.place, one.name)
    )
    gone = found.filter(revoked_at__isnull=False).order_by("-revoked_at")[:MOST_REVOKED]
    return [
        DeviceRow(
            id=one.pk,
            name=one.name,
            purpose=str(DEVICE_PURPOSES[one.purpose].title) if one.purpose in DEVICE_PURPOSES else one.purpose,
            unit=tree.unit(one.unit_id).name,
            place=one.place,
            created_at=one.created_at,
            used_at=one.used_at,
            revoked_at=one.revoked_at,
        )
        for one in (*used, *gone)
    ]


def device_targets(actor: Actor) -> Sequence[tuple[str, str]]:
    """Value and words of what a new device may be for, within reach: "screen:17:" → "Màn hình gọi số · Phường A"."""
    ids, tree = unit_ids_within(actor, "device.manage"), org.tree()
    return [
        (
            f"{purpose.name}:{target.unit_id}:{target.place}",
            " · ".join(filter(None, (str(purpose.title), target.label, tree.unit(target.unit_id).name))),
        )
        for purpose in DEVICE_PURPOSES.values()
        for target in purpose.targets()
        if (ids is None or target.unit_id in ids) and tree.unit(target.unit_id).is_in_force
    ]


def device_page(token: str) -> str | None:
    """The address of the page of the device whose link this is; None for a link that does not hold."""
    device = Device.objects.filter(digest=key_digest(token), revoked_at=None).first()
    if device is None or device.purpose not in DEVICE_PURPOSES:
        return None
    return DEVICE_PURPOSES[device.purpose].url(org.tree().unit(device.unit_id).code, device.place)
