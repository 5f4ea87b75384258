from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "motcua.kernel.procedures"
    label = "procedures"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.forms.ports import register_form_user
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.identity.ports import procedure_names, procedure_search
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.procedures.kind.declared import EVENTS, PERMISSIONS
        from motcua.kernel.procedures.pack import PART
        from motcua.kernel.procedures.queries.papers import broken_by
        from motcua.kernel.procedures.queries.search import names_of, search_names

        register_permissions(PERMISSIONS)
        register_events(EVENTS)
        register_pack_part(PART)
        register_form_user(broken_by)
        procedure_names.connect(names_of)
        procedure_search.connect(search_names)
