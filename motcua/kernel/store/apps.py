from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "motcua.kernel.store"
    label = "store"

    def ready(self) -> None:
        from motcua.kernel.identity.ports import own_data
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.procedures.ports import connect_store
        from motcua.kernel.store.queries.reading import export_entries, stored_results
        from motcua.kernel.store.queries.telling import PLANS

        register_plans(*PLANS)
        own_data["store"] = export_entries
        connect_store(stored_results)
