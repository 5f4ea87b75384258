from django.urls import path

from motcua.kernel.registries.views import desk, own

urlpatterns = [
    path("tai-khoan/du-lieu/", own.my_data, name="my_data"),
    path("tai-khoan/du-lieu/dong-y/", own.consents, name="consents"),
    path("tai-khoan/du-lieu/dong-y/<int:consent_id>/rut/", own.withdraw, name="consent_withdraw"),
    path("tai-khoan/du-lieu/yeu-cau/", own.ask, name="datarequest_ask"),
    path("desk/yeu-cau-du-lieu/", own.list_requests, name="datarequests"),
    path("desk/yeu-cau-du-lieu/<int:request_id>/", own.answer, name="datarequest"),
    path("desk/danh-ba/", desk.list_registries, name="registries"),
    path("desk/danh-ba/quan-ly/", desk.manage, name="registries_manage"),
    path("desk/danh-ba/ket-noi/", desk.sources, name="registry_sources"),
    path("desk/danh-ba/luot/", desk.log, name="registry_log"),
    path("desk/danh-ba/ban-ghi/<int:record_id>/", desk.record, name="registry_record"),
    path("desk/danh-ba/ban-ghi/<int:record_id>/bo/", desk.remove_record, name="registry_record_remove"),
    path("desk/danh-ba/quan-ly/<slug:registry>/", desk.registry, name="registry"),
    path("desk/danh-ba/quan-ly/<slug:registry>/them/", desk.add_record, name="registry_record_add"),
    path("desk/danh-ba/ket-noi/<slug:registry>/kiem-tra/", desk.check_source, name="registry_source_check"),
    path("desk/danh-ba/<slug:registry>/", desk.look_up, name="registry_look_up"),
]
