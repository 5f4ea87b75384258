"""The event streams, for Granian."""

import os
import signal

import django

from motcua.project.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
if os.environ.get("MOTCUA_SUPERVISED") == "1":
    end_with_parent(os.getppid(), signal.SIGTERM)
django.setup()

from motcua.project.streams import Live  # noqa: E402 - it needs Django to be set up

application = Live()
