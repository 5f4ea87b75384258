from django.urls import path

from motcua.kernel.signing.views import keys, queue

urlpatterns = [
    path("desk/ky-so/", queue.queue, name="signing_queue"),
    path("desk/ky-so/ky/", queue.confirm, name="signing_confirm"),
    path("desk/ky-so/<int:task_id>/tra-lai/", queue.refuse, name="signing_refuse"),
    path("desk/ky-so/<int:task_id>/ky-lai/", queue.retry, name="signing_retry"),
    path("desk/ky-so/<int:task_id>/rut-lai/", queue.cancel, name="signing_cancel"),
    path("desk/quan-tri/chu-ky/", keys.keys, name="signing_keys"),
    path("desk/quan-tri/chu-ky/them/<str:way>/", keys.add, name="signing_key_add"),
    path("desk/quan-tri/chu-ky/<int:key_id>/go/", keys.remove, name="signing_key_remove"),
    path("desk/quan-tri/chu-ky/goc/them/", keys.root_add, name="signing_root_add"),
    path("desk/quan-tri/chu-ky/goc/<int:root_id>/go/", keys.root_remove, name="signing_root_remove"),
    path("desk/quan-tri/chu-ky/ket-noi/<str:name>/", keys.check, name="signing_check"),
]
