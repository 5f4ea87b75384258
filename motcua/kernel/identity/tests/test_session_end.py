"""Before a session ends one may stay, once as long again; afterwards one signs in and goes on where one was."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from motcua.kernel.identity.models import Account
from motcua.kernel.identity.views.sessions import PERSON_SESSION
from motcua.lib import moment
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.django_db
DAY = timedelta(seconds=settings.SESSION_COOKIE_AGE)
URL = "/phien/"


def signed_in(account: Account, length: timedelta, at: datetime = MONDAY) -> Client:
    client = Client()
    with moment.at(at):
        client.force_login(account)
        session = client.session
        session["signed_in_at"] = at.isoformat()
        session.set_expiry(at + length)
        session.save()
    return client


def left(client: Client, at: datetime, method: str = "get") -> tuple[int, bool]:
    with moment.at(at):
        answer = getattr(client, method)(URL).json()
    return answer["left"], answer["may_stay"]


def test_asking_does_not_lengthen_it_and_staying_does_once(city: City) -> None:
    client = signed_in(Account.objects.get(login="hoa"), DAY)
    soon, whole = MONDAY + DAY - timedelta(minutes=2), int(DAY.total_seconds())
    assert left(client, soon) == (120, True)
    assert left(client, soon) == (120, True)
    assert left(client, soon, "post") == (whole, True)
    assert left(client, MONDAY + 1.5 * DAY, "post") == (whole // 2 - 120, False)  # once only
    assert left(client, MONDAY + 2 * DAY) == (0, False)


def test_people_too_and_strangers_have_none(city: City, client: Client) -> None:
    person = Account.objects.create(kind="person", login="p1", name="Người dân", created_at=MONDAY)
    theirs = signed_in(person, PERSON_SESSION)
    end = MONDAY + PERSON_SESSION
    assert left(theirs, end - timedelta(minutes=1)) == (60, True)
    assert left(client, MONDAY) == (0, False)
    assert left(client, MONDAY, "post") == (0, False)


def test_pages_say_how_long(city: City, client: Client) -> None:
    hoa = signed_in(Account.objects.get(login="hoa"), DAY)
    with moment.at(MONDAY + timedelta(hours=1)):
        page = hoa.get("/desk/").content.decode()
    assert f'data-left="{int(DAY.total_seconds()) - 3600}"' in page
    assert 'role="alertdialog"' in page
    assert "alertdialog" not in client.get("/").content.decode()


def test_what_was_sent_without_a_session_leads_back_by_the_door(city: City, client: Client) -> None:
    at = "/desk/phan-anh/moi/"
    page = client.post(at, {"text": "x"}, headers={"Referer": "http://testserver/desk/?xem=unit"})
    assert page.status_code == 401
    assert "data-session-lost" in page.content.decode()
    assert "/dang-nhap/can-bo/?next=%2Fdesk%2F%3Fxem%3Dunit" in page.content.decode()
    part = client.post(at, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?xem=unit"})
    assert part.headers["HX-Redirect"] == "/dang-nhap/can-bo/?next=%2Fdesk%2F%3Fxem%3Dunit"
    other = client.post(at, headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/"})
    assert other.headers["HX-Redirect"] == "/dang-nhap/can-bo/"
