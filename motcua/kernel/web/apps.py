from django.apps import AppConfig


class WidgetTemplates(AppConfig):
    """The templates of Django's widgets. Under a label of its own: ours of the kernel is called forms."""

    name = "django.forms"
    label = "django_forms"
    default = False


class WebConfig(AppConfig):
    name = "motcua.kernel.web"
    label = "web"

    def ready(self) -> None:
        from motcua.kernel.web.views.contents import register

        register()
