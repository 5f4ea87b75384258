from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "motcua.modules.tickets"
    label = "tickets"

    def ready(self) -> None:
        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.ratings.kind import register_rateable
        from motcua.modules.tickets import tasks
        from motcua.modules.tickets.kind import EVENTS, PERMISSIONS
        from motcua.modules.tickets.pack import PART
        from motcua.modules.tickets.queries.rating import RATEABLE

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_pack_part(PART)
        register_rateable(RATEABLE)
        register_job(Job("tickets.close", tasks.close_days, every=600, title=_("Kết thúc số thứ tự của ngày đã qua")))
        _show()


def _show() -> None:
    from motcua.kernel.web.kind import (
        DataNote,
        DeskLink,
        PortalTile,
        register_data_notes,
        register_links,
        register_tiles,
    )

    register_tiles(
        PortalTile(
            "tickets",
            _("Lấy số ở quầy"),
            _("Lấy số trước trên điện thoại, biết bao giờ đến lượt"),
            "ticket",
            "ticket_points",
            rank=35,
        )
    )
    register_links(
        DeskLink("ticket_desk", _("Quầy, gọi số"), "speakerphone", "ticket_desk", "ticket.call", rank=4, key="q"),
        DeskLink("admin_points", _("Quầy và hàng chờ"), "ticket", "admin_points", "ticket.manage", _("Quản trị"), 73),
    )
    register_data_notes(
        DataNote(
            "tickets",
            _("Số thứ tự bạn lấy ở quầy; không hỏi tên hay số điện thoại"),
            _("Để gọi đúng lượt, và để đo thời gian chờ"),
            _("Mọi người ở nơi tiếp nhận thấy số đang gọi; không ai biết số của ai"),
            _("Lâu dài, vì không gắn với người nào"),
            rank=40,
        )
    )
