"""Addresses of queue numbers."""

from django.urls import path

from motcua.modules.tickets.views import administration, desk, hall, portal

urlpatterns = [
    # For everybody
    path("lay-so/", portal.point_list, name="ticket_points"),
    path("lay-so/so/<str:token>/", portal.ticket_page, name="ticket"),
    path("lay-so/so/<str:token>/bo/", portal.cancel, name="ticket_cancel"),
    path("lay-so/so/<str:token>/bao/", portal.remind, name="ticket_remind"),
    path("lay-so/kiosk/<str:code>/", hall.kiosk, name="ticket_kiosk"),
    path("lay-so/man-hinh/<str:code>/", hall.screen, name="ticket_screen"),
    path("lay-so/quay/<str:code>/<str:place>/", hall.counter, name="ticket_counter"),
    path("lay-so/<str:code>/", portal.point_page, name="ticket_point"),
    path("lay-so/<str:code>/<str:letter>/", portal.take, name="ticket_take"),
    # For officials
    path("desk/quay/", desk.ticket_desk, name="ticket_desk"),
    path("desk/quan-tri/quay/", administration.admin_points, name="admin_points"),
    path("desk/quan-tri/quay/<str:code>/", administration.admin_point, name="admin_point"),
    path("desk/quan-tri/quay/<str:code>/hang/", administration.admin_line, name="admin_line_add"),
    path("desk/quan-tri/quay/<str:code>/hang/<str:letter>/", administration.admin_line, name="admin_line"),
    path("desk/quan-tri/quay/<str:code>/quay/", administration.admin_counter, name="admin_counter_add"),
    path("desk/quan-tri/quay/<str:code>/quay/<int:number>/", administration.admin_counter, name="admin_counter"),
]
