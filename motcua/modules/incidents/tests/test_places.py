"""An address without a pin finds the ward by the names that stand in it."""

import pytest

from motcua.kernel.places import queries
from motcua.kernel.places.models import Area, Landmark
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "area"), [("trước 12 Phan Đình Phùng", "24778"), ("Phường Hai", "24781"), ("gần nhà tôi", None)]
)
def test_an_address_alone_finds_its_ward(city: City, address: str, area: str | None) -> None:
    ward = Area.objects.get(code="24778")
    Landmark.objects.create(area=ward, name="Phan Đình Phùng", kind="street", lat=ward.lat, lon=ward.lon)
    queries.forget()
    new = NewIncident(text="Đèn tắt ba đêm", category="street-lighting", address=address)
    case = submit_incident(new, actor=city.an).case
    assert (case.area.code if case.area else None, case.lat) == (area, None)
    assert (case.state == "dispatched") is (area is not None)
