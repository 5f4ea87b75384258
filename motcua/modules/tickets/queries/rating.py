"""What a rating keeps of a number that was served."""

from django.utils.translation import gettext_lazy as _

from motcua.kernel.org import queries as org
from motcua.kernel.ratings.kind import Rateable, Service
from motcua.kernel.ratings.queries.links import may_be_rated, rate_path
from motcua.lib.codes import row_number
from motcua.modules.tickets.kind import State
from motcua.modules.tickets.models import Ticket

KIND = "ticket"


def service(key: str) -> Service | None:
    """``key`` is the number of the ticket. Who served it is known while they still sit at that counter."""
    number = row_number(key) or 0
    found = Ticket.objects.select_related("point", "counter").filter(pk=number, state=State.DONE).first()
    if found is None or found.ended_at is None:
        return None
    counter, unit = found.counter, org.tree().unit(found.point.unit_id)
    sat_there = (
        counter is not None
        and counter.opened_at is not None
        and found.called_at is not None
        and counter.opened_at <= found.called_at
    )
    return Service(
        title=found.label,
        unit_id=unit.id,
        ended_at=found.ended_at,
        officer_id=counter.officer_id if counter is not None and sat_there else None,
        point_id=unit.id,
    )


def rate_url(ticket: Ticket) -> str:
    """Where whoever holds the number rates it; "" where it was not served, or was rated."""
    if ticket.state != State.DONE or ticket.ended_at is None or not may_be_rated(KIND, ticket.pk, ticket.ended_at):
        return ""
    return rate_path(KIND, ticket.pk)


RATEABLE = Rateable(KIND, _("Số thứ tự"), _("Bạn được phục vụ ở quầy thế nào?"), service)
