from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "motcua.kernel.web"
    label = "web"
