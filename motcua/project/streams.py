"""The event streams (server-sent events): one small ASGI process looks at the event table for everybody who listens.

It tells that something happened to what a listener may see; the page fetches its own HTML anew. So nothing is rendered
here, one query serves all listeners, and a lost message costs a page at most its next one: a listener that comes back
names the last one it heard, and hears whether there was more.
"""

import asyncio
import io
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.cookies import CookieError
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse

from motcua.kernel.identity.views import ActorMiddleware
from motcua.kernel.web.kind import Happening, StreamFilter, Told
from motcua.kernel.web.queries import happenings, newest_place, stream_filter
from motcua.kernel.web.views.middleware import client_address
from motcua.lib.errors import Refused

LOOK_EVERY = 0.5  # seconds
BATCH = 500
PING_EVERY = 20  # seconds; proxies close what is silent for long
LONGEST_STREAM = 15 * 60  # seconds; whoever listens on is asked anew who they are
WAITING = 100  # messages that a slow listener may be behind
MOST_STREAMS, MOST_FROM_ONE = 2000, 30
AGAIN_AFTER = 1000  # milliseconds until a browser comes back

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Result = TypeVar("Result")
Place = tuple[int, int]
NOTHING_YET: Place = (0, 0)
logger = logging.getLogger("motcua.live")


@dataclass(eq=False)
class Listener:
    tells: StreamFilter
    after: Place = NOTHING_YET  # what they heard last time; the feed may stand before it while old transactions run
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING))

    def hear(self, happening: Happening) -> None:
        place = (happening.xid, happening.id)
        if place > self.after and (told := self.tells(happening)) is not None:
            self.put(_message(place, told))

    def put(self, message: bytes | None) -> None:
        """``None`` ends the stream: so does being too slow; the browser comes back and hears the rest."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


def _message(place: Place, told: Told) -> bytes:
    return f"id: {place[0]}-{place[1]}\ndata: {json.dumps(told)}\n\n".encode()


def _read_place(text: str) -> Place | None:
    xid, _, event_id = text.partition("-")
    if not (xid.isdecimal() and event_id.isdecimal() and len(text) < 40):
        return None
    return min(int(xid), 2**63 - 1), min(int(event_id), 2**63 - 1)


class Feed:
    """Looks for new events while anybody listens, on one thread with one connection of its own."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="feed")
        self._task: asyncio.Task[None] | None = None
        self._place: Place | None = None

    async def ask(self, query: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(_fresh, query))

    async def join(self, listener: Listener) -> None:
        """From here on it is told, and where that is, is known: read the past only then, and nothing falls between."""
        self.listeners.add(listener)
        if self._task is None or self._task.done():
            self._place = None
            self._task = asyncio.create_task(self._look())
        await self._begin()

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    async def close(self) -> None:
        """End every stream, and what was opened to feed them."""
        for listener in self.listeners:
            listener.put(None)
        if self._task is not None:
            self._task.cancel()
        await self.ask(_hang_up)
        self._thread.shutdown()

    async def _look(self) -> None:
        failing = False
        while self.listeners:
            try:
                await self._look_once()
                failing = False
            except DatabaseError as error:
                # The supervisor brings the database back; streams stay open meanwhile.
                if not failing:
                    logger.warning("the database does not answer: %s", type(error).__name__)
                failing = True
            await asyncio.sleep(LOOK_EVERY)

    async def _begin(self) -> Place:
        if self._place is None:
            place = await self.ask(newest_place)
            self._place = self._place or place  # type: ignore[redundant-expr]  # who asked first was told meanwhile
        return self._place

    async def _look_once(self) -> None:
        place = await self._begin()
        while found := await self.ask(partial(happenings, *place, BATCH)):
            self._place = place = (found[-1].xid, found[-1].id)
            for happening in found:
                for listener in self.listeners:
                    listener.hear(happening)
            if len(found) < BATCH:
                return


def _hang_up() -> None:
    connection.close()  # of the thread that calls this


def _fresh(query: Callable[[], Result]) -> Result:
    close_old_connections()
    try:
        return query()
    except DatabaseError:
        connection.close()
        raise


