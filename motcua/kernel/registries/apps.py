from django.apps import AppConfig


class RegistriesConfig(AppConfig):
    name = "motcua.kernel.registries"
    label = "registries"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Reader, register_reader
        from motcua.kernel.identity.ports import own_data
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.registries import tasks
        from motcua.kernel.registries.pack import PART
        from motcua.kernel.registries.ports import register_source
        from motcua.kernel.registries.queries import export_consents, export_look_ups
        from motcua.kernel.registries.queries.records import LocalTables
        from motcua.kernel.registries.queries.telling import PLANS

        register_source(LocalTables())
        register_reader(Reader("registries", tasks.follow, title=_("Người đại diện theo đăng ký doanh nghiệp")))
        register_pack_part(PART)
        register_plans(*PLANS)
        own_data["look_ups"] = export_look_ups
        own_data["consents"] = export_consents
