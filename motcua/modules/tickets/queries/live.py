"""What the event streams tell of a reception: that something happened there. The page then fetches what it may show."""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from motcua.kernel.web.kind import Happening, Stream, StreamFilter, Told
from motcua.lib.errors import Refused
from motcua.modules.tickets.models import ServicePoint

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

CHANGES = ("ticket.", "counter.", "ticketline.", "servicepoint.")  # what a queue looks like depends on


def _open(match: "re.Match[str]", actor: "Actor") -> StreamFilter:
    """For everybody: how many wait, and who is called, hangs on the wall."""
    point_id = int(match[1])
    if not ServicePoint.objects.filter(pk=point_id).exists():
        raise Refused("not_found", _("Không có nơi tiếp nhận này."))

    def tell(happening: Happening) -> Told | None:
        is_here = happening.data.get("point_id") == point_id and happening.name.startswith(CHANGES)
        return {} if is_here else None

    return tell


STREAM = Stream("tickets", r"/live/quay/([0-9]{1,18})/", _open)
