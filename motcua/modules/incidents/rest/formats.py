"""An answer of Open311 as XML or as JSON. One structure serves both: JSON is the XML by the Spark convention, in which
a container of one kind of element becomes a list."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {  # container → element
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "notes": "note",
    "photos": "photo",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not even escaped, XML 1.0 §2.2


def answer(suffix: str, root: str, data: Any, status: int = 200) -> HttpResponse:
    """``data``: mappings, sequences, texts, numbers, booleans and None; ``root`` names it in XML."""
    if suffix == "json":
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    else:
        body = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, data)}\n'
    return HttpResponse(body, status=status, content_type=TYPES[suffix])


def _element(name: str, value: Any) -> str:
    match value:
        case None | "":
            return f"<{name}/>"
        case bool():
            content = "true" if value else "false"
        case str():
            content = escape(_NOT_XML.sub("", value))
        case Mapping():
            content = "".join([_element(key, part) for key, part in value.items()])
        case Sequence():
            item = ITEMS[name]
            content = "".join([_element(item, part) for part in value])
        case _:
            content = str(value)
    return f"<{name}>{content}</{name}>"
