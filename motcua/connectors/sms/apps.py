from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "motcua.connectors.sms"
    label = "sms"

    def ready(self) -> None:
        from motcua.connectors.sms.actions import GatewaySender
        from motcua.kernel.messages.ports import register_sender

        register_sender(GatewaySender())
