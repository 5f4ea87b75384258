from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "motcua.modules.tickets"
    label = "tickets"

    def ready(self) -> None:
        from motcua.kernel.events.kind import Job, register_events, register_job
        from motcua.kernel.identity.kind import register_device_purposes, register_permissions
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.kernel.ratings.kind import register_rateable
        from motcua.modules.tickets import tasks
        from motcua.modules.tickets.kind import EVENTS, PERMISSIONS
        from motcua.modules.tickets.pack import PART
        from motcua.modules.tickets.queries.devices import PURPOSES
        from motcua.modules.tickets.queries.rating import RATEABLE
        from motcua.modules.tickets.queries.telling import PLANS

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_plans(*PLANS)
        register_device_purposes(*PURPOSES)
        register_pack_part(PART)
        register_rateable(RATEABLE)
        register_job(Job("tickets.near", tasks.tell_near, every=20, title=_("Báo cho người sắp đến số")))
        register_job(Job("tickets.close", tasks.close_days, every=600, title=_("Kết thúc số thứ tự của ngày đã qua")))
        _show()


def _show() -> None:
    from motcua.kernel.web.kind import (
        DataNote,
        DeskLink,
        PortalTile,
        register_data_notes,
        register_links,
        register_streams,
        register_tiles,
    )
    from motcua.modules.tickets.queries.live import STREAM

    register_streams(STREAM)

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
            _("Số thứ tự bạn lấy ở quầy; số điện thoại hoặc thư, chỉ khi bạn muốn được báo đến lượt"),
            _("Để gọi đúng lượt, báo cho bạn, và đo thời gian chờ"),
            _("Mọi người ở nơi tiếp nhận thấy số đang gọi; không ai biết số của ai"),
            _("Số thứ tự: lâu dài, vì không gắn với người nào. Liên hệ để báo: đến hết ngày"),
            rank=40,
        )
    )
