from django.urls import path
from django.views.generic import RedirectView

from motcua.kernel.figures import views
from motcua.kernel.identity.views import public

urlpatterns = [
    path("board/", views.board_page, name="board"),
    path("board/cach-tinh/", views.method_page, name="board_method"),
    path("board/tre/", views.late_page, name="board_late"),
    path("board/so-lieu.csv", views.open_data_csv, name="board_csv"),
    path("board/so-lieu.json", views.open_data_json, name="board_json"),
    path("board/<str:unit_code>/", views.board_page, name="board_unit"),
    path("bang/", public(RedirectView.as_view(pattern_name="board"))),
]
