"""Fixtures that drive Chromium against the running site. Mark such tests with ``@pytest.mark.browser``.

``open_page(width=390, language="vi")`` gives a Playwright page; at its end a test fails when the page reported an error
of its own (a script error, a refused resource, a broken policy). ``check_page(page)`` asserts that there is no finding
on accessibility and no sideways scrolling; ``sign_in(page, account_id)`` gives it somebody's session. With the fixture
``live_streams`` the event streams run as well, as the process of their own that they are.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from motcua.testing.chromium import find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

QUIET = (  # nothing of its own over the network, and no GPU
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")  # one that always has a picture
PHONE, DESKTOP = 390, 1440  # CSS pixels
NARROWEST = 320  # also what a phone shows at twice the text size
BETWEEN = 900  # a tablet; a desktop at half again the text size
HEIGHTS = {PHONE: 844, DESKTOP: 900}
PATIENCE = 30_000  # milliseconds; another test may have the machine
# Of each page both widths in both languages are measured; axe looks at either width once.
BOTH_FACES = pytest.mark.parametrize(("width", "language"), [(PHONE, "vi"), (DESKTOP, "en")])

OpenPage = Callable[..., "Page"]
Axe = Callable[["Page"], None]
# A colour on its way from one to another is neither.
AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.playState === "running" && isFinite(one.effect.getComputedTiming().endTime))
  .map((one) => one.finished))"""


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    if find_browser() is None:
        pytest.skip("no Chromium on this machine (`make test` installs it where it can)")
    # Playwright keeps an event loop in this thread, and Django would refuse to touch the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = _launched(playwright.chromium)
        yield browser
        browser.close()


def _launched(kind: "BrowserType", *more: str) -> "Browser":
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium's own sandbox does not work as root
    return kind.launch(executable_path=find_browser(), args=[*QUIET, *sandbox, *more])


@pytest.fixture
def open_page(chromium: "Browser", live_server: "LiveServer") -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []
    others: list[Browser] = []
    complaints: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        address = message.location.get("url", "")
        if message.type in ("error", "warning") and "/live/" not in address:  # another process, not started by tests
            complaints.append(f"{message.type}: {message.text} ({address})")

    def open_one(
        *, width: int = PHONE, language: str = "vi", scripts: bool = True, camera: bool = False, **options: Any
    ) -> "Page":
        if camera:
            others.append(_launched(chromium.browser_type, *CAMERA))
        context = (others[-1] if camera else chromium).new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale={"vi": "vi-VN", "en": "en-GB"}[language],
            timezone_id="Europe/Paris",  # pages tell the time of Vietnam, wherever the device is
            java_script_enabled=scripts,
            has_touch=width < 800,
            **options,
        )
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        return page

    open_one.complaints = complaints  # type: ignore[attr-defined]  # a test that provokes one empties the list
    yield open_one
    for one in (*contexts, *others):
        one.close()
    assert not complaints, "the page complained:\n" + "\n".join(complaints)


