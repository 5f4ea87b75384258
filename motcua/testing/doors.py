"""Every address of the house with its numbers, codes and tokens filled in, for tests that try them all."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from motcua.kernel.identity.views import PUBLIC


@dataclass(frozen=True)
class Door:
    path: str
    name: str
    permissions: tuple[object, ...]
    fills: frozenset[str]  # what was filled in
    is_exempt: bool  # no page of ours need prove that it sent the form

    @property
    def is_public(self) -> bool:
        return PUBLIC in self.permissions


def doors(fillings: Mapping[str, str], by_name: Mapping[str, Mapping[str, str]] | None = None) -> list[Door]:
    """``by_name``: what else fills the addresses of that name. What nobody names is filled with 1; the variants of a
    file are tried one by one."""
    found = []
    for address, pattern in _patterns(get_resolver().url_patterns):
        plain = re.sub(r"\\(.)", r"\1", address.replace("^", "").replace("$", "")).replace("(?:/v2)?", "/v2")
        names = re.findall(r"<(?:\w+:)?(\w+)>", plain)
        own = {**fillings, **(by_name or {}).get(pattern.name or "", {})}
        ways = [own] if "variant" not in names else [{**own, "variant": one} for one in ("goc", "xem", "nho")]
        for way in ways:
            path = plain
            for name in names:
                path = _filled(path, name, way.get(name, "1"))
            found.append(
                Door(
                    path,
                    pattern.name or "",
                    tuple(_permissions_of(pattern.callback)),
                    frozenset(names),
                    bool(getattr(pattern.callback, "csrf_exempt", False)),
                )
            )
    return found


def _filled(path: str, name: str, value: str) -> str:
    if f"(?P<{name}>" in path:
        return re.sub(rf"\(\?P<{name}>(?:\[[^\]]*\](?:\{{[^}}]*\}}|\+)?|[^()]*)\)", value, path, count=1)
    return re.sub(rf"<(?:\w+:)?{name}>", value, path, count=1)


def _patterns(found: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in found:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, address)
        else:
            yield address, pattern


def _permissions_of(view: object) -> list[object]:
    for cell in getattr(view, "__closure__", None) or ():  # of the JSON API
        if operations := getattr(cell.cell_contents, "operations", None):
            return [getattr(operation.view_func, "permission", None) for operation in operations]
    return [getattr(view, "permission", None)]


def read(client: Client, path: str, method: str = "get", data: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Status, and everything that came back: headers and bytes."""
    answer = getattr(client, method)(path, data) if data else getattr(client, method)(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace")
    if "json" in answer.headers.get("Content-Type", ""):  # letters with tones are written as numbers there
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return answer.status_code, f"{answer.headers}\n{text}"
