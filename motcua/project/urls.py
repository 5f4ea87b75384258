"""Every address of the house, by floor."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from motcua.project.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    *(path("", include(urls)) for urls in ("motcua.modules.incidents.urls", "motcua.kernel.web.urls") if find_spec(urls)),
]
