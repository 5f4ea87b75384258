"""The browser that tests and pictures of pages drive."""

import os
import shutil

# The shell has no window and nothing around it, and so a tenth less to do.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of CHROMIUM, or of the first that is installed."""
    return os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)
