"""Addresses of the house itself."""

from django.urls import path

from motcua.kernel.web.views import areas, calendars, errors, pages, signatures, system, units

urlpatterns = [
    path("", pages.home, name="home"),
    path("tim/", pages.find, name="find"),
    path("theo-doi/", pages.follow, name="follow"),
    path("theo-doi/viec/", pages.followed, name="followed"),
    path("dong-ho/", pages.clocks, name="clocks"),
    path("kiem-tra-chu-ky/", signatures.verify_signature, name="verify_signature"),
    path("maps/areas.geojson", areas.areas, name="areas"),
    path("maps/where", areas.where, name="where"),
    path("maps/search", areas.search, name="maps_search"),
    path("du-lieu-cua-ban/", pages.privacy, name="privacy"),
    path("ho-tro-tiep-can/", pages.accessibility, name="accessibility"),
    path("tro-giup/", pages.help_page, name="help"),
    path("ngon-ngu/", pages.language, name="language"),
    path("mat-mang/", errors.offline, name="offline"),
    path("desk/quan-tri/don-vi/", units.list_units, name="units"),
    path("desk/quan-tri/don-vi/them/", units.add_unit, name="unit_add"),
    path("desk/quan-tri/don-vi/<int:unit_id>/", units.change_unit, name="unit"),
    path("desk/quan-tri/don-vi/<int:unit_id>/ket-thuc/", units.end_unit, name="unit_end"),
    path("desk/quan-tri/lich/", calendars.list_calendars, name="calendars"),
    path("desk/quan-tri/lich/them/", calendars.add_calendar, name="calendar_add"),
    path("desk/quan-tri/lich/<int:calendar_id>/", calendars.calendar, name="calendar"),
    path("desk/quan-tri/lich/<int:calendar_id>/gio/", calendars.change_calendar, name="calendar_hours"),
    path("desk/quan-tri/lich/<int:calendar_id>/ngay/", calendars.set_calendar_day, name="calendar_day"),
    path(
        "desk/quan-tri/lich/<int:calendar_id>/ngay/<str:day>/bo/",
        calendars.remove_calendar_day,
        name="calendar_day_remove",
    ),
    path("desk/quan-tri/lich/<int:calendar_id>/theo-luat/", calendars.seed_year, name="calendar_seed"),
    path("desk/quan-tri/lich/<int:calendar_id>/xac-nhan/", calendars.confirm_year, name="calendar_confirm"),
    path("desk/quan-tri/dia-ban/", areas.list_areas, name="area_list"),
    path("desk/quan-tri/dia-ban/<int:area_id>/", areas.area, name="area"),
    path("desk/quan-tri/he-thong/", system.system_page, name="readers"),
    path("desk/quan-tri/he-thong/<str:name>/thu-lai/", system.retry, name="reader_retry"),
    path("desk/-/components/", pages.components, name="components"),
]
