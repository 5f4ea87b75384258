from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "motcua.kernel.identity"
    label = "identity"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.identity.kind import EVENTS
        from motcua.kernel.identity.pack import PART
        from motcua.kernel.identity.tasks import forget_old
        from motcua.kernel.packs.kind import register_pack_part

        register_events(EVENTS)
        register_job(Job("identity.forget", forget_old, every=3600, title=_("Xóa mã, phiên đăng nhập đã hết hạn")))
        register_pack_part(PART)
