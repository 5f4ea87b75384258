from django.urls import path

from motcua.kernel.store import views

urlpatterns = [
    path("kho/", views.store, name="store"),
    path("kho/tat-ca.zip", views.export, name="store_export"),
    path("kho/chia-se/", views.share, name="store_share"),
    path("kho/chia-se/<int:share_id>/thoi/", views.end_share, name="store_share_end"),
    path("kho/chia-se/xem/<str:token>/", views.shared, name="store_shared"),
    path("kho/chia-se/xem/<str:token>/<int:entry_id>/", views.shared_file, name="store_shared_file"),
    path("kho/<int:entry_id>/", views.entry, name="store_entry"),
    path("kho/<int:entry_id>/tep/", views.entry_file, name="store_file"),
    path("desk/kho/<int:entry_id>/", views.desk_entry, name="store_desk_entry"),
    path("desk/kho/<int:entry_id>/tep/", views.desk_file, name="store_desk_file"),
]
