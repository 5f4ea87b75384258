from django.urls import path

from motcua.kernel.exchange.views import desk, hub

_DESK = "desk/quan-tri/dong-bo/"

urlpatterns = [
    path(_DESK, desk.show, name="exchange"),
    path(f"{_DESK}nhan/", desk.show_foreign, name="exchange_foreign"),
    path(f"{_DESK}ho-so/<int:lane_id>/", desk.show_lane, name="exchange_lane"),
    path(f"{_DESK}ho-so/<int:lane_id>/gui-lai/", desk.resend_lane, name="exchange_resend"),
    path(f"{_DESK}<str:name>/", desk.show_partner, name="exchange_partner"),
    path(f"{_DESK}<str:name>/kiem-tra/", desk.check, name="exchange_check"),
    path(f"{_DESK}<str:name>/gui-lai/", desk.resend_all, name="exchange_resend_all"),
    path(f"{_DESK}<str:name>/xep-hang/", desk.fill, name="exchange_fill"),
    path("lien-thong/tep/<str:token>/", hub.file, name="exchange_file"),
    path("lien-thong/<str:shape>/<str:service>/", hub.take, name="exchange_report"),
    path("lien-thong/<str:shape>/<str:service>", hub.take, name="exchange_report"),
]
