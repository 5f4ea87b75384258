from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "motcua.connectors.console"
    label = "console"

    def ready(self) -> None:
        from motcua.connectors.console.actions import FileSender
        from motcua.kernel.messages.kind import EMAIL, SMS
        from motcua.kernel.messages.ports import register_sender

        register_sender(FileSender("console_email", EMAIL))
        register_sender(FileSender("console_sms", SMS))
