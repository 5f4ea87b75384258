from django.apps import AppConfig


class RegistriesConfig(AppConfig):
    name = "motcua.kernel.registries"
    label = "registries"

    def ready(self) -> None:
        from motcua.kernel.identity.ports import own_data, registered_name
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.registries.actions import looking
        from motcua.kernel.registries.pack import PART
        from motcua.kernel.registries.ports import register_source
        from motcua.kernel.registries.queries import export_consents, export_look_ups
        from motcua.kernel.registries.queries.records import LocalTables
        from motcua.kernel.registries.queries.telling import PLANS

        registered_name.connect(looking.registered_name)
        register_source(LocalTables())
        register_pack_part(PART)
        register_plans(*PLANS)
        own_data["look_ups"] = export_look_ups
        own_data["consents"] = export_consents
