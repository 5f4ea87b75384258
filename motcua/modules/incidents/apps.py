from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "motcua.modules.incidents"
    label = "incidents"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import register_bulk, register_kind
        from motcua.kernel.cases.pack import rules_part
        from motcua.kernel.events.kind import Job, register_job
        from motcua.kernel.figures.kind import register_figures
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.modules.incidents import tasks
        from motcua.modules.incidents.kind import FIGURES, INCIDENT
        from motcua.modules.incidents.pack import PART
        from motcua.modules.incidents.queries.telling import PLANS

        register_kind(INCIDENT)
        register_figures(FIGURES)
        for move, bulk in tasks.BULK.items():
            register_bulk(INCIDENT.name, move, bulk)
        register_plans(*PLANS)
        register_job(Job("incidents.close", tasks.close_finished, every=3600))
        register_job(Job("incidents.learn", tasks.learn, every=600))
        register_job(Job("incidents.forget", tasks.forget_contacts, every=6 * 3600))
        register_pack_part(rules_part(INCIDENT.name))
        register_pack_part(PART)
