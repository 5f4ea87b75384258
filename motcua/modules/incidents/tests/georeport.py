"""The rules of GeoReport v2 and of service discovery as JSON Schema, written after the published standard and the
schemas of the standard's own validator; and XML read back by the Spark convention, to compare it with the JSON."""

from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from jsonschema import Draft202012Validator, FormatChecker

W3C = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
TEXT_OR_NULL = {"type": ["string", "null"]}
MOMENT = {"type": "string", "pattern": W3C}
MOMENT_OR_NULL = {"type": ["string", "null"], "pattern": W3C}
URI_OR_NULL = {"type": ["string", "null"], "format": "uri"}


def _object(required: tuple[str, ...], /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


REQUEST = _object(
    ("service_request_id", "status", "service_code", "requested_datetime"),
    service_request_id={"type": "string", "minLength": 1},
    status={"enum": ["open", "closed"]},
    status_notes=TEXT_OR_NULL,
    service_name=TEXT_OR_NULL,
    service_code={"type": "string"},
    description={"type": ["string", "null"], "maxLength": 4000},
    agency_responsible=TEXT_OR_NULL,
    service_notice=TEXT_OR_NULL,
    requested_datetime=MOMENT,
    updated_datetime=MOMENT_OR_NULL,
    expected_datetime=MOMENT_OR_NULL,
    address=TEXT_OR_NULL,
    address_id=TEXT_OR_NULL,
    zipcode=TEXT_OR_NULL,
    lat={"type": ["number", "null"]},
    long={"type": ["number", "null"]},
    media_url=URI_OR_NULL,
)
REQUESTS = _list(REQUEST)
EXTENDED_REQUESTS = _list(
    {**REQUEST, "properties": {**REQUEST["properties"], "extended_attributes": {"type": "object"}}}
)
MADE = _list(
    {
        **_object(
            (),
            service_request_id={"type": "string", "minLength": 1},
            token={"type": "string"},
            service_notice=TEXT_OR_NULL,
            account_id=TEXT_OR_NULL,
        ),
        "oneOf": [{"required": ["service_request_id"]}, {"required": ["token"]}],
    },
    least=1,
)
TOKEN = _list(
    _object(("service_request_id", "token"), service_request_id={"type": "string"}, token={"type": "string"}), least=1
)
SERVICES = _list(
    _object(
        ("service_code", "service_name", "metadata", "type"),
        service_code={"type": "string", "minLength": 1},
        service_name={"type": "string"},
        description=TEXT_OR_NULL,
        metadata={"type": "boolean"},
        type={"enum": ["realtime", "batch", "blackbox"]},
        keywords=TEXT_OR_NULL,
        group=TEXT_OR_NULL,
    )
)
DEFINITION = _object(
    ("service_code", "attributes"),
    service_code={"type": "string"},
    attributes=_list(
        _object(
            ("variable", "code", "datatype", "required", "order", "description"),
            variable={"type": "boolean"},
            code={"type": "string", "minLength": 1},
            datatype={"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
            required={"type": "boolean"},
            datatype_description=TEXT_OR_NULL,
            order={"type": "integer", "minimum": 1},
            description=TEXT_OR_NULL,
            values=_list(_object(("key", "name"), key={"type": "string"}, name={"type": "string"})),
        )
    ),
)
ERRORS = _list(
    _object(
        ("code", "description"),
        code={"type": "integer", "minimum": 400, "maximum": 499},
        description={"type": "string", "minLength": 1},
    ),
    least=1,
)
DISCOVERY = _object(
    ("changeset", "contact", "key_service", "endpoints"),
    changeset={"type": "string", "minLength": 1},
    contact={"type": "string", "minLength": 1},
    key_service={"type": "string", "minLength": 1},
    endpoints=_list(
        _object(
            ("specification", "url", "changeset", "type", "formats"),
            specification={"const": "http://wiki.open311.org/GeoReport_v2"},
            url={"type": "string", "format": "uri"},
            changeset={"type": "string", "minLength": 1},
            type={"enum": ["production", "test"]},
            formats=_list({"enum": ["text/xml", "application/json"]}, least=1),
        ),
        least=1,
    ),
)
UPDATES = _list(
    _object(
        ("update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"),
        update_id={"type": "string"},
        service_request_id={"type": "string"},
        status={"enum": ["open", "closed"]},
        updated_datetime=MOMENT,
        description={"type": "string", "minLength": 1},
        media_url=URI_OR_NULL,
    )
)
_formats = FormatChecker()


@_formats.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


def check(data: object, schema: dict[str, Any]) -> None:
    """Fails with every rule that is broken, and where."""
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema, format_checker=_formats).iter_errors(data)
    problems = [f"{error.json_path}: {error.message}" for error in found]
    assert not problems, "\n".join(problems)


CONTAINERS = {
    "attributes": "attribute", "endpoints": "endpoint", "errors": "error", "formats": "format", "photos": "photo",
    "service_request_updates": "request_update", "service_requests": "request", "services": "service",
    "values": "value",
}  # fmt: skip


def spark(body: bytes) -> tuple[str, Any]:
    """The root's name and the document as the Spark convention makes it JSON; leaves stay text, or None when empty."""
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    root = fromstring(body)
    return root.tag, _spark(root)


def _spark(element: Element) -> Any:
    children = list(element)
    if element.tag in CONTAINERS:
        assert {child.tag for child in children} <= {CONTAINERS[element.tag]}, element.tag
        return [_spark(child) for child in children]
    if children:
        return {child.tag: _spark(child) for child in children}
    return element.text


def as_text(data: Any) -> Any:
    """JSON with its leaves as XML writes them."""
    match data:
        case dict():
            return {name: as_text(value) for name, value in data.items()}
        case list():
            return [as_text(value) for value in data]
        case bool():
            return "true" if data else "false"
        case None | "":
            return None
        case _:
            return str(data)
