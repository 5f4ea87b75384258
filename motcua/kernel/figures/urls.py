from django.urls import path
from django.views.generic import RedirectView

from motcua.kernel.figures.views import board, wall
from motcua.kernel.identity.views import public

urlpatterns = [
    path("board/", board.board_page, name="board"),
    path("board/cach-tinh/", board.method_page, name="board_method"),
    path("board/tre/", board.late_page, name="board_late"),
    path("board/so-lieu.csv", board.open_data_csv, name="board_csv"),
    path("board/so-lieu.json", board.open_data_json, name="board_json"),
    path("board/<str:unit_code>/", board.board_page, name="board_unit"),
    path("wall/", wall.wall_page, name="wall"),
    path("wall/diem.json", wall.points, name="wall_points"),
    path("wall/tre/", wall.late_page, name="wall_late"),
    path("bang/", public(RedirectView.as_view(pattern_name="board"))),
]
