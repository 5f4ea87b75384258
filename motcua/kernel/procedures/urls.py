from django.urls import path

from motcua.kernel.procedures.views import desk, open_data, portal

_ONE = "desk/quan-tri/thu-tuc/<str:code>/"

urlpatterns = [
    path("thu-tuc/", portal.procedures, name="procedures"),
    path("thu-tuc/cpsv.jsonld", open_data.procedures_cpsv, name="procedures_cpsv"),
    path("thu-tuc/<str:code>/", portal.procedure, name="procedure"),
    path("thu-tuc/<str:code>/cpsv.jsonld", open_data.procedure_cpsv, name="procedure_cpsv"),
    path("data.json", open_data.data_json, name="data_json"),
    path("desk/quan-tri/thu-tuc/", desk.admin_procedures, name="admin_procedures"),
    path("desk/quan-tri/thu-tuc/moi/", desk.new_procedure, name="admin_procedure_new"),
    path("desk/quan-tri/thu-tuc/da-nap/", desk.import_problems, name="admin_procedures_imported"),
    path(_ONE, desk.admin_procedure, name="admin_procedure"),
    path(f"{_ONE}soan/", desk.edit_procedure, name="admin_procedure_edit"),
    path(f"{_ONE}xem/", desk.preview_procedure, name="admin_procedure_preview"),
    path(f"{_ONE}so-sanh/", desk.compare_procedure, name="admin_procedure_compare"),
    path(f"{_ONE}cong-bo/", desk.publish_procedure, name="admin_procedure_publish"),
    path(f"{_ONE}kiem-chung/", desk.verify, name="admin_procedure_verify"),
    path(f"{_ONE}bo/", desk.discard_procedure, name="admin_procedure_discard"),
    path(f"{_ONE}ket-thuc/", desk.end, name="admin_procedure_end"),
]
