from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "motcua.kernel.identity"
    label = "identity"
