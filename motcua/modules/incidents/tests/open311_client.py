"""What the tests of Open311 share: a client that asks in both formats, and reports to ask for."""

import json
from typing import Any

from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.modules.incidents.actions.receiving import accept_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.tests.georeport import (
    REQUESTS,
    as_text,
    check,
    spark,
)
from motcua.testing.city import LAMP_AT, City

BASE = "/open311/v2/"
GRANTS = ["incident.submit", "incident.read_public"]
LAMP: dict[str, Any] = {
    "service_code": "street-lighting",
    "lat": LAMP_AT[0],
    "long": LAMP_AT[1],
    "description": "Đèn đường trước số 12 tắt.\nGọi tôi 0905 123 456.",
    "first_name": "An",
    "last_name": "Nguyễn Thị",
    "phone": "0905 123 456",
    "email": "an@example.vn",
}


def lamp(city: City, **changes: Any) -> Case:
    values = {"text": LAMP["description"], "category": "street-lighting", "lat": LAMP_AT[0], "lon": LAMP_AT[1],
              "name": "Nguyễn An", "phone": "0905 123 456"}  # fmt: skip
    return submit_incident(NewIncident(**{**values, **changes}), actor=city.an).case


def published(city: City, **changes: Any) -> Case:
    return accept_incident(lamp(city, **changes).id, actor=city.lan)


def both(client: Client, path: str, schema: dict[str, Any], root: str, status: int = 200, /, **query: Any) -> Any:
    """The answer as JSON, after the XML was found to say the same."""
    as_json, as_xml = (client.get(f"{BASE}{path}.{suffix}", query) for suffix in ("json", "xml"))
    assert (as_json.status_code, as_xml.status_code) == (status, status)
    assert as_json["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml["Content-Type"] == "text/xml; charset=utf-8"
    data = json.loads(as_json.content)
    check(data, schema)
    assert spark(as_xml.content) == (root, as_text(data))
    return data


def asked(client: Client, **query: Any) -> list[str]:
    """The ids that a query finds, in order."""
    return [row["service_request_id"] for row in both(client, "requests", REQUESTS, "service_requests", **query)]


def sent(client: Client, key: str, suffix: str = "json", **changes: Any) -> Any:
    data = {"api_key": key, **LAMP, **changes}
    headers = data.pop("headers", {})
    return client.post(
        f"{BASE}requests.{suffix}", {name: value for name, value in data.items() if value is not None}, headers=headers
    )
