"""The pages and APIs, for Granian."""

import os
import signal

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from motcua.project.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
if os.environ.get("MOTCUA_SUPERVISED") == "1":
    end_with_parent(os.getppid(), signal.SIGTERM)
application = get_wsgi_application()
_ = get_resolver().url_patterns  # load every view now, not while the first visitor waits
