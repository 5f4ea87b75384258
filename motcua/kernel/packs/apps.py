from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "motcua.kernel.packs"
    label = "packs"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.packs.kind import EVENTS

        register_events(EVENTS)
