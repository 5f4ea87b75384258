"""From the home page, a stranger is at each page for everybody in two clicks at most."""

import re

import pytest
from django.test import Client

from motcua.testing.doors import doors
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<(?:a\b[^>]*?\bhref|form\b[^>]*?role="search"[^>]*?\baction)="(/[^"#?]*)')
MACHINES = ("/api/v1/", "/open311/", "/hooks/", "/maps/")
# Where one is led, and does not go by oneself.
LED_TO = {
    "offline",  # by the service worker, without a network
    "account_logout",
    "board_late",  # from the board, when more are late than it lists
    "account_reset_password",  # of officials, from their own door
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}


def page(client: Client, path: str) -> str | None:
    """None: it is no page, or not for strangers."""
    answer = client.get(path)
    is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    return answer.content.decode() if is_page else None


def links(client: Client, path: str) -> set[str]:
    return set(LINK.findall(page(client, path) or ""))


def test_every_page_for_everybody_is_two_clicks_away(client: Client, one_stop: OneStop) -> None:
    first = links(client, "/")
    reached = {"/"} | first | {path for one in sorted(first - {"/"}) for path in links(client, one)}
    assert {"/tiet-kiem/", "/danh-gia/ket-qua/", "/board/"} <= first  # what the house is judged by: in one
    left = [
        door
        for door in doors({})
        if door.is_public and not door.fills and door.name not in LED_TO
        and door.path not in reached and not door.path.startswith(MACHINES)
    ]  # fmt: skip
    lost = [f"{door.name} {door.path}" for door in left if page(client, door.path) is not None]
    assert not lost, "\n".join(lost)
