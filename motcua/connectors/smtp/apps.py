from django.apps import AppConfig


class SmtpConfig(AppConfig):
    name = "motcua.connectors.smtp"
    label = "smtp"

    def ready(self) -> None:
        from motcua.connectors.smtp.actions import SmtpSender
        from motcua.kernel.messages.ports import register_sender

        register_sender(SmtpSender())
