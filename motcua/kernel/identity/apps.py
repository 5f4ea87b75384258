from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "motcua.kernel.identity"
    label = "identity"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.identity.kind import EVENTS
        from motcua.kernel.identity.pack import PART
        from motcua.kernel.packs.kind import register_pack_part

        register_events(EVENTS)
        register_pack_part(PART)
