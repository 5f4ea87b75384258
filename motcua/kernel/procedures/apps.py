from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "motcua.kernel.procedures"
    label = "procedures"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.procedures.kind.declared import EVENTS, PERMISSIONS
        from motcua.kernel.procedures.pack import PART

        register_permissions(PERMISSIONS)
        register_events(EVENTS)
        register_pack_part(PART)
