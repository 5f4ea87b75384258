from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "motcua.kernel.payments"
    label = "payments"

    def ready(self) -> None:
        from motcua.kernel.events.kind import register_events
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.payments.kind import EVENTS, PERMISSIONS
        from motcua.kernel.payments.pack import PART

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_pack_part(PART)
