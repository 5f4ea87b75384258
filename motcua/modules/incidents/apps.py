from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "motcua.modules.incidents"
    label = "incidents"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import register_bulk, register_kind
        from motcua.kernel.cases.pack import rules_part
        from motcua.kernel.events.kind import Job, register_job
        from motcua.kernel.figures.kind import register_figures
        from motcua.kernel.messages.kind import register_plans
        from motcua.kernel.packs.kind import register_pack_part
        from motcua.modules.incidents import tasks
        from motcua.modules.incidents.kind import FIGURES, INCIDENT
        from motcua.modules.incidents.pack import PART
        from motcua.modules.incidents.queries.telling import PLANS

        register_kind(INCIDENT)
        register_figures(FIGURES)
        for move, bulk in tasks.BULK.items():
            register_bulk(INCIDENT.name, move, bulk)
        register_plans(*PLANS)
        register_job(
            Job("incidents.close", tasks.close_finished, every=3600, title=_("Đóng phản ánh đã qua hạn mở lại"))
        )
        register_job(Job("incidents.learn", tasks.learn, every=600, title=_("Học lại cách phân loại từ cán bộ sửa")))
        register_job(
            Job(
                "incidents.forget",
                tasks.forget_contacts,
                every=6 * 3600,
                title=_("Xóa liên hệ của phản ánh đã hết hạn giữ"),
            )
        )
        register_pack_part(rules_part(INCIDENT.name))
        register_pack_part(PART)
        _show_on_the_portal()


def _show_on_the_portal() -> None:
    from motcua.kernel.web.kind import (
        DataNote,
        DeskLink,
        Finder,
        PortalPanel,
        PortalTile,
        register_data_notes,
        register_finders,
        register_links,
        register_panels,
        register_tiles,
    )
    from motcua.modules.incidents.views.desk.page import waiting_for_approval
    from motcua.modules.incidents.views.portal import finding

    register_tiles(
        PortalTile(
            "report",
            _("Gửi phản ánh"),
            _("Đèn hỏng, đường hư, rác chưa dọn… Chụp ảnh, chỉ chỗ, gửi. Không cần tài khoản"),
            "camera",
            "report",
            rank=0,
            nav_title=_("Gửi phản ánh"),
            bar_title=_("Phản ánh"),
        ),
        PortalTile(
            "incidents",
            _("Xem phản ánh"),
            _("Danh sách và bản đồ: việc gì, ở đâu, hẹn lúc nào xong"),
            "map-pin",
            "incidents",
            rank=10,
            nav_title=_("Xem phản ánh"),
            bar_title=_("Bản đồ"),
        ),
    )
    register_panels(
        PortalPanel("incidents.outbox", "incidents/portal/outbox.html", lambda request: {}, place="alert", rank=10)
    )
    register_links(
        DeskLink(
            "incident_take_in",
            _("Tiếp nhận phản ánh"),
            "plus",
            "incident_take_in",
            "incident.take_in",
            rank=3,
            key="n",
            in_top=True,
        ),
        DeskLink(
            "incident_approvals",
            _("Chờ duyệt"),
            "world-check",
            "incident_approvals",
            "incident.approve",
            rank=2,
            key="d",
            count=waiting_for_approval,
            is_hot=True,
            in_bar=True,
        ),
    )
    register_finders(
        Finder(
            "incidents",
            _("Phản ánh của người dân"),
            finding.by_code,
            finding.by_words,
            rank=10,
            all_url=finding.all_url,
        )
    )
    register_data_notes(
        DataNote(
            "report",
            _("Phản ánh bạn gửi: lời, ảnh, vị trí"),
            _("Để xử lý sự cố và cho mọi người thấy việc đến đâu"),
            _("Mọi người, sau khi cán bộ tiếp nhận; số điện thoại, thư và tên bạn ghi đã được che"),
            _("Theo thời hạn lưu hồ sơ của cơ quan"),
            rank=10,
        ),
        DataNote(
            "contact",
            _("Họ tên, số điện thoại, thư điện tử khi bạn cho biết"),
            _("Để báo tin cho bạn và hỏi thêm khi cần"),
            _("Cán bộ xử lý; mỗi lần xem đều được ghi lại"),
            _("Xóa sau khi việc đóng 1 năm"),
            rank=20,
        ),
    )
