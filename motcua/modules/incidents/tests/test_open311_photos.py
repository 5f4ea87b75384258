"""Open311: photos of what is published, at addresses that open, and no other."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.models import File
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.models import ServiceKey
from motcua.lib import moment
from motcua.modules.incidents.actions.people import reopen_incident
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import (
    approve_incident,
    hide_incident,
    resolve_incident,
    visit_incident,
)
from motcua.modules.incidents.models import Incident
from motcua.modules.incidents.tests.georeport import EXTENDED_REQUESTS, UPDATES
from motcua.modules.incidents.tests.open311_client import BASE, GRANTS, both
from motcua.testing.city import LAMP_AT, MONDAY, City, holding

pytestmark = pytest.mark.django_db
SIZE = {"before": (64, 48), "after": (80, 60)}


def photo(city: City, role: str = "before", colour: str = "#888") -> File:
    out = BytesIO()
    Image.new("RGB", SIZE[role], colour).save(out, "JPEG")
    out.seek(0)
    return store_file(out, actor=city.an)


def address(file: File) -> str:
    return f"{settings.PUBLIC_URL}{File.objects.get(pk=file.pk).view_url}"


def opens(client: Client, url: str) -> bool:
    return client.get(url.removeprefix(settings.PUBLIC_URL)).status_code == 200


@pytest.fixture
def before(city: City) -> list[File]:
    """One that goes out, one that an official keeps back."""
    return [photo(city, colour="#111"), photo(city, colour="#999")]


@pytest.fixture
def case(city: City, before: list[File]) -> Case:
    """Taken and seen on the spot, with a photo of the visit that is for the file alone."""
    ids = [file.pk for file in before]
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], file_ids=ids)
    with moment.at(MONDAY):
        case = submit_incident(new, actor=city.an).case
        take_incident(case.id, actor=city.hoa, public_file_ids=ids[:1])
        visit_incident(case.id, actor=city.hoa, note="Bóng cháy", file_ids=[photo(city).pk])
    return case


def resolve(city: City, case: Case, colour: str) -> File:
    after = photo(city, "after", colour)
    resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng", file_ids=[after.pk], caption="Đèn đã sáng")
    return after


def update_media(client: Client, case: Case) -> dict[str, list[str | None]]:
    """What every update shows, by the first words of what it tells."""
    rows = both(client, "servicerequestupdates", UPDATES, "service_request_updates", service_request_id=case.code)
    shown: dict[str, list[str | None]] = {}
    for row in rows:
        shown.setdefault(row["description"].partition(",")[0].partition(":")[0], []).append(row["media_url"])
    return shown


def extended(client: Client, case: Case, **query: Any) -> dict[str, Any]:
    (row,) = both(
        client, f"requests/{case.code}", EXTENDED_REQUESTS, "service_requests", extensions="true", **query
    )  # fmt: skip
    return dict(row)


def test_updates_show_the_photo_of_what_they_tell(client: Client, city: City, case: Case, before: list[File]) -> None:
    with moment.at(MONDAY + timedelta(hours=1)):
        after = resolve(city, case, "#555")
    waiting = update_media(client, case)
    assert waiting.pop("Người dân gửi phản ánh") == [address(before[0])]
    assert {url for urls in waiting.values() for url in urls} == {None}  # the result is not approved yet
    with moment.at(MONDAY + timedelta(hours=2)):
        approve_incident(case.id, actor=city.minh)
    shown = update_media(client, case)
    assert shown.pop("Người dân gửi phản ánh") == [address(before[0])]
    assert shown.pop("Xử lý xong") == shown.pop("Ghi kết quả") == [address(after)]
    assert {url for urls in shown.values() for url in urls} == {None}
    assert opens(client, address(before[0]))
    assert opens(client, address(after))


def test_a_second_result_shows_its_own_photo(client: Client, city: City, case: Case) -> None:
    with moment.at(MONDAY + timedelta(hours=1)):
        first = resolve(city, case, "#555")
        approve_incident(case.id, actor=city.minh)
        reporter = Party.objects.get(case=case)
        reopen_incident(case.id, actor=holding(reporter.id, case.id), reason="Lại tắt")
        take_incident(case.id, actor=city.hoa)
        second = resolve(city, case, "#777")
        approve_incident(case.id, actor=city.minh)
    assert update_media(client, case)["Xử lý xong"] == [address(first), address(second)]


def test_extended_attributes_list_the_published_photos(
    client: Client, city: City, case: Case, before: list[File]
) -> None:
    with moment.at(MONDAY + timedelta(hours=1)):
        after = resolve(city, case, "#555")
    assert [one["media_url"] for one in extended(client, case)["extended_attributes"]["photos"]] == [address(before[0])]
    with moment.at(MONDAY + timedelta(hours=2)):
        approve_incident(case.id, actor=city.minh)
    row = extended(client, case)
    assert row["media_url"] == address(before[0])
    assert row["extended_attributes"]["photos"] == [
        {"media_url": address(before[0]), "title": None, "type": "before", "width": 64, "height": 48,
         "created_at": "2026-11-16T08:00:00+07:00"},
        {"media_url": address(after), "title": "Đèn đã sáng", "type": "after", "width": 80, "height": 60,
         "created_at": "2026-11-16T09:00:00+07:00"},
    ]  # fmt: skip
    assert all(opens(client, one["media_url"]) for one in row["extended_attributes"]["photos"])
    everything = "".join(
        client.get(f"{BASE}{path}.xml", {"extensions": "true"}).content.decode()
        for path in (f"requests/{case.code}", "requests", "servicerequestupdates")
    )
    closed = [use.file for use in CaseFile.objects.select_related("file").filter(case=case, is_public=False)]
    assert len(closed) == 2  # kept back, and of the visit
    for file in closed:
        assert file.token not in everything
        assert not opens(client, file.view_url)


def test_a_hidden_report_shows_no_photo_even_to_its_own_client(
    client: Client, city: City, case: Case, before: list[File]
) -> None:
    key = create_service_key("App", GRANTS)
    Incident.objects.filter(pk=case.id).update(service_key_id=ServiceKey.objects.get().pk)
    assert extended(client, case, api_key=key)["media_url"] == address(before[0])
    hide_incident(case.id, actor=city.minh, reason="Có mặt trẻ em")
    row = extended(client, case, api_key=key)
    assert (row["media_url"], row["extended_attributes"]["photos"]) == (None, [])
    assert not opens(client, address(before[0]))
    assert update_media(client, case) == {}
