"""The event streams, spoken to as Granian speaks to them."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.web.kind import Happening
from motcua.kernel.web.queries import happenings
from motcua.modules.incidents.actions.receiving import accept_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.project import streams
from motcua.project.streams import Live
from motcua.testing.city import LAMP_AT, City

pytestmark = pytest.mark.django_db
# The streams look at the database from a thread of their own, which sees only what is committed.
committed = pytest.mark.django_db(transaction=True)
PATIENCE = 90  # seconds: a transaction of any test on the same server holds the feed back for as long as it runs


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOK_EVERY", 0.02)


def _report(city: City) -> int:
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    return submit_incident(new, actor=city.an).case.id


def _cookies(actor: Actor) -> str:
    client = Client()
    assert actor.id is not None
    client.force_login(Account.objects.get(pk=actor.id))
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


class Browser:
    """One request to the streams."""

    def __init__(self, live: Live, path: str, **headers: str) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self._gone = asyncio.Event()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "query_string": b"",
            "client": ("127.0.0.1", 1),
            "server": ("localhost", settings.LIVE_PORT),
            "headers": [
                (name.replace("_", "-").encode(), value.encode())
                for name, value in {"host": f"localhost:{settings.LIVE_PORT}", **headers}.items()
            ],
        }
        self.task = asyncio.create_task(live(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]

    @property
    def heard(self) -> list[dict[str, object]]:
        return [json.loads(line[6:]) for line in self.body.decode().splitlines() if line.startswith('data: {"')]

    @property
    def board_heard(self) -> int:
        """Messages without content are what the board is told; the pings have no id."""
        return self.body.count(b"id: ")

    @property
    def last_id(self) -> str:
        return [line[4:] for line in self.body.decode().splitlines() if line.startswith("id: ")][-1]

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                await asyncio.sleep(0.01)

    async def opened(self) -> "Browser":
        await self.until(lambda: self.body or self.task.done())
        return self

    async def close(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, PATIENCE)


def play(scene: Callable[[Live], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        live = Live()
        await scene(live)
        assert not live.feed.listeners
        assert not live.addresses
        await live.feed.close()

    asyncio.run(run())


async def do(action: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(_and_close, action)


def _and_close(action: Callable[[], Any]) -> Any:
    try:
        return action()
    finally:
        connection.close()  # of this thread: the test database could not be dropped otherwise


async def _settled(live: Live) -> None:
    """The feed has found where it begins."""
    async with asyncio.timeout(PATIENCE):
        while live.feed._place is None:
            await asyncio.sleep(0.01)


@committed
def test_the_board_hears_that_something_happened_but_not_what(city: City) -> None:
    async def scene(live: Live) -> None:
        anybody = await Browser(live, "/live/board/").opened()
        await _settled(live)
        await do(lambda: _report(city))
        await anybody.until(lambda: anybody.board_heard)
        assert anybody.status == 200
        assert anybody.headers["content-type"].startswith("text/event-stream")
        assert anybody.heard == []
        await anybody.close()

    play(scene)


@committed
def test_the_desk_hears_of_its_own_units_only(city: City) -> None:
    minh, tam = _cookies(city.minh), _cookies(city.tam)

    async def scene(live: Live) -> None:
        of_ward_one = await Browser(live, "/live/desk/", cookie=minh).opened()
        of_ward_two = await Browser(live, "/live/desk/", cookie=tam).opened()
        board = await Browser(live, "/live/board/").opened()
        await _settled(live)
        case_id = await do(lambda: _report(city))
        await of_ward_one.until(lambda: of_ward_one.heard)
        await board.until(lambda: board.board_heard)
        assert of_ward_one.heard[0] == {"case": case_id, "event": "incident.submitted"}
        assert of_ward_two.heard == []
        for browser in (of_ward_one, of_ward_two, board):
            await browser.close()

    play(scene)


def test_nobody_else_gets_the_desk() -> None:
    async def scene(live: Live) -> None:
        stranger = Browser(live, "/live/desk/")
        await stranger.close()
        assert stranger.status == 403
        assert b"data:" not in stranger.body

    play(scene)


@pytest.mark.parametrize("path", ["/live/", "/live/case/999999/", "/live/case/x/", "/live/elsewhere/"])
def test_there_is_no_such_stream(path: str) -> None:
    async def scene(live: Live) -> None:
        browser = Browser(live, path)
        await browser.close()
        assert browser.status == 404

    play(scene)


@committed
def test_a_case_that_is_not_public_looks_like_none(city: City) -> None:
    case_id = _report(city)

    async def scene(live: Live) -> None:
        stranger = Browser(live, f"/live/case/{case_id}/")
        await stranger.close()
        assert stranger.status == 404

    play(scene)


@committed
def test_who_comes_back_hears_what_was_missed(city: City) -> None:
    cookies = _cookies(city.minh)
    first = _report(city)
    # Not where the feed stands: other tests' transactions on the same server may hold that back.
    last = Event.objects.order_by("id").last()
    assert last is not None
    heard_last = f"{last.xid}-{last.pk}"

    async def scene(live: Live) -> None:
        second = await do(lambda: _report(city))
        back = await Browser(live, "/live/desk/", cookie=cookies, last_event_id=heard_last).opened()
        await back.until(lambda: back.heard)
        cases = {told["case"] for told in back.heard}
        assert second in cases
        assert first not in cases
        await back.close()
        again = await Browser(live, "/live/desk/", cookie=cookies, last_event_id=back.last_id).opened()
        await do(lambda: accept_incident(second, actor=city.hoa))
        await again.until(lambda: again.heard)
        assert {told["event"] for told in again.heard}.isdisjoint({"incident.submitted"})
        await again.close()

    play(scene)


@committed
def test_what_settles_while_one_comes_back_is_not_missed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older transaction hides the newest events from the look at the past, and ends right after it."""
    cookies = _cookies(city.minh)
    _report(city)
    last = Event.objects.order_by("id").last()
    assert last is not None
    older = psycopg.connect(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
    older.execute("SELECT pg_current_xact_id()")

    def look_and_settle(xid: int, event_id: int, limit: int) -> list[Happening]:
        found = happenings(xid, event_id, limit)
        older.close()
        return found

    monkeypatch.setattr(streams, "happenings", look_and_settle)

    async def scene(live: Live) -> None:
        missed = await do(lambda: _report(city))
        back = await Browser(live, "/live/desk/", cookie=cookies, last_event_id=f"{last.xid}-{last.pk}").opened()
        await back.until(lambda: missed in {told["case"] for told in back.heard})
        await back.close()

    play(scene)


@pytest.mark.parametrize(
    "last", ["", "x", "1", "1-2-3", "-", "9" * 50 + "-1", "99999999999999999999-99999999999999999999"]
)
def test_nonsense_for_the_last_id_is_no_harm(last: str) -> None:
    async def scene(live: Live) -> None:
        browser = await Browser(live, "/live/board/", last_event_id=last).opened()
        assert browser.status == 200
        await browser.close()

    play(scene)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:{page}", 200),
        ("http://localhost:{live}", 200),
        ("https://localhost:{page}", 403),
        ("http://localhost:1", 403),
        ("http://localhost", 403),
        ("http://evil.example:{page}", 403),
        ("null", 403),
        ("http://[", 403),
        ("http://localhost:99999", 403),
    ],
)
def test_only_our_own_pages_may_listen(origin: str, status: int) -> None:
    said = origin.format(page=settings.PORT, live=settings.LIVE_PORT)

    async def scene(live: Live) -> None:
        browser = await Browser(live, "/live/board/", origin=said).opened()
        assert browser.status == status
        assert browser.headers.get("access-control-allow-origin") == (said if status == 200 else None)
        await browser.close()

    play(scene)


