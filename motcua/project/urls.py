"""Every address of the house, by floor."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from motcua.project import api
from motcua.project.health import healthz, readyz

# From the top floor down; who writes a package's addresses adds nothing here.
_PACKAGES = (
    *(f"modules.{name}" for name in ("dossiers", "incidents", "tickets")),
    *(
        f"kernel.{name}"
        for name in (
            "web",
            "costs",
            "figures",
            "payments",
            "ratings",
            "store",
            "exchange",
            "cases",
            "procedures",
            "forms",
            "signing",
            "registries",
            "messages",
            "files",
            "events",
            "identity",
            "org",
            "places",
        )
    ),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/docs", api.documentation, name="api_docs"),
    path("api/v1/", (api.addresses(), "ninja", "api-v1")),
    *(path("", include(f"motcua.{name}.urls")) for name in _PACKAGES if find_spec(f"motcua.{name}.urls")),
]

handler400 = "motcua.kernel.web.views.errors.bad_request"
handler403 = "motcua.kernel.web.views.errors.forbidden"
handler404 = "motcua.kernel.web.views.errors.not_found"
handler429 = "motcua.kernel.identity.views.login.too_many"
handler500 = "motcua.kernel.web.views.errors.failed"
