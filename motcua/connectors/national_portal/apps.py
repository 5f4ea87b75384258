from django.apps import AppConfig


class NationalPortalConfig(AppConfig):
    name = "motcua.connectors.national_portal"
    label = "national_portal"

    def ready(self) -> None:
        from motcua.connectors.national_portal.actions.portal import NationalPortal, PortalShape
        from motcua.connectors.national_portal.actions.system import NationalSystem
        from motcua.kernel.exchange.ports import register_partner, register_shape

        register_partner(NationalPortal())
        register_partner(NationalSystem())
        register_shape(PortalShape())
