from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "motcua.kernel.exchange"
    label = "exchange"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import Job, Reader, register_events, register_job, register_reader
        from motcua.kernel.exchange.actions.filling import follow
        from motcua.kernel.exchange.kind import EVENTS, PERMISSIONS
        from motcua.kernel.exchange.queries.foreign import own_foreign_data
        from motcua.kernel.exchange.tasks import fill_open, forget_old, send_due
        from motcua.kernel.identity.kind import register_permissions
        from motcua.kernel.identity.ports import own_data

        register_events(EVENTS)
        register_permissions(PERMISSIONS)
        register_reader(Reader("exchange", follow, batch=100, title=_("Đồng bộ: xếp hàng điều cần báo hệ thống khác")))
        register_job(Job("exchange.send", send_due, every=2, title=_("Đồng bộ: gửi điều đến lượt")))
        register_job(Job("exchange.fill", fill_open, every=2, title=_("Đồng bộ: xếp hàng hồ sơ đang giải quyết")))
        register_job(
            Job("exchange.forget", forget_old, every=24 * 3600, title=_("Đồng bộ: xóa dòng không đọc được đã cũ"))
        )
        own_data["other_systems"] = own_foreign_data
