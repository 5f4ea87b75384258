"""Addresses of dossiers."""

from django.urls import path

from motcua.kernel.cases.views.page import reveal_person
from motcua.modules.dossiers.views.desk import deciding, finding, intake, moves, page, printing
from motcua.modules.dossiers.views.portal import filing, tracking

urlpatterns = [
    # For everybody
    path("thu-tuc/<str:code>/nop/", filing.file_dossier, name="file_dossier"),
    path("thu-tuc/<str:code>/nop/<str:token>/", filing.filing, name="filing"),
    path("thu-tuc/<str:code>/nop/<str:token>/khai/<int:step>/", filing.filing_step, name="filing_step"),
    path("thu-tuc/<str:code>/nop/<str:token>/giay-to/", filing.filing_papers, name="filing_papers"),
    path("thu-tuc/<str:code>/nop/<str:token>/mien-giam/", filing.filing_claims, name="filing_claims"),
    path("thu-tuc/<str:code>/nop/<str:token>/nhan/", filing.filing_contact, name="filing_contact"),
    path("thu-tuc/<str:code>/nop/<str:token>/gui/", filing.filing_review, name="filing_review"),
    path("ho-so/", tracking.look_up, name="dossiers"),
    path("ho-so/<str:code>/", tracking.dossier, name="dossier"),
    path("ho-so/<str:code>/da-nop/", tracking.filed, name="dossier_filed"),
    path("ho-so/<str:code>/bo-sung/", tracking.supply, name="dossier_supply"),
    path("ho-so/<str:code>/rut/", tracking.withdraw, name="dossier_withdraw"),
    # For officials
    path("desk/tiep-nhan/", intake.intake, name="dossier_take_in"),
    path("desk/tim-ho-so/", finding.search, name="dossier_search"),
    path("desk/phe-duyet/", deciding.deciding, name="deciding"),
    path("desk/phe-duyet/xac-nhan/", deciding.confirm, name="deciding_confirm"),
    path("desk/phe-duyet/dot/<uuid:batch>/", deciding.batch, name="deciding_batch"),
    path("desk/phe-duyet/dot/<uuid:batch>/lam-lai/", deciding.again, name="deciding_again"),
    path("desk/phe-duyet/ho-so/<int:case_id>/", deciding.peek, name="deciding_peek"),
    path("desk/phe-duyet/y-kien/<int:case_id>/", deciding.peek_opinion, name="deciding_peek_opinion"),
    path("desk/phe-duyet/van-ban/<int:task_id>/", deciding.peek_task, name="deciding_peek_task"),
    path("desk/so-theo-doi/", printing.print_register, name="dossier_register"),
    path("desk/ho-so/<int:case_id>/mau-<str:form>.pdf", printing.print_form, name="dossier_print"),
    path("desk/ho-so/<int:case_id>/", page.dossier_on_desk, name="dossier_case"),
    path("desk/ho-so/<int:case_id>/nguoi/<int:person_id>/", reveal_person, name="dossier_reveal"),
    path("desk/ho-so/<int:case_id>/giay-to/<int:paper_id>/tra-cuu/", page.look_up, name="dossier_look_up"),
    path("desk/ho-so/<int:case_id>/<slug:slug>/", moves.move_page, name="dossier_move"),
    path("desk/xin-y-kien/<int:case_id>/", page.consultation_on_desk, name="consultation_case"),
    path("desk/xin-y-kien/<int:case_id>/<slug:slug>/", moves.consultation_move, name="consultation_move"),
]
