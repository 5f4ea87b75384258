"""``make screens``: pictures of the main pages of the running site, at the width of a phone and of a desk.

Looks at the site of this folder's data (DATA_DIR, PORT), which must be running; desk pages are seen with the session of
one of its officials. ``python -m motcua.project.screens /board/ /desk/`` takes those pages only.
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings

from motcua.testing.chromium import find_browser

SIZES = {390: 844, 1440: 900}
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
PORTAL = ["/", "/phan-anh/gui/", "/phan-anh/", "/board/", "/theo-doi/", "/tro-giup/", "/dang-nhap/"]
SETTLE = 800  # milliseconds for fonts, maps and charts


def pages() -> Iterator[tuple[str, str]]:
    """(address, who sees it)"""
    from motcua.kernel.cases.queries.reading import cases_of

    reports = cases_of("incident")

    yield from ((address, "") for address in PORTAL)
    for state in ("in_progress", "published"):
        if case := reports.filter(state=state).order_by("-id").first():
            yield f"/phan-anh/{case.code}/", ""
    yield "/desk/", "leader"
    if case := reports.filter(closed_at=None).order_by("due_at").first():
        yield f"/desk/phan-anh/{case.pk}/", "leader"
    yield "/desk/quan-tri/can-bo/", "administrator"
    yield "/desk/-/components/", "administrator"


def session_of(role: str) -> str:
    """A session of an official who holds the role, as if signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from motcua.kernel.identity.queries import active_accounts, list_officers

    holders = sorted(row.id for row in list_officers(None) if role in row.roles)
    if not holders:
        raise SystemExit(f"nobody holds the role {role}: is the city loaded?")
    account = active_accounts(holders[:1])[0]
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def main() -> None:
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
    django.setup()
    browser_path = find_browser()
    if browser_path is None:
        raise SystemExit("no Chromium on this machine: `make test` installs it where it can")
    base = f"http://127.0.0.1:{settings.PORT}"
    folder = Path(settings.BUILD_DIR) / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(address, "leader" if address.startswith("/desk/") else "") for address in sys.argv[1:]] or list(pages())
    sessions = {role: session_of(role) for role in {role for _, role in wanted if role}}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=[*QUIET, *([] if os.geteuid() else ["--no-sandbox"])]
        )
        for width, height in SIZES.items():
            for address, role in wanted:
                context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
                if role:
                    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": sessions[role], "url": base}])
                page = context.new_page()
                page.goto(base + address)
                page.wait_for_timeout(SETTLE)
                name = address.strip("/").replace("/", "-") or "home"
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
                print(folder / f"{name}-{width}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
