"""A number that was served is rated on its page, without a name."""

from datetime import timedelta

import pytest
from django.test import Client

from motcua.kernel.ratings.models import Rating
from motcua.lib import moment
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.queries.links import token_of
from motcua.modules.tickets.queries.rating import rate_url, service
from motcua.modules.tickets.tests.conftest import Hall, take
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.usefixtures("monday")


def test_after_it_was_served(hall: Hall, client: Client) -> None:
    ticket = take(hall.civil)
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    page = f"/lay-so/so/{token_of(ticket.pk)}/"
    assert "?muc=" not in client.get(page).content.decode()
    assert service(str(ticket.pk)) is None
    with moment.at(MONDAY + timedelta(minutes=5)):
        calling.finish_ticket(ticket.pk, actor=hall.nga)
        ticket.refresh_from_db()
        url = rate_url(ticket)
        assert f'href="{url}?muc=1"' in client.get(page).content.decode()
        assert client.post(url, {"face": "3"}).status_code == 302
        assert "?muc=" not in client.get(page).content.decode()
    rating = Rating.objects.get()
    assert (rating.kind, rating.unit_id, rating.officer_id) == ("ticket", hall.point.unit_id, hall.nga.id)


def test_whoever_sits_there_now_did_not_serve_it(hall: Hall) -> None:
    ticket = take(hall.civil)
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    calling.finish_ticket(ticket.pk, actor=hall.nga)
    calling.leave_counter(actor=hall.nga)
    with moment.at(MONDAY + timedelta(minutes=5)):
        calling.open_counter(hall.first.pk, actor=hall.vy)
    found = service(str(ticket.pk))
    assert found is not None
    assert found.officer_id is None
