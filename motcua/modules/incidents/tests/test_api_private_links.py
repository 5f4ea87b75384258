"""Private links in the JSON API: who replaces one, and who reads the new one."""

import pytest
from django.test import Client

from motcua.kernel.cases.models import Party
from motcua.kernel.events.models import Event
from motcua.modules.incidents.tests.test_api import API, lamp, link_of, post, signed_in
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


def test_the_holder_replaces_a_private_link(city: City) -> None:
    case = lamp(city)
    old = link_of(case)
    at = f"{API}/private-links/{case.code}"
    shown = Client().get(at, headers=old)
    assert (shown.json()["token"], shown["Cache-Control"]) == (old["X-Private-Link"], "no-store")
    new = post(Client(), f"/private-links/{case.code}", **old).json()
    assert new["private_url"].endswith(f"/p/{new['token']}/")
    assert {"X-Private-Link": new["token"]} == link_of(case) != old
    assert Client().get(at, headers=old).status_code == 404
    assert Client().get(f"{API}/incidents/{case.code}", headers=link_of(case)).status_code == 200


def test_an_official_replaces_somebodys_private_link_without_reading_it(city: City) -> None:
    case = lamp(city)
    path = f"/cases/{case.id}/people/{case.person_id}/replace-link"
    answer = post(signed_in("minh"), path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert Party.objects.get().link_number == 1


def test_nobody_else_replaces_a_private_link(city: City) -> None:
    case = lamp(city)
    other = link_of(lamp(city))
    events = Event.objects.count()
    for headers in ({}, other):
        assert Client().get(f"{API}/private-links/{case.code}", headers=headers).status_code == 404
        assert post(Client(), f"/private-links/{case.code}", **headers).status_code == 404
    path = f"/cases/{case.id}/people/{case.person_id}/replace-link"
    for client, status in ((signed_in("tam"), 404), (Client(), 401)):
        assert post(client, path).status_code == status
    assert post(signed_in("minh"), path.replace(f"people/{case.person_id}", "people/999999")).status_code == 404
    assert not Party.objects.exclude(link_number=0).exists()
    assert Event.objects.count() == events
