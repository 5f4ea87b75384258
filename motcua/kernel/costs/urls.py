from django.urls import path

from motcua.kernel.costs.views import desk, portal

urlpatterns = [
    path("tiet-kiem/", portal.savings_page, name="savings"),
    path("tiet-kiem/so-lieu.csv", portal.savings_csv, name="savings_csv"),
    path("tiet-kiem/so-lieu.json", portal.savings_json, name="savings_json"),
    path("tiet-kiem/<str:code>/", portal.procedure_costs, name="procedure_costs"),
    path("desk/quan-tri/chi-phi/", desk.cost_inputs, name="cost_inputs"),
    path("desk/quan-tri/chi-phi/nam-moi/", desk.new_year, name="cost_year_new"),
    path("desk/quan-tri/chi-phi/<str:kind>/<str:key>/", desk.cost_input, name="cost_input"),
]
