from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "motcua.kernel.web"
    label = "web"

    def ready(self) -> None:
        from motcua.kernel.web.kind import DataNote, PortalTile, register_data_notes, register_tiles

        register_tiles(
            PortalTile(
                "follow",
                _("Theo dõi việc"),
                _("Bằng mã trên tin nhắn hoặc giấy hẹn, không cần tài khoản"),
                "file-search",
                "follow",
                rank=20,
                nav_title=_("Theo dõi"),
                bar_title=_("Theo dõi"),
            ),
            PortalTile(
                "help",
                _("Cách hoạt động"),
                _("Phản ánh đi qua những bước nào, ai trả lời, khi nào"),
                "help-circle",
                "help",
                rank=90,
                bar_title=_("Hỏi đáp"),
            ),
        )
        register_data_notes(
            DataNote(
                "device",
                _("Mã việc bạn theo dõi và bản nháp đang viết"),
                _("Để bạn xem lại và viết tiếp mà không cần tài khoản"),
                _("Chỉ bạn, vì chúng nằm trên máy của bạn"),
                _("Đến khi bạn xóa; bản nháp tối đa 14 ngày"),
                rank=80,
            ),
            DataNote(
                "cookies",
                _("Ngôn ngữ bạn chọn, và phiên đăng nhập nếu bạn đăng nhập"),
                _("Để trang hiện đúng ngôn ngữ và nhận ra bạn"),
                _("Chỉ hệ thống này; không có mã theo dõi của bên khác"),
                _("Ngôn ngữ: 1 năm. Phiên đăng nhập: 12 giờ"),
                rank=90,
            ),
        )
