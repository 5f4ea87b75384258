from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "motcua.kernel.messages"
    label = "messages"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, Reader, register_job, register_reader
        from motcua.kernel.identity.ports import code_sender, consent_code_sender, letter_sender
        from motcua.kernel.messages.actions import plan_messages, queue_code, queue_consent_code, queue_letter
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.messages.pack import PART
        from motcua.kernel.messages.queries.telling import PLANS
        from motcua.kernel.messages.tasks import forget_old, send_due
        from motcua.kernel.packs.kind import register_pack_part

        register_reader(Reader("messages", plan_messages, title=_("Viết tin cho người dân và cán bộ")))
        register_job(Job("messages.send", send_due, every=1, title=_("Gửi tin đến giờ")))
        register_job(Job("messages.forget", forget_old, every=24 * 3600, title=_("Xóa tin đã hết hạn giữ")))
        code_sender.connect(queue_code)
        consent_code_sender.connect(queue_consent_code)
        register_plans(*PLANS)
        letter_sender.connect(queue_letter)
        register_pack_part(PART)
