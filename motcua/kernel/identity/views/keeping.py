"""What somebody typed on one page and confirms on the next: sealed, as sessions lie in the database."""

import json

from django.http import HttpRequest

from motcua.kernel.identity.queries import sealer


def keep(request: HttpRequest, name: str, values: dict[str, str]) -> None:
    request.session[name] = sealer().seal(json.dumps(values)).decode()


def kept(request: HttpRequest, name: str) -> dict[str, str] | None:
    text = sealer().open(str(request.session.get(name, "")).encode())
    values: dict[str, str] | None = json.loads(text) if text else None
    return values


def forget_kept(request: HttpRequest, name: str) -> None:
    request.session.pop(name, None)
