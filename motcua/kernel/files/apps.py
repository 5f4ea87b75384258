from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "motcua.kernel.files"
    label = "files"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, register_job
        from motcua.kernel.files.tasks import sweep

        register_job(Job("files.sweep", sweep, every=3600, title=_("Dọn tệp không còn ai dùng")))
