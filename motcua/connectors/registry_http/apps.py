from django.apps import AppConfig


class RegistryHttpConfig(AppConfig):
    name = "motcua.connectors.registry_http"
    label = "registry_http"

    def ready(self) -> None:
        from motcua.connectors.registry_http.actions import SharingPlatform
        from motcua.kernel.registries.ports import register_source

        register_source(SharingPlatform())