def test_a_host_that_is_not_ours_is_refused() -> None:
    async def scene(live: Live) -> None:
        browser = Browser(live, "/live/board/", host="evil.example")
        await browser.close()
        assert browser.status == 400

    play(scene)


def test_one_address_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_FROM_ONE", 2)

    async def scene(live: Live) -> None:
        browsers = [await Browser(live, "/live/board/").opened() for _ in range(3)]
        assert [browser.status for browser in browsers] == [200, 200, 503]
        for browser in browsers:
            await browser.close()

    play(scene)


def test_who_listens_too_slowly_is_sent_away_and_comes_back() -> None:
    async def scene(live: Live) -> None:
        browser = await Browser(live, "/live/board/").opened()
        (listener,) = live.feed.listeners
        for _ in range(streams.WAITING + 1):
            listener.put(b"data: {}\n\n")
        await asyncio.wait_for(browser.task, PATIENCE)

    play(scene)


def test_silence_is_broken_by_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PING_EVERY", 0.05)

    async def scene(live: Live) -> None:
        browser = await Browser(live, "/live/board/").opened()
        await browser.until(lambda: browser.body.count(b"event: ping") >= 3)
        await browser.close()

    play(scene)


def test_a_stream_ends_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_STREAM", 0.1)

    async def scene(live: Live) -> None:
        browser = await Browser(live, "/live/board/").opened()
        await asyncio.wait_for(browser.task, PATIENCE)
        assert browser.status == 200

    play(scene)
