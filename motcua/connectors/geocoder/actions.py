"""A search of addresses that speaks as Nominatim does: GET /search?q=…&format=jsonv2. The city's own, or one that it
may use by contract: what people type about where they are goes there."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import urllib3
from django.conf import settings

from motcua.kernel.places.ports import Found
from motcua.lib.errors import ConnectorError

MOST, LONGEST = 5, 2**20  # points; bytes of an answer
_pool = urllib3.PoolManager(num_pools=2, maxsize=2, retries=False)


class HttpGeocoder:
    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["geocoder"]["url"])

    def find(self, words: str) -> Sequence[Found]:
        values = settings.CONNECTORS["geocoder"]
        asked = {"q": words, "format": "jsonv2", "limit": str(MOST), "countrycodes": "vn", "accept-language": "vi"}
        headers = {"User-Agent": f"motcua ({settings.PUBLIC_URL})", "Accept": "application/json"}
        if values["key"]:
            headers["Authorization"] = f"Bearer {values['key']}"
        try:
            response = _pool.request(
                "GET",
                f"{values['url']}/search?{urlencode(asked)}",
                headers=headers,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(total=float(values["timeout"])),
            )
            answer = bytes(response.read(LONGEST + 1))
            response.release_conn()
        except ValueError as error:
            raise ConnectorError(f"GEOCODER_URL, GEOCODER_TIMEOUT: {error}") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ConnectorError(type(error).__name__) from error
        if response.status != 200:
            raise ConnectorError(f"HTTP {response.status}")
        if len(answer) > LONGEST:
            raise ConnectorError(f"more than {LONGEST} bytes")
        try:
            rows = json.loads(answer)
        except ValueError as error:
            raise ConnectorError("no JSON") from error
        return list(_points(rows if isinstance(rows, list) else []))


def _points(rows: list[Any]) -> Iterator[Found]:
    """Rows that hold a point and a name; others are left out."""
    for row in rows[:MOST]:
        try:
            lat, lon, label = float(row["lat"]), float(row["lon"]), str(row["display_name"])[:200]
        except (KeyError, TypeError, ValueError):
            continue
        if math.isfinite(lat) and math.isfinite(lon) and label:
            yield Found(label, lat, lon)
