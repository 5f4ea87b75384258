from django.urls import path

from motcua.kernel.messages.views import connections, hooks, notices, outbox, texts

_TEMPLATE = "desk/quan-tri/mau-tin/<str:event>/<str:audience>/<str:channel>/<str:language>/"

urlpatterns = [
    path("desk/quan-tri/thu/", outbox.show_outbox, name="outbox"),
    path("desk/quan-tri/thu/gui-lai/", outbox.retry_all, name="outbox_retry"),
    path("desk/quan-tri/thu/<int:message_id>/gui-lai/", outbox.retry, name="message_retry"),
    path("desk/quan-tri/thu/<int:message_id>/giu/", outbox.hold, name="message_hold"),
    path("desk/quan-tri/mau-tin/", texts.list_all, name="templates"),
    path(_TEMPLATE, texts.edit, name="template"),
    path(f"{_TEMPLATE}mac-dinh/", texts.reset, name="template_reset"),
    path("desk/quan-tri/duong-gui/", connections.list_connections, name="connections"),
    path("desk/quan-tri/duong-gui/<str:name>/kiem-tra/", connections.check, name="connection_check"),
    path("desk/thong-bao/", notices.show_notices, name="notices"),
    path("desk/thong-bao/da-doc/", notices.read, name="notices_read"),
    path("desk/thong-bao/<int:notice_id>/da-doc/", notices.read, name="notice_read"),
    path("desk/thong-bao/cach-nhan/", notices.prefer, name="notice_preferences"),
    path("hooks/sms/<str:provider>/", hooks.receipts, name="sms_receipts"),
]
