from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "motcua.modules.incidents"
    label = "incidents"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import register_bulk, register_kind
        from motcua.kernel.cases.pack import rules_part
        from motcua.kernel.figures.kind import register_figures
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.modules.incidents.kind import FIGURES, INCIDENT
        from motcua.modules.incidents.tasks import BULK
        from motcua.modules.incidents.pack import PART

        register_kind(INCIDENT)
        register_figures(FIGURES)
        for move, bulk in BULK.items():
            register_bulk(INCIDENT.name, move, bulk)
        register_pack_part(rules_part(INCIDENT.name))
        register_pack_part(PART)
