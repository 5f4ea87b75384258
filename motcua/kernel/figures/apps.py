from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "motcua.kernel.figures"
    label = "figures"
