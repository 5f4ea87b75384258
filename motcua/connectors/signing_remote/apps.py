from django.apps import AppConfig


class SigningRemoteConfig(AppConfig):
    name = "motcua.connectors.signing_remote"
    label = "signing_remote"

    def ready(self) -> None:
        from motcua.connectors.signing_remote.actions import RemoteSigningService
        from motcua.kernel.signing.ports import register_remote_signer

        register_remote_signer(RemoteSigningService())
