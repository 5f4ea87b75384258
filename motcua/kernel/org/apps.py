from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "motcua.kernel.org"
    label = "org"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.org.kind import EVENTS

        register_events(EVENTS)
