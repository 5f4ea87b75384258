"""Devices that stand in a reception: kiosks, the hall's screens, a display at each counter."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.kind import DevicePurpose, DeviceTarget
from motcua.modules.tickets.kind import COUNTER, KIOSK, SCREEN
from motcua.modules.tickets.models import Counter, ServicePoint


def _points() -> Sequence[DeviceTarget]:
    return [DeviceTarget(unit_id, "") for unit_id in ServicePoint.objects.values_list("unit_id", flat=True)]


def _counters() -> Sequence[DeviceTarget]:
    counters = Counter.objects.filter(is_active=True).order_by("point", "number")
    return [
        DeviceTarget(unit_id, str(number), str(number))
        for unit_id, number in counters.values_list("point__unit_id", "number")
    ]


PURPOSES = (
    DevicePurpose(KIOSK, _("Máy lấy số"), _points, lambda code, place: reverse("ticket_kiosk", args=[code])),
    DevicePurpose(SCREEN, _("Màn hình gọi số"), _points, lambda code, place: reverse("ticket_screen", args=[code])),
    DevicePurpose(
        COUNTER,
        _("Bảng số của quầy"),
        _counters,
        lambda code, place: reverse("ticket_counter", args=[code, place]),
    ),
)
