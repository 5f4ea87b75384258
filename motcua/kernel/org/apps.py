from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "motcua.kernel.org"
    label = "org"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.org.kind import EVENTS
        from motcua.kernel.org.pack import PART
        from motcua.kernel.packs.kind import register_pack_part

        register_events(EVENTS)
        register_pack_part(PART)
