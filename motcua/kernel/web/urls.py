"""Addresses of the house itself."""

from django.urls import path

from motcua.kernel.web.views import errors, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("tim/", pages.find, name="find"),
    path("theo-doi/", pages.follow, name="follow"),
    path("theo-doi/viec/", pages.followed, name="followed"),
    path("dong-ho/", pages.clocks, name="clocks"),
    path("maps/areas.geojson", pages.areas, name="areas"),
    path("du-lieu-cua-ban/", pages.privacy, name="privacy"),
    path("ho-tro-tiep-can/", pages.accessibility, name="accessibility"),
    path("tro-giup/", pages.help_page, name="help"),
    path("ngon-ngu/", pages.language, name="language"),
    path("mat-mang/", errors.offline, name="offline"),
    path("desk/-/components/", pages.components, name="components"),
]
