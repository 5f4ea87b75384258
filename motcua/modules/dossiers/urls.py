"""Addresses of dossiers."""

from django.urls import path

from motcua.kernel.cases.views.page import reveal_person
from motcua.modules.dossiers.views.desk import moves, page

urlpatterns = [
    # For officials
    path("desk/ho-so/<int:case_id>/", page.dossier_on_desk, name="dossier_case"),
    path("desk/ho-so/<int:case_id>/nguoi/<int:person_id>/", reveal_person, name="dossier_reveal"),
    path("desk/ho-so/<int:case_id>/<slug:slug>/", moves.move_page, name="dossier_move"),
    path("desk/xin-y-kien/<int:case_id>/", page.consultation_on_desk, name="consultation_case"),
    path("desk/xin-y-kien/<int:case_id>/<slug:slug>/", moves.consultation_move, name="consultation_move"),
]
