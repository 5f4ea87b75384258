from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "motcua.kernel.web"
    label = "web"

    def ready(self) -> None:
        from motcua.kernel.web.views.contents import register

        register()
