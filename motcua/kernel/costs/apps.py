from django.apps import AppConfig


class CostsConfig(AppConfig):
    name = "motcua.kernel.costs"
    label = "costs"

    def ready(self) -> None:
        from motcua.kernel.costs.kind import EVENTS, PERMISSIONS
        from motcua.kernel.costs.pack import PART
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.packs.kind import register_pack_part

        register_permissions(PERMISSIONS)
        register_events(EVENTS)
        register_pack_part(PART)
