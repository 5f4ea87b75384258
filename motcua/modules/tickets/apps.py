from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "motcua.modules.tickets"
    label = "tickets"

    def ready(self) -> None:
        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.modules.tickets import tasks
        from motcua.modules.tickets.kind import EVENTS, PERMISSIONS
        from motcua.modules.tickets.pack import PART

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_pack_part(PART)
        register_job(Job("tickets.close", tasks.close_days, every=600, title=_("Kết thúc số thứ tự của ngày đã qua")))
