from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "motcua.modules.incidents"
    label = "incidents"
