from django.urls import path

from motcua.kernel.cases import views

urlpatterns = [
    path("desk/", views.inbox_page, name="inbox"),
    path("desk/nhieu/<str:move_name>/", views.bulk_page, name="inbox_bulk"),
]
