"""Fixtures that drive Chromium against the running site. Mark such tests with ``@pytest.mark.browser``.

``open_page(width=390, language="vi")`` gives a Playwright page; at its end a test fails when the page reported an error of
its own (a script error, a refused resource, a broken policy). ``axe(page)`` asserts that there is no accessibility finding.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
    from pytest_django.live_server_helper import LiveServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (  # nothing of its own over the network, and no GPU
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE, DESKTOP = 390, 1440  # CSS pixels
HEIGHTS = {PHONE: 844, DESKTOP: 900}
PATIENCE = 5_000  # milliseconds

OpenPage = Callable[..., "Page"]
Axe = Callable[["Page"], None]


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (`make test` installs it where it can)")
    # Playwright keeps an event loop in this thread, and Django would refuse to touch the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium's own sandbox does not work as root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: "Browser", live_server: "LiveServer") -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def open_one(*, width: int = PHONE, language: str = "vi", scripts: bool = True, **options: Any) -> "Page":
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale={"vi": "vi-VN", "en": "en-GB"}[language],
            timezone_id="Asia/Ho_Chi_Minh",
            java_script_enabled=scripts,
            has_touch=width < 800,
            **options,
        )
        context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        return page

    open_one.complaints = complaints  # type: ignore[attr-defined]  # a test that provokes one empties the list
    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, "the page complained:\n" + "\n".join(complaints)


@pytest.fixture(scope="session")
def axe() -> Axe:
    source = Path(settings.NODE_MODULES, "axe-core", "axe.min.js").read_text(encoding="utf-8")

    def check(page: "Page") -> None:
        page.evaluate(source)  # evaluated by the debugger: the page's policy does not forbid it
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        findings = [
            f"{rule['id']} ({rule['impact']}): {rule['help']}\n    " + "\n    ".join(node["html"] for node in rule["nodes"])
            for rule in result["violations"]
        ]
        assert not findings, f"{page.url}\n" + "\n".join(findings)

    return check
