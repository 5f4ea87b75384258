from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "motcua.kernel.cases"
    label = "cases"
