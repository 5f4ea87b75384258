"""Where a tablet for ratings may stand: at a reception, or at the desk of one clerk there."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import DeviceTarget, Role
from motcua.kernel.identity.queries import list_officers
from motcua.lib.codes import row_number


def targets() -> Sequence[DeviceTarget]:
    clerks = [row for row in list_officers(None) if Role.CLERK in row.roles]
    return [
        *(DeviceTarget(unit_id, _("mọi quầy")) for unit_id in dict.fromkeys(row.unit_id for row in clerks)),
        *(DeviceTarget(row.unit_id, row.name, str(row.id)) for row in clerks),
    ]


def page_url(code: str, place: str) -> str:
    return reverse("rating_tablet_desk", args=[code, place]) if place else reverse("rating_tablet", args=[code])


def officer_at(unit_id: int, place: str) -> int | None:
    """The clerk whose desk this is, while they hold a post there."""
    number = row_number(place) or 0
    return number if any(row.id == number for row in list_officers([unit_id])) else None
