from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "motcua.kernel.org"
    label = "org"
