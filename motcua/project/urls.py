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

handler400 = "motcua.kernel.web.views.errors.bad_request"
handler403 = "motcua.kernel.web.views.errors.forbidden"
handler404 = "motcua.kernel.web.views.errors.not_found"
handler500 = "motcua.kernel.web.views.errors.failed"
