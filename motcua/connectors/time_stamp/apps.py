from django.apps import AppConfig


class TimeStampConfig(AppConfig):
    name = "motcua.connectors.time_stamp"
    label = "time_stamp"

    def ready(self) -> None:
        from motcua.connectors.time_stamp.actions import TimeStampServices
        from motcua.kernel.signing.ports import register_trust_services

        register_trust_services(TimeStampServices())
