"""The client ``three`` against the running server, in both formats.

It was written for Python 2. What it needs of that is given back here: ``itertools.ifilter``, keys that are a list, and
``getchildren`` of an element of XML.
"""

import itertools
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile
from motcua.kernel.identity.actions import create_service_key
from motcua.modules.incidents.actions.receiving import accept_incident
from motcua.testing.city import LAMP_AT, City

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


class _Element(ET.Element):
    def getchildren(self) -> list[ET.Element]:
        return list(self)


class _Dict(dict[str, Any]):
    def keys(self) -> list[str]:  # type: ignore[override]
        return list(super().keys())


def _tree(text: bytes) -> ET.Element:
    builder = ET.TreeBuilder(element_factory=_Element)
    return ET.XML(text, parser=ET.XMLParser(target=builder))  # noqa: S314  our own server's answer


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    import relaxml.converter  # type: ignore[import-untyped]
    import three.core

    plain = relaxml.converter.xml
    monkeypatch.setattr(relaxml.converter, "etree", SimpleNamespace(fromstring=_tree))
    monkeypatch.setattr(three.core, "xml", lambda content: _Dict(plain(content)))
    return three


def listed(data: Any, item: str) -> list[dict[str, Any]]:
    """Rows of either format: three makes a list of several elements of XML, and of a single one the element itself."""
    rows = data.get(item, []) if isinstance(data, dict) else data
    return rows if isinstance(rows, list) else [rows]


@pytest.mark.parametrize("format_name", ["json", "xml"])
def test_three_reports_and_follows(three: Any, live_server: "LiveServer", city: City, format_name: str) -> None:
    key = create_service_key("three", ["incident.submit", "incident.read_public"])
    client = three.Three(f"{live_server.url}/open311/v2/", api_key=key, format=format_name)
    endpoint = listed(client.discovery()["endpoints"], "endpoint")[0]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert "street-lighting" in [one["service_code"] for one in listed(client.services(), "service")]
    assert client.services("street-lighting")["service_code"] == "street-lighting"

    picture = BytesIO()
    Image.new("RGB", (64, 48), "#888").save(picture, "JPEG")
    picture.seek(0)
    (made,) = listed(
        client.post(
            "street-lighting",
            lat=LAMP_AT[0],
            long=LAMP_AT[1],
            address="12 Phan Đình Phùng",
            name="An Nguyễn",
            phone="555-5555",
            description="Đèn đường tắt.",
            media=picture,
        ),
        "request",
    )
    code = made["service_request_id"]
    case = Case.objects.get(code=code)
    assert (case.channel, case.address) == ("open311", "12 Phan Đình Phùng")
    accept_incident(case.id, actor=city.lan, public_file_ids=[CaseFile.objects.get(case=case).file_id])

    (row,) = listed(client.request(code), "request")
    assert (row["service_request_id"], row["status"]) == (code, "open")
    assert row["media_url"].startswith("http")
    assert [one["service_request_id"] for one in listed(client.requests(), "request")] == [code]
    assert [one["service_request_id"] for one in listed(client.requests("street-lighting", status="open"), "request")]
    assert listed(client.requests(status="closed"), "request") == []
    assert listed(client.token(code), "request")[0]["service_request_id"] == code
    assert listed(client.requests(between=["01-01-2020", "02-01-2020"]), "request") == []


@pytest.mark.parametrize("format_name", ["json", "xml"])
def test_three_is_told_what_is_wrong(three: Any, live_server: "LiveServer", city: City, format_name: str) -> None:
    client = three.Three(f"{live_server.url}/open311/v2/", api_key="wrong", format=format_name)
    (error,) = listed(client.post("waste", address="12 Phan Đình Phùng", description="Rác"), "error")
    assert (str(error["code"]), client.post_response.status_code) == ("403", 403)
    assert not Case.objects.exists()
