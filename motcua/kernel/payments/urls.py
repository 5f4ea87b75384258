from django.urls import path

from motcua.kernel.payments.views import desk, handling, hooks, paying, reconciling

_DESK = "desk/thu-phi/"
_PAYMENT = f"{_DESK}tien/<int:payment_id>/"
_OBLIGATION = f"{_DESK}khoan/<int:obligation_id>/"
_RECEIPT = f"{_DESK}bien-lai/<int:receipt_id>/"

urlpatterns = [
    path("thanh-toan/<str:token>/", paying.pay, name="pay"),
    path("thanh-toan/<str:token>/trang-thai/", paying.state, name="pay_state"),
    path("thanh-toan/<str:token>/cong/<str:name>/", paying.start_gateway, name="pay_gateway"),
    path("thanh-toan/<str:token>/bien-lai/<int:receipt_id>/", paying.receipt, name="pay_receipt"),
    path(_DESK, desk.waiting, name="payments"),
    path(f"{_DESK}cho-nop/", desk.owed, name="payments_owed"),
    path(f"{_DESK}khoan/", desk.everything, name="payments_all"),
    path(_OBLIGATION, handling.obligation, name="obligation"),
    path(f"{_OBLIGATION}thu/", handling.collect, name="obligation_collect"),
    path(f"{_OBLIGATION}thoi-thu/", handling.cancel, name="obligation_cancel"),
    path(_PAYMENT, handling.payment, name="payment"),
    path(f"{_PAYMENT}khop/", handling.match, name="payment_match"),
    path(f"{_PAYMENT}hoan/", handling.ask_refund, name="payment_refund"),
    path(f"{_PAYMENT}hoan/<int:refund_id>/duyet/", handling.approve_refund, name="refund_approve"),
    path(f"{_PAYMENT}hoan/<int:refund_id>/khong-duyet/", handling.refuse_refund, name="refund_refuse"),
    path(f"{_PAYMENT}hoan/<int:refund_id>/da-chi/", handling.pay_refund, name="refund_pay"),
    path(f"{_DESK}hoan-tien/", desk.refunds, name="payment_refunds"),
    path(f"{_DESK}bien-lai/", desk.receipts, name="payment_receipts"),
    path(f"{_RECEIPT}thay/", handling.change_receipt, name="receipt_replace"),
    path(f"{_RECEIPT}pdf/", handling.receipt_pdf, name="receipt_pdf"),
    path(f"{_RECEIPT}xml/", handling.receipt_data, name="receipt_xml"),
    path(f"{_DESK}doi-soat/", reconciling.files, name="bank_files"),
    path(f"{_DESK}doi-soat/<int:file_id>/", reconciling.file, name="bank_file"),
    path(f"{_DESK}doi-soat/<int:file_id>/chot/", reconciling.close, name="bank_file_close"),
    path(f"{_DESK}duong-bao/", reconciling.sources, name="payment_sources"),
    path(f"{_DESK}duong-bao/<str:name>/kiem-tra/", reconciling.check_source, name="payment_source_check"),
    path("hooks/payments/<str:name>/", hooks.told, name="payment_hook"),
]
