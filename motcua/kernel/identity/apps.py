from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "motcua.kernel.identity"
    label = "identity"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.identity.kind import EVENTS

        register_events(EVENTS)