def _actor_and_filter(scope: Scope) -> tuple[StreamFilter, str]:
    """Who listens, by the same cookies and middleware as a page, and what they are told; and their address."""
    request = ASGIRequest(scope, io.BytesIO())
    request.get_host()  # DisallowedHost for a name that is not ours

    def see(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    SessionMiddleware(AuthenticationMiddleware(ActorMiddleware(see)))(request)
    return stream_filter(request.path, request.actor), client_address(request)  # type: ignore[attr-defined]


def _allowed_origin(scope: Scope, headers: dict[bytes, bytes]) -> str | None:
    """The page's origin when it is ours: our public address, or this host on any of our ports. "" for no browser's."""
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return ""
    if origin == settings.PUBLIC_URL:
        return origin
    host = headers.get(b"host", b"").decode("latin-1")
    try:
        parts = urlsplit(origin)
        is_ours = parts.hostname == urlsplit(f"//{host}").hostname and parts.port in (settings.PORT, settings.LIVE_PORT)
    except ValueError:  # no address at all
        return None
    return origin if is_ours and parts.scheme == scope.get("scheme", "http") else None


class Live:
    def __init__(self) -> None:
        self.feed = Feed()
        self.addresses: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.feed.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["path"] == "/healthz":
            await _answer(send, 200, "ok\n")
            return
        origin = _allowed_origin(scope, headers)
        if origin is None or scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 403 if origin is None else 405, "")
            return
        try:
            tells, address = await self.feed.ask(partial(_actor_and_filter, scope))
        except Refused as refused:
            await _answer(send, 404 if refused.code == "not_found" else 403, refused.message, origin)
            return
        except (DisallowedHost, CookieError):
            await _answer(send, 400, "")
            return
        except DatabaseError:
            await _answer(send, 503, "", origin)
            return
        if len(self.feed.listeners) >= MOST_STREAMS or self.addresses[address] >= MOST_FROM_ONE:
            await _answer(send, 503, "", origin)
            return
        self.addresses[address] += 1
        try:
            last = _read_place(headers.get(b"last-event-id", b"").decode("latin-1"))
            await self._stream(Listener(tells, last or NOTHING_YET), origin, receive, send)
        finally:
            self.addresses[address] -= 1
            if not self.addresses[address]:
                del self.addresses[address]

    async def _stream(self, listener: Listener, origin: str, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream; charset=utf-8"),
                    (b"cache-control", b"no-store"),
                    (b"x-accel-buffering", b"no"),  # nginx: pass it on at once
                    *_cors(origin),
                ],
            }
        )
        await _write(send, f"retry: {AGAIN_AFTER}\nevent: ping\ndata: {{}}\n\n".encode())
        gone = asyncio.create_task(_until_gone(receive))
        try:
            async with asyncio.timeout(LONGEST_STREAM):
                await self.feed.join(listener)
                await self._tell_past(listener)
                await self._tell(listener, gone, send)
        except (TimeoutError, OSError, DatabaseError) as error:
            logger.debug("stream ended: %s", type(error).__name__)  # the browser comes back by itself
        finally:
            gone.cancel()
            self.feed.leave(listener)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell_past(self, listener: Listener) -> None:
        if listener.after == NOTHING_YET:
            return
        found = await self.feed.ask(partial(happenings, *listener.after, BATCH))
        for happening in found:
            listener.hear(happening)
        if len(found) == BATCH:  # away for long: whatever the page shows, it is old
            listener.put(_message((found[-1].xid, found[-1].id), {"missed": True}))

    async def _tell(self, listener: Listener, gone: asyncio.Task[None], send: Send) -> None:
        while not gone.done():
            heard = asyncio.create_task(listener.queue.get())
            await asyncio.wait((heard, gone), timeout=PING_EVERY, return_when=asyncio.FIRST_COMPLETED)
            if not heard.done():
                heard.cancel()
                if not gone.done():
                    await _write(send, b"event: ping\ndata: {}\n\n")
                continue
            message = heard.result()
            if message is None:
                return
            await _write(send, message)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _cors(origin: str) -> list[tuple[bytes, bytes]]:
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _answer(send: Send, status: int, text: str, origin: str = "") -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *_cors(origin)]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode(), "more_body": False})
