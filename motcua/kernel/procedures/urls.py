from django.urls import path

from motcua.kernel.procedures.views import open_data, portal

urlpatterns = [
    path("thu-tuc/", portal.procedures, name="procedures"),
    path("thu-tuc/cpsv.jsonld", open_data.procedures_cpsv, name="procedures_cpsv"),
    path("thu-tuc/<str:code>/", portal.procedure, name="procedure"),
    path("thu-tuc/<str:code>/cpsv.jsonld", open_data.procedure_cpsv, name="procedure_cpsv"),
    path("data.json", open_data.data_json, name="data_json"),
]