@pytest.fixture
def live_streams(live_server: "LiveServer", settings: "Settings") -> Iterator[str]:
    """The address of the event streams. Before the first page is opened: its policy names them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "LIVE_PORT": str(port),
        # Whose pages may listen. Not by PORT: cookies are named by it. A named address is no demonstration by itself,
        # and outside one officials need their second factor.
        "PUBLIC_URL": live_server.url,
        "MOTCUA_DEMO": str(int(settings.DEMO)),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "error", "motcua.project.live:application"], env=environment)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        else:
            pytest.fail("the event streams did not start")
        settings.LIVE_URL = f"http://localhost:{port}"
        yield settings.LIVE_URL
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def axe() -> Axe:
    source = Path(settings.NODE_MODULES, "axe-core", "axe.min.js").read_text(encoding="utf-8")

    def check(page: "Page") -> None:
        if not page.evaluate("'axe' in window"):  # a dialog opened on a page that was checked already
            page.evaluate(source)  # evaluated by the debugger: the page's policy does not forbid it
        page.evaluate(AT_REST)
        # It would read every style sheet each time, to see whether one locks the orientation: test_assets does once.
        result = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        findings = [
            f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
            + "\n    ".join(node["html"] for node in rule["nodes"])
            for rule in result["violations"]
        ]
        assert not findings, f"{page.url}\n" + "\n".join(findings)

    return check


@pytest.fixture
def check_page(axe: Axe, request: pytest.FixtureRequest) -> Callable[["Page"], None]:
    """What every page owes its readers, on the screen that it was opened on and on the other: no accessibility finding;
    and no sideways scrolling on any screen down to 320 pixels. Of a test that is run at both widths, each is asked for
    findings at its own."""
    callspec = getattr(request.node, "callspec", None)
    is_run_at_both = callspec is not None and "width" in callspec.params

    def check(page: "Page") -> None:
        axe(page)
        is_whole(page)
        size = page.viewport_size or {"width": DESKTOP, "height": HEIGHTS[DESKTOP]}
        other = PHONE if size["width"] > PHONE else DESKTOP
        page.set_viewport_size({"width": other, "height": HEIGHTS[other]})
        if not is_run_at_both:
            axe(page)
        is_whole(page)
        for width in (NARROWEST, BETWEEN):
            page.set_viewport_size({"width": width, "height": HEIGHTS[PHONE]})
            is_whole(page)
        page.set_viewport_size(size)

    return check


def is_whole(page: "Page") -> None:
    """Nothing reaches over the right edge, also where a list would clip it, and no label out of its own box."""
    spilt = page.evaluate(
        """() => [...document.querySelectorAll(".mc-clock, .mc-pill, .mc-btn, .o-chip")]
          .filter((e) => e.scrollWidth > e.clientWidth + 1)
          .map((e) => `${e.innerText}: ${e.scrollWidth} px in ${e.clientWidth}, page ${innerWidth}`)"""
    )
    assert not spilt, f"{page.url} has labels that spill over:\n" + "\n".join(spilt)
    too_wide = page.evaluate(
        """() => {
          if (document.documentElement.scrollWidth <= innerWidth) return [];
          const range = document.createRange();  /* also of words, which have no box of their own */
          const ends = (e) => (range.selectNodeContents(e), range.getBoundingClientRect().right);
          return [...document.querySelectorAll("body *:not(details:not([open]) *)")]
            .filter((e) => ends(e) > innerWidth).slice(-5).map((e) => e.outerHTML.slice(0, 160))
            .concat(`${innerWidth} px, not ${document.documentElement.scrollWidth}`);
        }"""
    )
    assert not too_wide, f"{page.url} scrolls sideways:\n" + "\n".join(too_wide)
    cut = page.evaluate(
        """() => {
          const seen = (e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1;
          const edge = (e) => {  /* of the nearest that clips; what scrolls or ends in an ellipsis may hold more */
            for (let up = e.parentElement; up; up = up.parentElement) {
              const {overflowX, textOverflow, clipPath} = getComputedStyle(up);
              if (/auto|scroll/.test(overflowX) || textOverflow === "ellipsis" || clipPath !== "none") return Infinity;
              if (overflowX !== "visible") return up.getBoundingClientRect().right;
            }
            return innerWidth;
          };
          return [...document.querySelectorAll("main *:not(svg *, .leaflet-container *)")]
            .filter((e) => seen(e) && e.getBoundingClientRect().right > edge(e) + 1)
            .slice(-5).map((e) => e.outerHTML.slice(0, 160));
        }"""
    )
    assert not cut, f"{page.url} at {page.viewport_size} cuts off:\n" + "\n".join(cut)


@pytest.fixture
def sign_in(live_server: "LiveServer") -> Callable[["Page", int], None]:
    """Gives a page the session of an account, past the sign-in pages, which have tests of their own."""

    def enter(page: "Page", account_id: int) -> None:
        from motcua.kernel.identity.models import Account  # the models are not loaded yet when pytest reads this

        client = Client()
        client.force_login(Account.objects.get(pk=account_id), backend=settings.AUTHENTICATION_BACKENDS[0])
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return enter
