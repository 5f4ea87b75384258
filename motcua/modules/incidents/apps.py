from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "motcua.modules.incidents"
    label = "incidents"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import register_kind
        from motcua.modules.incidents.kind import INCIDENT

        register_kind(INCIDENT)
