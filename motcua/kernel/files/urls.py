from django.urls import path

from motcua.kernel.files import views

urlpatterns = [
    path("tep/gui/", views.stage, name="file_stage"),
    path("tep/gui/<str:token>/bo/", views.discard, name="file_discard"),
    path("desk/tep/<str:token>/lam-mo/", views.blur, name="file_blur"),
    path("tep/<str:token>/trang/<int:number>.png", views.page, name="file_page"),
    path("tep/<str:token>/<str:variant>", views.show, name="file"),
]
