from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "motcua.kernel.signing"
    label = "signing"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, register_job
        from motcua.kernel.files.kind import register_guard
        from motcua.kernel.signing.queries.tasks import sees_file
        from motcua.kernel.signing.tasks import sign_due

        register_guard(sees_file)
        register_job(Job("signing.sign", sign_due, every=1, title=_("Ký và đóng dấu văn bản đến lượt")))
