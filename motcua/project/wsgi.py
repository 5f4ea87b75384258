"""The pages and APIs, for Granian."""

import os
import signal
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from motcua.project.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
if os.environ.get("MOTCUA_SUPERVISED") == "1":
    end_with_parent(os.getppid(), signal.SIGTERM)
application = get_wsgi_application()
# What the first visitors would otherwise wait for: every view, and the libraries that other processes do without.
_ = get_resolver().url_patterns
for name in ("motcua.lib.classify", "motcua.lib.geometry"):
    import_module(name)
