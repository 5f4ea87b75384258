from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "motcua.kernel.payments"
    label = "payments"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.messages.kind import MessagePlan, Text, register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.payments.kind import EVENTS, PERMISSIONS
        from motcua.kernel.payments.pack import PART
        from motcua.kernel.payments.ports import receipt_signer
        from motcua.kernel.payments.queries import telling
        from motcua.kernel.payments.tasks import make_receipts, seal

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_pack_part(PART)
        receipt_signer.connect(seal)
        register_job(Job("payments.receipts", make_receipts, every=2, title=_("Lập biên lai")))

        def plan(event: str, title: object, texts: tuple[Text, ...]) -> MessagePlan:
            return MessagePlan(event, title, telling.recipients, telling.VARIABLES, texts=texts)  # type: ignore[arg-type]

        register_plans(
            plan("payment.requested", _("Cần nộp tiền"), telling.REQUESTED),
            plan("payment.partial", _("Nộp còn thiếu"), telling.PARTIAL),
            plan("payment.settled", _("Đã nhận đủ tiền"), telling.SETTLED),
            plan("payment.over", _("Nhận thừa tiền"), telling.SURPLUS),
            plan("payment.late", _("Tiền đến khi không còn phải nộp"), telling.SURPLUS),
            plan("payment.refunded", _("Đã hoàn tiền"), telling.REFUNDED),
        )
